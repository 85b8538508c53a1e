// Random days at the desk: who does what to which story, and when. Instants are told by what they are near to, so that
// they often fall exactly on a boundary; they become instants when the step's turn comes.
import fc from 'fast-check';
import {
  type Actor,
  type Content,
  current,
  holderOf,
  lastBegun,
  never,
  type Place,
  pending,
  places,
  type Story,
  type World,
} from './lifecycle-model.ts';
import { carryOut, type Deed, type Order, type Plain } from './lifecycle-rules.ts';

type Near = 'now' | 'start' | 'end' | 'next' | 'embargo';
type When = { near: Near; plus: number };
type Changes = { title?: true; kicker?: string | null; place?: Place; slug?: number };

type Wish =
  | { act: 'create'; place: Place; slug: number }
  | { act: 'edit'; changes: Changes }
  | { act: 'embargo'; until: When | null }
  | { act: 'publish'; at: When | null; until: When | null; replace: boolean }
  | { act: 'unpublish'; at: When | null }
  | { act: 'correct'; changes: Pick<Changes, 'title' | 'kicker'> }
  | Extract<Deed, { act: 'assign' | 'restore' | Plain }>;

/**
 * `slug`: by one that it has, had or may have; else by its id. Of the wishes that the rules allow, the one is done that there
 * was too little of that day, so that long and full lives come about; where there is none, the last is refused.
 */
type Wanted = { story: number; slug: number | null; stale: boolean; wishes: Wish[] };

/** How the order is sent: as it is, as a rehearsal, twice under one Idempotency-Key, or while a worker announces. */
export type Mode = 'plain' | 'rehearsed' | 'repeated' | 'besideWorker';

/** `look`: which remembered instant is read again after the step. Two orders make a batch. */
export type Step = { look: number } & (
  | { kind: 'wait'; story: number; until: When }
  | { kind: 'announce' }
  | { kind: 'act'; actor: Actor; mode: Mode; orders: Wanted[] }
);

export const slugCount = 4;

/** Plain objects, so that a counterexample is easy to read. */
const record = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(members, { noNullPrototype: true });

const weighted = <T>(weights: [number, T][]) =>
  fc.oneof(...weights.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const when: fc.Arbitrary<When> = record({
  near: weighted<Near>([
    [4, 'now'],
    [2, 'start'],
    [2, 'end'],
    [3, 'next'],
    [2, 'embargo'],
  ]),
  plus: weighted([
    [4, 0],
    [1, -1],
    [2, 1],
    [2, 1000],
    [2, 60_000],
    [1, 3_600_000],
  ]),
});
const later: fc.Arbitrary<When> = when.filter(({ plus }) => plus > 0);
/** `some` times there is one for `none` times that there is not. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>, some: number, none = 1) =>
  fc.oneof({ weight: none, arbitrary: fc.constant(null) }, { weight: some, arbitrary });

const title = fc.constant<true>(true);
const kicker = fc.constantFrom('甲', '乙', null);
const slug = fc.nat(slugCount - 1);
const place = fc.constantFrom(...places);
const plain = (...acts: Plain[]) => fc.constantFrom(...acts).map((act): Wish => ({ act }));

const wish: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 1, arbitrary: record({ act: fc.constant('create' as const), place, slug }) },
  {
    weight: 6,
    arbitrary: record({
      act: fc.constant('edit' as const),
      changes: fc.oneof(
        record({ title }),
        record({ kicker }),
        record({ title, place }),
        record({ title, slug }),
        fc.record({ title, kicker, place, slug }, { requiredKeys: [], noNullPrototype: true }),
      ),
    }),
  },
  { weight: 1, arbitrary: record({ act: fc.constant('embargo' as const), until: maybe(later, 2) }) },
  { weight: 1, arbitrary: record({ act: fc.constant('assign' as const), assigned: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: record({ act: fc.constant('restore' as const), version: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 16,
    arbitrary: record({
      act: fc.constant('publish' as const),
      at: maybe(fc.oneof(later, when), 1),
      until: maybe(later, 1),
      replace: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: record({ act: fc.constant('unpublish' as const), at: maybe(when, 1) }) },
  {
    weight: 7,
    arbitrary: record({
      act: fc.constant('correct' as const),
      changes: fc.oneof(record({ title }), record({ kicker }), record({ title, kicker })),
    }),
  },
  { weight: 6, arbitrary: plain('submit', 'return', 'approve', 'approve') },
  { weight: 14, arbitrary: plain('unschedule', 'unschedule', 'retract', 'reinstate', 'reinstate') },
  { weight: 6, arbitrary: plain('trash', 'untrash', 'untrash', 'untrash', 'untrash') },
);

/** One story lives longer than the others. */
const story = weighted([
  [5, 0],
  [3, 1],
  [2, 2],
]);
const wanted: fc.Arbitrary<Wanted> = record({
  story,
  slug: maybe(slug, 1, 7),
  stale: weighted([
    [20, false],
    [1, true],
  ]),
  wishes: fc.array(wish, { minLength: 1, maxLength: 12, size: 'max' }),
});

const act = record({
  kind: fc.constant('act' as const),
  actor: weighted<Actor>([
    [18, 'editor'],
    [4, 'ann'],
    [1, 'ben'],
    [4, 'sports'],
    [1, 'admin'],
    [1, 'viewer'],
    [1, 'nobody'],
  ]),
  mode: weighted<Mode>([
    [8, 'plain'],
    [2, 'rehearsed'],
    [1, 'repeated'],
    [2, 'besideWorker'],
  ]),
  orders: fc.oneof({ weight: 5, arbitrary: fc.tuple(wanted) }, { weight: 1, arbitrary: fc.tuple(wanted, wanted) }),
});
const wait = record({ kind: fc.constant('wait' as const), story, until: when });

const step = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: act },
      { weight: 2, arbitrary: wait },
      { weight: 1, arbitrary: record({ kind: fc.constant('announce' as const) }) },
    ),
    fc.nat(100_000),
  )
  .map(([what, look]): Step => ({ ...what, look }));

