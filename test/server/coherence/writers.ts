// Those who write while all read. Each does one thing after the other; the log tells what came of it, so a refusal is
// nothing to wonder about: what a story allows changes by the clock.
import { setTimeout as pause } from 'node:timers/promises';
import { type Newsroom, slugsOf } from './newsroom.ts';

export type Dice = { below(count: number): number; pick<T>(list: readonly T[]): T };

export function createDice(seed: number): Dice {
  let state = seed;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number) => Math.floor(next() * count);
  return { below, pick: (list) => list[below(list.length)]! };
}

/** `nth`: which of the writers it is. */
type Writer = (room: Newsroom, dice: Dice, turn: number, nth: number) => Promise<unknown>;

/** What the clock will do is mostly let happen before anything else is done: nobody tells of it in time. */
const atItsTime = (planned: Promise<unknown>) => planned.then(() => pause(400));
const fromNow = (ms: number) => new Date(Date.now() + ms).toISOString();

/** Every other of the stories is its own: they are revised, published, corrected, taken back, moved, scheduled and ended. */
const writeStories: Writer = async (room, dice, turn, nth) => {
  const story = 2 * dice.below(room.stories.length / 2) + nth;
  const { id } = room.stories[story]!;
  const act = (name: string, body?: object) => room.write('POST', `/v1/articles/${id}/${name}`, body);
  const content = { title: `第 ${turn} 稿`, body: { text: `第 ${turn} 稿` } };
  const place = () => ({ ...content, section: dice.pick(room.sections).slug, slug: dice.pick(slugsOf(story)) });
  const people = () => ({
    ...content,
    tags: dice.pick([[], ['tag-0'], ['tag-1'], ['tag-0', 'tag-1']]),
    credits: dice.pick([[], ['editor-0'], ['editor-1']]).map((editor) => ({ role: 'author', editor })),
  });
  const publish = (order?: object) => act('publish', { replaceScheduled: true, ...order });
  const revise = (patch: object) => room.write('PATCH', `/v1/articles/${id}`, patch);
  const batch = (...patches: object[]) =>
    room.write('POST', '/v1/batch', {
      operations: patches.flatMap((body) => [
        { method: 'PATCH', path: `/v1/articles/${id}`, ifMatch: '*', body },
        { method: 'POST', path: `/v1/articles/${id}/publish`, ifMatch: '*', body: { replaceScheduled: true } },
      ]),
    });
  const steps: (() => Promise<unknown>)[] = [
    () => batch(place()),
    () => batch(people()),
    () => batch(content, { ...content, title: `${content.title}乙`, body: { text: `${content.title}乙` } }),
    () => revise(place()).then(() => publish()),
    () => revise(people()).then(() => atItsTime(publish({ at: fromNow(20 + dice.below(300)) }))),
    () => atItsTime(publish({ until: fromNow(20 + dice.below(300)) })),
    () => publish(),
    () => act('unschedule'),
    () => batch(place()).then(() => act('correct', { note: '更正', changes: people() })),
    () => act('unpublish'),
    () => atItsTime(act('unpublish', { at: fromNow(20 + dice.below(300)) })),
    () => act('retract', { notice: '撤稿' }).then(() => act('reinstate')),
    () => room.write('DELETE', `/v1/articles/${id}`).then(() => act('untrash')),
  ];
  await dice.pick(steps)();
};

/** Names change, and branches move. */
const writeRecords: Writer = async ({ write, sections, editors, tags }, dice, turn) => {
  const rename = (noun: string, slug: string) => write('PATCH', `/v1/${noun}/${slug}`, { name: `名称 ${turn}` });
  const move = (slug: string, parents: readonly (string | null)[]) =>
    write('PATCH', `/v1/sections/${slug}`, { parent: dice.pick(parents) });
  await dice.pick([
    () => rename('sections', dice.pick(sections).slug),
    () => rename('editors', dice.pick(editors).slug),
    () => rename('tags', dice.pick(tags).slug),
    () => move('branch', ['root-0', 'root-1', null]),
    () => move('leaf', ['root-0', 'branch', null]),
  ])();
  await pause(dice.below(100));
};

/** What nobody knows of is there the next moment, for a moment. */
const writeSoon: Writer = async ({ write, soon }, dice, turn) => {
  const slug = soon.at(-1)!;
  const { body } = await write('POST', '/v1/articles', { title: `即将 ${turn}`, slug, tags: ['tag-0'] });
  await pause(dice.below(50));
  soon.push(`soon-${turn + 1}`);
  await write('POST', `/v1/articles/${body.id}/publish`, dice.pick([undefined, { at: fromNow(100) }]));
  await pause(100 + dice.below(200));
  await write('DELETE', `/v1/articles/${body.id}`);
};

export const writers: readonly Writer[] = [writeStories, writeStories, writeRecords, writeSoon];

/** Until it is enough; each of the writers with dice of its own. */
export async function keepWriting(room: Newsroom, seed: number, isEnough: () => boolean): Promise<void> {
  await Promise.all(
    writers.map(async (writer, n) => {
      const dice = createDice(seed + n);
      for (let turn = 0; !isEnough(); turn += 1) {
        await writer(room, dice, turn, n);
        await pause(dice.below(30));
      }
    }),
  );
}
