// The acts of an article's life beside their floors, a long history, and the past of many articles beside their present.
import { fillSections, sectionCount } from './data.ts';
import { fillDrafts, fillPast, longChain, pastDays, prolongChain, publicationsEach } from './past.ts';
import type { Started } from './processes.ts';
import type { RecordedRequest } from './recorded.ts';
import type { Stage, Subject } from './stage.ts';
import { describeStory } from './story.ts';

const articleCount = 100_000;
const batchSize = 100;
// Enough for four runs of at most two seconds; the floors are faster.
const draftCounts = { ours: 10_000, samePatch: 15_000, samePublish: 15_000, floor: 30_000 };

export async function prepareLifecycle(stage: Stage): Promise<Subject[]> {
  console.log(`filling ${articleCount} articles with ${publicationsEach} publications each …`);
  await fillSections(stage.client);
  await fillPast(stage.client, articleCount, sectionCount);
  const acts = await putActs(stage);
  const pages = await putChain(stage);
  const floors = await stage.startFloors();
  return [
    ...(await listActs(stage, floors, acts)),
    ...(await listChain(stage, floors, pages)),
    ...(await listPast(stage)),
  ];
}

type Acts = { patch: string; batch: string; patched: string[]; drafts: Record<keyof typeof draftCounts, string[]> };

async function putActs(stage: Stage): Promise<Acts> {
  const { client, ask, putAnswer } = stage;
  const story = await describeStory(stage);
  const { id } = JSON.parse(await ask('POST', '/v1/articles', story.replaceAll('{n}', '0'))) as { id: string };
  const fill = (name: string, count: number) => fillDrafts(client, id, name, count);
  const acts = {
    patch: JSON.stringify({ title: '青岛再开放 {n}' }),
    batch: printBatch(story),
    patched: await fill('patched', 1000),
    drafts: {
      ours: await fill('ours', draftCounts.ours),
      samePatch: await fill('same-patch', draftCounts.samePatch),
      samePublish: await fill('same-publish', draftCounts.samePublish),
      floor: await fill('floor', draftCounts.floor),
    },
  };
  await putAnswer('answer:patch', await ask('PATCH', `/v1/articles/${id}`, acts.patch));
  await putAnswer('answer:publish', await ask('POST', `/v1/articles/${id}/publish`, '{}'));
  await putAnswer('answer:batch', await ask('POST', '/v1/batch', acts.batch.replaceAll('{n}', '0')));
  const [patched, published] = await fill('recorded', 2);
  await record(stage, 'patch', {
    method: 'PATCH',
    url: `/v1/articles/${patched}`,
    body: acts.patch,
    renamed: patched!,
  });
  const publish = { url: `/v1/articles/${published}/publish`, body: '{}', renamed: published! };
  await record(stage, 'publish', { method: 'POST', ...publish });
  const number = '777000777000';
  const batch = acts.batch.replaceAll('{n}', number);
  await record(stage, 'batch', { method: 'POST', url: '/v1/batch', body: batch, renamed: number });
  return acts;
}

const record = ({ putAnswer }: Stage, act: string, request: RecordedRequest) =>
  putAnswer(`record:${act}`, JSON.stringify(request));

function printBatch(body: string): string {
  const operations = Array.from({ length: batchSize }, (_, i) => ({
    method: 'POST',
    path: '/v1/articles',
    body: JSON.parse(body.replace('{n}', `{n} ${i}`)) as object,
  }));
  return JSON.stringify({ operations });
}

async function listActs({ ours, subject }: Stage, floors: Started, acts: Acts): Promise<Subject[]> {
  const { patched, drafts } = acts;
  const below = (before: string, ids: readonly string[], after = '') => ids.map((id) => before + id + after);
  const patch = { method: 'PATCH', body: acts.patch, ifMatch: '*' } as const;
  const publish = { method: 'POST', body: '{}', ifMatch: '*', once: true } as const;
  const batch = { method: 'POST', body: acts.batch, times: 3 } as const;
  const batchWork = `batch of ${batchSize} creates`;
  const floor = (work: string, paths: readonly string[], write: typeof patch | typeof publish | typeof batch) =>
    subject(work, 'floor: least SQL for the rows', floors, paths, { write });
  const same = (work: string, paths: readonly string[], write: typeof patch | typeof publish | typeof batch) =>
    subject(work, 'floor: same SQL through pg', floors, paths, { write: { ...write, once: work !== batchWork } });
  const asAdmin = true;
  return [
    await subject('patch', 'ours', ours, below('/v1/articles/', patched), { asAdmin, write: patch }),
    await same('patch', below('/same/patch/', drafts.samePatch), patch),
    await floor('patch', below('/patch/', patched), patch),
    await subject('publish', 'ours', ours, below('/v1/articles/', drafts.ours, '/publish'), {
      asAdmin,
      write: publish,
    }),
    await same('publish', below('/same/publish/', drafts.samePublish), publish),
    await floor('publish', below('/publish/', drafts.floor), publish),
    await subject(batchWork, 'ours', ours, ['/v1/batch'], { asAdmin, write: batch }),
    await same(batchWork, ['/same/batch'], batch),
    await floor(batchWork, ['/batch'], batch),
  ];
}

/** Addresses of pages all along the long chain; the floor gets their texts. */
async function putChain({ client, ask, putAnswer }: Stage): Promise<string[]> {
  const { id } = JSON.parse(await ask('POST', '/v1/articles', JSON.stringify({ title: '长链' }))) as { id: string };
  await prolongChain(client, id);
  const list = `/v1/articles/${id}/versions`;
  const pages = [list];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await ask('GET', `${list}?limit=100${cursor && `&cursor=${cursor}`}`);
    cursor = (JSON.parse(page) as { page: { nextCursor: string | null } }).page.nextCursor;
    if (cursor !== null) pages.push(`${list}?cursor=${cursor}`);
  }
  for (const [n, path] of pages.entries()) await putAnswer(`versions-${n}`, await ask('GET', path));
  await client.query(
    `insert into bench_answer select 'constant:versions', text from bench_answer where key = 'versions-0'`,
  );
  return pages;
}

async function listChain({ ours, subject }: Stage, floors: Started, pages: readonly string[]): Promise<Subject[]> {
  const work = `20 versions of ${longChain}, anywhere`;
  const prepared = pages.map((_path, n) => `/prepared/versions-${n}`);
  return [
    await subject(work, 'ours', ours, pages, { asAdmin: true }),
    await subject(work, 'floor: constant Buffer', floors, ['/constant/versions']),
    await subject(work, 'floor: one prepared row', floors, prepared),
  ];
}

async function listPast({ ours, subject }: Stage): Promise<Subject[]> {
  const dayMs = 86_400_000;
  const now = Date.now();
  const instants = Array.from(
    { length: 20 },
    (_, n) => new Date(now - (0.02 + n * 0.05) * pastDays(articleCount) * dayMs),
  );
  const sections = Array.from({ length: sectionCount }, (_, i) => `/v1/articles?section=bench-${i + 1}`);
  const asOf = (path: string, sign: string) => instants.map((instant) => `${path}${sign}asOf=${instant.toISOString()}`);
  const all = `list of 20 as of an instant, of ${articleCount}`;
  const ofSection = 'list of a section as of an instant';
  return [
    await subject(all, 'ours', ours, asOf('/v1/articles', '?')),
    await subject(all, 'ours without asOf', ours, ['/v1/articles']),
    await subject(
      ofSection,
      'ours',
      ours,
      sections.flatMap((path) => asOf(path, '&')),
    ),
    await subject(ofSection, 'ours without asOf', ours, sections),
  ];
}
