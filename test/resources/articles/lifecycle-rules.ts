// What an order does to the stories of the model, or why it is refused. Every rule is judged before anything changes.
import {
  type Actor,
  byRetraction,
  type Content,
  covers,
  current,
  endOf,
  holderOf,
  isEmbargoed,
  isOver,
  lastBegun,
  never,
  newest,
  openRetraction,
  pending,
  type Retraction,
  readsDraft,
  roleOf,
  type Showing,
  type Story,
  shownAt,
  slugsOf,
  startOf,
  type World,
  wasSeen,
} from './lifecycle-model.ts';

/** Acts that say nothing but themselves. */
export type Plain = 'submit' | 'return' | 'approve' | 'unschedule' | 'retract' | 'reinstate' | 'trash' | 'untrash';

export type Deed =
  | { act: 'create'; content: Content }
  | { act: 'edit'; changes: Partial<Content> }
  | { act: 'embargo'; until: number | null }
  | { act: 'assign'; assigned: boolean }
  | { act: 'restore'; version: number }
  | { act: 'publish'; at: number | null; until: number | null; replace: boolean }
  | { act: 'unpublish'; at: number | null }
  | { act: 'correct'; changes: { title?: string; kicker?: string | null } }
  | { act: Plain };

/** `on`: a story by its number, as by its id; or whichever has a slug. `stale`: with the ETag of an older revision. */
export type Order = { actor: Actor; on: number | string; stale: boolean; deed: Deed };

/** `story`: which one was written. `failed`: which operation of a batch, and with which code. */
export type Outcome = { status: number; code?: string; story?: number; failed?: [number, string | undefined] };

class Refusal extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super(outcome.code);
    this.outcome = outcome;
  }
}

const refuse = (status: number, code: string): never => {
  throw new Refusal({ status, code });
};
const forbidden = (): never => refuse(403, 'auth.forbidden');
const outside = (): never => refuse(403, 'auth.outside_sections');
const absent = (): never => refuse(404, 'resource.not_found');
const conflict = (name: string): never => refuse(409, `article.${name}`);

type Result = { world: World; outcome: Outcome };

export function carryOut(before: World, order: Order): Result {
  const world = structuredClone(before);
  try {
    requireRole(order);
    return { world, outcome: perform(world, order) };
  } catch (error) {
    if (error instanceof Refusal) return { world: before, outcome: error.outcome };
    throw error;
  }
}

/** All or none: the first that is refused undoes those before it. */
export function carryOutAll(before: World, orders: readonly Order[]): Result {
  if (orders[0]!.actor === 'nobody') return { world: before, outcome: { status: 401, code: 'auth.missing' } };
  const world = structuredClone(before);
  const failed = [requireRole, (order: Order) => perform(world, order)]
    .map((judge) => findFailure(orders, judge))
    .find((each) => each !== null);
  if (failed) return { world: before, outcome: { status: 422, code: 'batch.operation_failed', failed } };
  return { world, outcome: { status: 200 } };
}

function findFailure(orders: readonly Order[], judge: (order: Order) => unknown): Outcome['failed'] | null {
  for (const [index, order] of orders.entries()) {
    try {
      judge(order);
    } catch (error) {
      if (error instanceof Refusal) return [index, error.outcome.code];
      throw error;
    }
  }
  return null;
}

// Who

const ofWriters: readonly Deed['act'][] = [
  'create',
  'edit',
  'embargo',
  'assign',
  'restore',
  'submit',
  'trash',
  'untrash',
];
const ofThePublic: readonly Deed['act'][] = ['publish', 'unpublish', 'unschedule', 'correct', 'retract', 'reinstate'];

function requireRole({ actor, deed }: Order): void {
  const role = roleOf[actor];
  if (role === 'none') refuse(401, 'auth.missing');
  if (role === 'viewer' || (role === 'writer' && !ofWriters.includes(deed.act))) forbidden();
}

function perform(world: World, order: Order): Outcome {
  const { actor, on, deed } = order;
  if (deed.act === 'create') return create(world, actor, deed.content);
  const slug = typeof on === 'string' ? on : null;
  const index = typeof on === 'string' ? holderOf(world, on) : on;
  const story = world.stories[index];
  if (story === undefined || (story.trashed && deed.act !== 'untrash')) return absent();
  requireReach(world, order, story, slug);
  if (order.stale) refuse(412, 'request.precondition_failed');
  requireFacts(world, story, deed.act);
  requireState(story, deed.act);
  const changes = deeds[deed.act] as (scene: Scene, deed: Deed) => number;
  story.revision += changes({ world, story, actor, now: world.now }, deed);
  return { status: deed.act === 'trash' ? 204 : 200, story: index };
}

