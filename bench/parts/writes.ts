// Writes beside the same rows in the same transaction through bare `pg`: once by the very SQL of ours, recorded from our
// own program, and once by the least SQL that brings the rows about.
import { type Comparison, compare } from '../compare.ts';
import { oncePerRound } from '../load.ts';
import { fillDrafts } from '../past.ts';
import type { Started } from '../processes.ts';
import { asAdmin, ask, type Stage, withoutLimits } from '../stage.ts';
import { describeStory } from '../story.ts';
import { type Part, usualCount } from './part.ts';

const sameSql = 'same SQL through pg';
const leastSql = 'least SQL through pg';
const aim = { atLeast: 0.6 };

export const measureWrites: Part = async ({ options, provideData, onStage }) =>
  onStage('writes', await provideData('articles', usualCount), async (stage) => {
    const ours = await stage.startOurs(withoutLimits);
    // The first round warms up.
    const acts = await prepareActs(stage, ours, (1 + options.rounds) * oncePerRound);
    const floors = await stage.startFloors();
    return compare(await listActs(stage, ours, floors, acts), options);
  });

type Acts = {
  readonly create: string;
  readonly patch: string;
  readonly patched: { readonly again: string[]; readonly once: string[] };
  readonly published: { readonly ours: string[]; readonly same: string[]; readonly least: string[] };
};

/** `once`: how often an act is done at most that cannot be done again. */
async function prepareActs(stage: Stage, ours: Started, once: number): Promise<Acts> {
  const create = await describeStory(stage, ours);
  const created = await ask(ours, 'POST', '/v1/articles', create.replaceAll('{n}', '0'));
  const { id } = JSON.parse(created) as { id: string };
  const fill = (name: string, count: number) => fillDrafts(stage.client, id, name, count);
  const patch = JSON.stringify({ title: '青岛再开放 {n}' });
  await stage.putAnswer('answer:create', created);
  await stage.putAnswer('answer:patch', await ask(ours, 'PATCH', `/v1/articles/${id}`, patch));
  await stage.putAnswer('answer:publish', await ask(ours, 'POST', `/v1/articles/${id}/publish`, '{}'));
  const renamed = '777000777000';
  await record(stage, 'create', {
    method: 'POST',
    url: '/v1/articles',
    body: create.replaceAll('{n}', renamed),
    renamed,
  });
  const [first, second] = (await fill('recorded', 2)) as [string, string];
  await record(stage, 'patch', { method: 'PATCH', url: `/v1/articles/${first}`, body: patch, renamed: first });
  await record(stage, 'publish', {
    method: 'POST',
    url: `/v1/articles/${second}/publish`,
    body: '{}',
    renamed: second,
  });
  return {
    create,
    patch,
    patched: { again: await fill('patched', 1000), once: await fill('patched-once', once) },
    published: {
      ours: await fill('published', once),
      same: await fill('published-same', once),
      least: await fill('published-least', once),
    },
  };
}

type Request = { method: 'POST' | 'PATCH'; url: string; body: string; renamed: string };

export const record = ({ putAnswer }: Stage, act: string, request: Request) =>
  putAnswer(`record:${act}`, JSON.stringify(request));

async function listActs(stage: Stage, ours: Started, floors: Started, acts: Acts): Promise<Comparison[]> {
  const { create, patch, patched, published } = acts;
  const below = (before: string, ids: readonly string[], after = '') => ids.map((id) => before + id + after);
  const post = (body: string) => ({ write: { method: 'POST', body, headers: asAdmin } }) as const;
  const change = { write: { method: 'PATCH', body: patch, headers: asAdmin } } as const;
  const publish = { ...post('{}'), order: 'once' } as const;
  const creates = await stage.target(ours, ['/v1/articles'], post(create));
  const patches = await stage.target(ours, below('/v1/articles/', patched.again), change);
  const publishes = await stage.target(ours, below('/v1/articles/', published.ours, '/publish'), publish);
  const compared = (work: string, beside: string, mine: Comparison['ours'], other: Comparison['other']) => ({
    work,
    beside,
    aim,
    ...(work === 'create' && { cpuUsMax: 4000 }),
    ours: mine,
    other,
  });
  const at = (paths: readonly string[], asking: Parameters<Stage['target']>[2]) => stage.target(floors, paths, asking);
  return [
    compared('create', sameSql, creates, await at(['/same/create'], post(create))),
    compared('create', leastSql, creates, await at(['/create'], post(create))),
    compared('patch', sameSql, patches, await at(below('/same/patch/', patched.once), { ...change, order: 'once' })),
    compared('patch', leastSql, patches, await at(below('/patch/', patched.again), change)),
    compared('publish', sameSql, publishes, await at(below('/same/publish/', published.same), publish)),
    compared('publish', leastSql, publishes, await at(below('/publish/', published.least), publish)),
  ];
}