/** As often long as short. */
export const days = (stepsMax: number) => fc.noBias(fc.array(step, { minLength: 1, maxLength: stepsMax, size: 'max' }));

// What a step means in the world it meets

/** Day that exist once in the whole database; and what was done how often. */
export type Day = { slug: (index: number) => string; title: () => string; done: Map<Deed['act'], number> };

const storyAt = (world: World, index: number) => index % Math.max(1, world.stories.length);

/** How much of each makes a life full: many publications to one that ends them all. */
const shares: Record<Deed['act'], number> = {
  create: 1,
  edit: 4,
  embargo: 1,
  assign: 1,
  restore: 2,
  publish: 9,
  unpublish: 2,
  correct: 5,
  submit: 2,
  return: 1,
  approve: 3,
  unschedule: 3,
  retract: 1,
  reinstate: 3,
  trash: 0.5,
  untrash: 3,
};

export const everyAct = Object.keys(shares) as Deed['act'][];

export function settleOrder(world: World, actor: Actor, { story, slug, stale, wishes }: Wanted, day: Day): Order {
  const on = slug === null ? storyAt(world, story) : day.slug(slug);
  const about = world.stories[typeof on === 'string' ? Math.max(0, holderOf(world, on)) : on];
  const orders = wishes.map((wish) => ({ actor, on, stale, deed: settleDeed(world, about, wish, day) }));
  const allowed = orders.filter((order) => carryOut(world, order).outcome.status < 300);
  const times = ({ act }: Deed) => day.done.get(act) ?? 0;
  const plenty = ({ deed }: Order) => times(deed) / shares[deed.act];
  const [order = orders.at(-1)!] = allowed.toSorted((a, b) => plenty(a) - plenty(b));
  day.done.set(order.deed.act, times(order.deed) + 1);
  return order;
}

export const settleWait = (world: World, { story, until }: { story: number; until: When }): number =>
  Math.max(world.now, resolve(world, world.stories[storyAt(world, story)], until));

function settleDeed(world: World, story: Story | undefined, wish: Wish, day: Day): Deed {
  const at = (instant: When | null) => (instant === null ? null : resolve(world, story, instant));
  switch (wish.act) {
    case 'create':
      return {
        act: 'create',
        content: { title: day.title(), kicker: null, place: wish.place, slug: day.slug(wish.slug) },
      };
    case 'edit':
    case 'correct':
      return { act: wish.act, changes: settleChanges(wish.changes, day) };
    case 'embargo':
      return { act: 'embargo', until: at(wish.until) };
    case 'publish':
      return { ...wish, at: at(wish.at), until: at(wish.until) };
    case 'unpublish':
      return { act: 'unpublish', at: at(wish.at) };
    default:
      return wish;
  }
}

function settleChanges({ title, slug, ...changes }: Changes, day: Day): Partial<Content> {
  return {
    ...changes,
    ...(title && { title: day.title() }),
    ...(slug !== undefined && { slug: day.slug(slug) }),
  };
}

function resolve({ now }: World, story: Story | undefined, { near, plus }: When): number {
  if (story === undefined || near === 'now') return now + plus;
  const live = current(story, now);
  const instants: Record<Exclude<Near, 'now'>, number | null | undefined> = {
    start: lastBegun(story, now)?.from,
    end: live?.until,
    next: pending(story, now)?.from,
    embargo: story.embargo,
  };
  const instant = instants[near] ?? now;
  return (instant === never ? now : instant) + plus;
}

export const openDay = (prefix: string): Day => {
  let titles = 0;
  return {
    slug: (index) => `${prefix}-s${index}`,
    done: new Map(),
    title: () => {
      titles += 1;
      return `${prefix} 第${titles}稿`;
    },
  };
};