/** What it may not read is not there, unless the public finds it under this name; what it may read but not do is refused. */
function requireReach({ now }: World, { actor, deed }: Order, story: Story, slug: string | null): void {
  const isKnown = shownAt(story, now) !== null && (slug === null || wasSeen(story, now, slug));
  if (!readsDraft(actor, story, now)) {
    if (!isKnown) absent();
    if (covers(actor, newest(story).place)) forbidden();
    outside();
  }
  if (ofThePublic.includes(deed.act)) requireBothEnds(actor, story, now);
  if (roleOf[actor] === 'writer' && story.maker !== actor) forbidden();
}

/** The key covers where the public finds the story, or is going to. */
function requireBothEnds(actor: Actor, story: Story, now: number): void {
  const open = story.showings.filter((showing) => endOf(story, showing) > now);
  if (open.some(({ version }) => !covers(actor, story.versions[version - 1]!.place))) outside();
}

// When

function requireFacts({ now }: World, story: Story, act: Deed['act']): void {
  const isRetracted = openRetraction(story) !== null;
  if (act === 'retract' && !wasSeen(story, now)) conflict('not_published');
  if (isRetracted && ['publish', 'correct', 'retract'].includes(act)) conflict('retracted');
  if (act === 'correct' && current(story, now) === null) conflict('not_published');
  if (act === 'unschedule' && pending(story, now) === null) conflict('not_scheduled');
  if (act === 'reinstate' && !isRetracted) conflict('not_retracted');
  if (act === 'untrash' && !story.trashed) conflict('not_trashed');
}

function requireState({ state }: Story, act: Deed['act']): void {
  const refused: Partial<Record<Deed['act'], boolean>> = {
    submit: state !== 'draft',
    return: state === 'draft',
    approve: state === 'approved',
  };
  if (refused[act]) conflict('action_not_allowed');
}

// What: each answers with the number of revisions it makes

type Scene = { world: World; story: Story; actor: Actor; now: number };
type Of<Act> = Act extends Plain ? { act: Plain } : Extract<Deed, { act: Act }>;

const deeds: { [Act in Exclude<Deed['act'], 'create'>]: (scene: Scene, deed: Of<Act>) => number } = {
  edit: (scene, { changes }) => append(scene, { ...newest(scene.story), ...changes }),
  restore: (scene, { version }) => restore(scene, version),
  embargo: (scene, { until }) => setEmbargo(scene, until),
  assign: (scene, { assigned }) => assign(scene, assigned),
  submit: ({ story }) => enter(story, 'in_review'),
  return: ({ story }) => enter(story, 'draft'),
  approve: ({ story }) => enter(story, 'approved'),
  publish: publish,
  unschedule: ({ story, now }) => callOff(story, now),
  unpublish: (scene, { at }) => unpublish(scene, at),
  correct: (scene, { changes }) => correct(scene, changes),
  retract: retract,
  reinstate: reinstate,
  trash: trash,
  untrash: ({ story }) => {
    story.trashed = false;
    return 1;
  },
};

function create(world: World, actor: Actor, content: Content): Outcome {
  if (!covers(actor, content.place)) outside();
  if (holderOf(world, content.slug) >= 0) conflict('slug_taken');
  const nothing = { assigned: false, embargo: null, trashed: false, showings: [], retractions: [], corrections: [] };
  world.stories.push({ maker: actor, versions: [content], state: 'draft', revision: 1, ...nothing });
  return { status: 201, story: world.stories.length - 1 };
}

const fieldsOf = (content: Content) => Object.keys(content) as (keyof Content)[];
const differ = (a: Content, b: Content) => fieldsOf(a).filter((field) => a[field] !== b[field]);

function append({ world, story, actor }: Scene, content: Content): number {
  if (differ(newest(story), content).length === 0) return 0;
  if (content.place !== newest(story).place && !covers(actor, content.place)) outside();
  if (isTaken(world, story, content.slug)) conflict('slug_taken');
  story.versions.push(content);
  return enter(story, 'draft');
}

const isTaken = (world: World, story: Story, slug: string) =>
  world.stories.some((other) => other !== story && slugsOf(other).has(slug));

function enter(story: Story, state: Story['state']): number {
  story.state = state;
  return 1;
}

function restore(scene: Scene, version: number): number {
  const { world, story, actor } = scene;
  const old = story.versions[version - 1];
  if (old === undefined) return refuse(422, 'article.version_not_found');
  if (old.place !== newest(story).place && !covers(actor, old.place)) outside();
  return append(scene, isTaken(world, story, old.slug) ? { ...old, slug: newest(story).slug } : old);
}

function setEmbargo({ story, actor, now }: Scene, until: number | null): number {
  if (until === story.embargo) return 0;
  const isEarlier = story.embargo !== null && (until ?? 0) < story.embargo;
  if (isEmbargoed(story, now) && isEarlier) {
    requireBothEnds(actor, story, now);
    if (roleOf[actor] === 'writer') forbidden();
  }
  const isFuture = until !== null && until > now;
  if (isFuture && story.showings.some((each) => endOf(story, each) > now && each.from < until)) conflict('embargoed');
  story.embargo = until;
  return 1;
}

