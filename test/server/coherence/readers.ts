// Those who read while others write: one question after the other, in all the ways in which the same can be asked, and
// every answer goes to the judge.
import {
  describeAnswer,
  expectArticle,
  expectList,
  expectRecord,
  expectRecords,
  expectSlug,
  inBranch,
  type Target,
} from './answers.ts';
import type { Chronicle } from './chronicle.ts';
import { openClient } from './client.ts';
import type { Judge } from './judge.ts';
import { type Newsroom, slugsOf } from './newsroom.ts';
import type { Dice } from './writers.ts';

const idsOf = (things: readonly { id: string }[]) => things.map(({ id }) => id);

/** What is always asked for. */
export function listTargets({ stories, sections, editors, tags }: Newsroom): Target[] {
  const fields = ['version', 'title', 'section'];
  const list = (search: string, ...rest: Parameters<typeof expectList>) => ({
    path: `/v1/articles?limit=100${search}`,
    expect: expectList(...rest),
  });
  return [
    ...stories.flatMap(({ id }, n) => [
      { about: id, path: `/v1/articles/${id}`, expect: expectArticle(id) },
      { about: id, path: `/v1/articles/${id}?body=text`, expect: expectArticle(id) },
      { about: id, path: `/v1/articles/${id}?fields=${fields}`, expect: expectArticle(id, fields) },
      ...slugsOf(n).map((slug) => ({ about: id, path: `/v1/articles/${slug}`, expect: expectSlug(slug) })),
    ]),
    list('', () => true),
    list(`&fields=${fields},publishedAt`, () => true, fields),
    ...sections.map(({ id, slug }) => list(`&section=${slug}`, inBranch(id))),
    ...tags.map(({ id, slug }) => list(`&tag=${slug}`, (content) => content.tags.includes(id))),
    ...editors.map(({ id }) => list(`&editor=${id}`, (content) => content.editors.includes(id))),
    ...sections.map(({ id, slug }) => ({ about: slug, path: `/v1/sections/${slug}`, expect: expectRecord(id, true) })),
    ...editors.map(({ id, slug }) => ({ about: slug, path: `/v1/editors/${id}`, expect: expectRecord(id) })),
    ...tags.map(({ slug, id }) => ({ about: slug, path: `/v1/tags/${slug}`, expect: expectRecord(id) })),
    { path: '/v1/sections', expect: expectRecords(idsOf(sections), true) },
    { path: '/v1/editors', expect: expectRecords(idsOf(editors)) },
    { path: '/v1/tags', expect: expectRecords(idsOf(tags)) },
  ];
}

/** What changes with the hour: the past, and what is about to appear. */
function pickMoving({ stories, soon }: Newsroom, dice: Dice): Target {
  if (dice.below(2) === 0) {
    const slug = soon.at(-1 - dice.below(Math.min(3, soon.length)))!;
    return { path: `/v1/articles/${slug}`, expect: expectSlug(slug) };
  }
  // The same instant for a while, so that it is asked for again.
  const asOf = Math.floor((Date.now() - 100) / 500) * 500;
  const { id } = dice.pick(stories);
  const search = `asOf=${new Date(asOf).toISOString()}`;
  return dice.below(2) === 0
    ? { path: `/v1/articles?limit=100&${search}`, asOf, expect: expectList(() => true) }
    : { path: `/v1/articles/${id}?${search}`, asOf, expect: expectArticle(id) };
}

export type Counts = { hits: number; byStatus: Record<number, number> };

export type Server = { readonly name: string; readonly url: string; readonly isWritten: boolean };

export type Reader = {
  readonly server: Server;
  readonly room: Newsroom;
  readonly chronicle: Chronicle;
  readonly judge: Judge;
  readonly dice: Dice;
  readonly counts: Counts;
};

/** Mostly what is just being written: it is then that an answer may be out of date before it is there. */
function pickTarget({ room, dice }: Reader, targets: readonly Target[]): Target {
  if (dice.below(6) === 0) return pickMoving(room, dice);
  const about = dice.pick(room.focus);
  const focused = dice.below(3) === 0 ? [] : targets.filter((target) => target.about === about);
  return dice.pick(focused.length === 0 ? targets : focused);
}

const codings = ['identity', 'gzip', 'br'] as const;

export async function keepReading(reader: Reader, targets: readonly Target[], isEnough: () => boolean): Promise<void> {
  const client = openClient(reader.server.url);
  const seen = new Map<string, { tag: string; found: string }>();
  while (!isEnough()) {
    await readOnce(reader, client, pickTarget(reader, targets), seen);
  }
  client.close();
}

async function readOnce(
  { server, room, chronicle, judge, dice, counts }: Reader,
  client: ReturnType<typeof openClient>,
  target: Target,
  seen: Map<string, { tag: string; found: string }>,
): Promise<void> {
  const coding = dice.pick(codings);
  const known = dice.below(2) === 0 ? seen.get(`${coding} ${target.path}`) : undefined;
  const { version, position } = room.newest();
  const isBound = !server.isWritten && dice.below(5) === 0;
  const bound = isBound ? `${target.path.includes('?') ? '&' : '?'}minVersion=${version}` : '';
  const span = { from: Date.now(), startedAt: performance.now() };
  const floor = server.isWritten ? chronicle.lastAnswered() : isBound ? position : null;
  const reply = await client.send(target.path + bound, {
    headers: { 'Accept-Encoding': coding, ...(known && { 'If-None-Match': known.tag }) },
  });
  const { status, headers } = reply;
  counts.byStatus[status] = (counts.byStatus[status] ?? 0) + 1;
  if (status === 503) return;
  if (headers['cache-status']?.includes('; hit')) counts.hits += 1;
  const found = status === 304 ? known!.found : describeAnswer(status, headers.location, reply.body);
  if (headers.etag !== undefined) seen.set(`${coding} ${target.path}`, { tag: headers.etag, found });
  judge.note({ server: server.name, target, found, ...span, floor, to: Date.now(), endedAt: performance.now() });
}