function assign({ story, actor }: Scene, assigned: boolean): number {
  if (assigned === story.assigned) return 0;
  if (roleOf[actor] === 'writer') forbidden();
  story.assigned = assigned;
  return 1;
}

function publish({ world, story, now }: Scene, { at, until, replace }: Of<'publish'>): number {
  const version = story.versions.length;
  if (world.reviewRequired && story.state !== 'approved') conflict('review_required');
  const from = startOf(story, now, at ?? 0);
  const end = until ?? never;
  const next = pending(story, now);
  if (end <= from) refuse(400, 'request.invalid');
  if (story.embargo !== null && from < story.embargo) conflict('embargoed');
  if (next !== null && !replace) conflict('publication_pending');
  const live = current(story, now);
  const isNow = from === startOf(story, now);
  if (isNow && live?.version === version) {
    if (next === null && live.until === end) return 0;
    callOff(story, now);
    live.until = end;
    return 1;
  }
  callOff(story, now);
  show(story, { version, from, until: end, start: isNow ? `article.${live ? 'updated' : 'published'}` : null });
  return 1;
}

function show(story: Story, showing: Omit<Showing, 'end'>): void {
  story.showings.push({ ...showing, end: null });
  story.showings.sort((a, b) => a.from - b.from);
}

function callOff(story: Story, now: number): number {
  const next = pending(story, now);
  story.showings = story.showings.filter((each) => each !== next);
  return 1;
}

/** A showing that began this very instant lasts a millisecond. */
function end(story: Story, now: number, how: string): Showing | null {
  callOff(story, now);
  const live = current(story, now);
  if (live === null) return null;
  const before = { ...live };
  live.until = Math.max(now, live.from + 1);
  live.end = how;
  return before;
}

function unpublish({ story, now }: Scene, at: number | null): number {
  const live = current(story, now);
  const isLater = at !== null && at > now && at > (live?.from ?? 0);
  if (live === null && pending(story, now) === null) conflict('not_published');
  if (isLater && at > (live?.until ?? 0)) refuse(400, 'request.invalid');
  if (isLater && live !== null) {
    callOff(story, now);
    live.until = at;
  } else end(story, now, 'article.unpublished');
  return 1;
}

/** The correction goes out at once; the working copy, where it is ahead, gets the same changes after it. */
function correct({ story, now }: Scene, changes: Partial<Content>): number {
  const shown = current(story, now)!;
  const live = story.versions[shown.version - 1]!;
  const before = newest(story);
  const corrected = { ...live, ...changes };
  const names = differ(live, corrected);
  if (names.length === 0) refuse(400, 'request.invalid');
  const ahead = differ(live, before);
  if (ahead.some((field) => field in changes && before[field] !== corrected[field])) conflict('correction_conflict');
  const from = startOf(story, now);
  if (endOf(story, shown) <= from) conflict(pending(story, now) === null ? 'not_published' : 'publication_overlap');
  const working = { ...before, ...changes };
  story.versions.push(corrected);
  const version = story.versions.length;
  if (differ(corrected, working).length > 0) story.versions.push(working);
  show(story, { version, from, until: shown.until, start: 'article.corrected' });
  story.corrections.push(version);
  story.state = 'draft';
  return 1 + story.versions.length - version;
}

function retract({ story, actor, now }: Scene): number {
  const last = lastBegun(story, now)!;
  const { version } = last;
  if (!covers(actor, story.versions[version - 1]!.place)) outside();
  const live = end(story, now, byRetraction);
  const at = Math.max(now, last.until);
  const fresh: Retraction = {
    version,
    at,
    until: live?.until ?? 0,
    wasPublic: live !== null,
    over: never,
    shownAgain: false,
  };
  story.retractions.push(fresh);
  return 1;
}

function reinstate({ story, actor, now }: Scene): number {
  const retraction = story.retractions.find((each) => !isOver(each))!;
  const { version, until, wasPublic } = retraction;
  if (!covers(actor, story.versions[version - 1]!.place)) outside();
  const from = startOf(story, now);
  retraction.shownAgain = wasPublic && until > from;
  if (retraction.shownAgain && story.embargo !== null && from < story.embargo) conflict('embargoed');
  retraction.over = from;
  if (retraction.shownAgain) show(story, { version, from, until, start: 'article.reinstated' });
  return 1;
}

function trash({ story, actor, now }: Scene): number {
  if (current(story, now) !== null || pending(story, now) !== null) {
    requireBothEnds(actor, story, now);
    if (roleOf[actor] === 'writer') forbidden();
  }
  end(story, now, 'article.unpublished');
  story.trashed = true;
  return 1;
}
