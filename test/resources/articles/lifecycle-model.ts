// The life of articles in small: what a story remembers, and what each reader finds of it at an instant. Written from the
// rules, with other means than the product: a showing keeps the end it was given, and whatever begins later outshines it,
// so nothing has to be cut short or given back. Instants are milliseconds; "never" is Infinity.
export const never = Number.POSITIVE_INFINITY;

/** `ball` lies below `sport`; the key of `sports` is limited to `sport`. */
export const places = ['news', 'sport', 'ball'] as const;
export type Place = (typeof places)[number];
export const branches: Record<Place, readonly Place[]> = { news: ['news'], sport: ['sport', 'ball'], ball: ['ball'] };

export const actors = ['nobody', 'viewer', 'ann', 'ben', 'editor', 'sports', 'admin'] as const;
export type Actor = (typeof actors)[number];
export type Role = 'none' | 'viewer' | 'writer' | 'editor';
/** To an article an admin is an editor. */
export const roleOf: Record<Actor, Role> = {
  nobody: 'none',
  viewer: 'viewer',
  ann: 'writer',
  ben: 'writer',
  editor: 'editor',
  sports: 'editor',
  admin: 'editor',
};

export type Content = { title: string; kicker: string | null; place: Place; slug: string };
export type State = 'draft' | 'in_review' | 'approved';

/** The end of what was taken back has no event of its own. */
export const byRetraction = 'retraction';

/** A version shown from an instant on. `start` and `end`: the events of the acts that did it; null: the clock will. */
export type Showing = { version: number; from: number; until: number; start: string | null; end: string | null };

/** `until`: when what was shown would have ended by itself. `over`: when it was undone, and whether that showed it again. */
export type Retraction = {
  version: number;
  at: number;
  until: number;
  wasPublic: boolean;
  over: number;
  shownAgain: boolean;
};

export type Story = {
  maker: Actor;
  versions: Content[];
  state: State;
  revision: number;
  assigned: boolean;
  embargo: number | null;
  trashed: boolean;
  /** In the order of their starts; at most the last is still to come. */
  showings: Showing[];
  retractions: Retraction[];
  /** The versions that corrected something. */
  corrections: number[];
};

export type World = { now: number; reviewRequired: boolean; stories: Story[] };

export const newest = (story: Story): Content => story.versions.at(-1)!;
export const isOver = (retraction: Retraction) => retraction.over !== never;
export const openRetraction = (story: Story) => story.retractions.find((each) => !isOver(each)) ?? null;

// What begins

/** An act's showing has begun, even where a start must come a millisecond after the one before it. */
const hasBegun = (showing: Showing, now: number) => showing.start !== null || showing.from <= now;
export const lastBegun = (story: Story, now: number) =>
  story.showings.findLast((showing) => hasBegun(showing, now)) ?? null;
export const pending = (story: Story, now: number) => story.showings.find((each) => !hasBegun(each, now)) ?? null;

/** What an act on the public's view is about: not what an act has ended, even while its last millisecond lasts. */
export function current(story: Story, now: number): Showing | null {
  const last = lastBegun(story, now);
  return last !== null && last.until > now && last.end === null ? last : null;
}

export function startOf(story: Story, now: number, at = 0): number {
  return Math.max(now, at, (lastBegun(story, now)?.from ?? -1) + 1);
}

/** When a showing stops being what is seen: its own end, or the next start. */
export function endOf(story: Story, showing: Showing): number {
  const next = story.showings[story.showings.indexOf(showing) + 1];
  return Math.min(showing.until, next?.from ?? never);
}

// What the public finds

export function shownAt(story: Story, at: number): Showing | null {
  const last = story.showings.findLast((showing) => showing.from <= at);
  return last !== undefined && at < last.until ? last : null;
}

export const wasSeen = (story: Story, at: number, slug: string | null = null) =>
  story.showings.some(({ from, version }) => from <= at && (slug === null || slugOf(story, version) === slug));

const slugOf = (story: Story, version: number) => story.versions[version - 1]!.slug;

/** Working copies reserve one; what was shown, or is going to be, keeps its own. */
export const slugsOf = (story: Story) =>
  new Set([newest(story).slug, ...story.showings.map(({ version }) => slugOf(story, version))]);

export const holderOf = (world: World, slug: string) => world.stories.findIndex((story) => slugsOf(story).has(slug));

/** What an answer tells, as one line: the version that is there, the address that it moved to, or the status. */
export function findAsPublic(story: Story | undefined, at: number, slug: string | null = null): string {
  if (story === undefined) return '404';
  const showing = shownAt(story, at);
  if (showing !== null) {
    if (slug === null || slugOf(story, showing.version) === slug) return printShown(story, showing);
    if (wasSeen(story, at, slug)) return `301 ${slugOf(story, showing.version)}`;
    return '404';
  }
  const isGone = story.retractions.some((each) => !isOver(each) || (each.at <= at && at < each.over));
  return isGone && wasSeen(story, at, slug) ? '410' : '404';
}

function printShown(story: Story, { version, from }: Showing): string {
  const { title, kicker, place } = story.versions[version - 1]!;
  const corrections = story.corrections.filter((each) => each <= version).length;
  const first = story.showings[0]!.from;
  return printPublic({ version, title, kicker, place, corrections, since: from, first, published: first });
}

type Printed = {
  version: number;
  title: string;
  kicker: string | null;
  place: string;
  corrections: number;
  since: number;
  first: number;
  /** The editorial date. */
  published: number;
};

export const printPublic = ({ version, title, kicker, place, corrections, since, first, published }: Printed) =>
  `v${version} ${title} ${kicker ?? '-'} ${place} ${corrections}c ${[since, first, published].map(formatTime).join(' ')}`;

export const formatTime = (at: number) => (at === never ? 'never' : new Date(at).toISOString());

/** A retraction that stands acts backwards, for whoever has no right to the draft. */
export function recall(remembered: string, story: Story | undefined, sees: boolean): string {
  const isGone = story !== undefined && openRetraction(story) !== null && !sees;
  return isGone && /^(v|301)/.test(remembered) ? '410' : remembered;
}

/** What is listed there, the longest public last. */
export function listPublic(world: World, place: Place): number[] {
  return world.stories.flatMap((story, index) => {
    const showing = shownAt(story, world.now);
    return showing !== null && branches[place].includes(story.versions[showing.version - 1]!.place) ? [index] : [];
  });
}

// What the newsroom finds

export const covers = (actor: Actor, place: Place) => actor !== 'sports' || branches.sport.includes(place);
export const isEmbargoed = ({ embargo }: Story, now: number) => embargo !== null && embargo > now;

export function readsEmbargoed(actor: Actor, story: Story): boolean {
  return roleOf[actor] === 'editor' || (roleOf[actor] === 'writer' && story.maker === actor);
}

export function readsDraft(actor: Actor, story: Story, now: number): boolean {
  if (actor === 'nobody' || !covers(actor, newest(story).place)) return false;
  return !isEmbargoed(story, now) || readsEmbargoed(actor, story);
}

/** What a working copy tells of itself, as the API names it. */
export function describeDraft(story: Story, now: number) {
  const { title, kicker, slug } = newest(story);
  const version = story.versions.length;
  const shown = shownAt(story, now);
  const next = pending(story, now);
  const end = shown === null ? never : endOf(story, shown);
  const takesOver = story.showings.some(({ from }) => from === end);
  return {
    version,
    title,
    kicker,
    slug,
    state: story.state,
    revision: story.revision,
    isPublic: shown !== null,
    isAssigned: story.assigned,
    isRetracted: openRetraction(story) !== null,
    isTrashed: story.trashed,
    embargoUntil: story.embargo,
    expiresAt: end === never || takesOver ? null : end,
    scheduled: next === null ? null : { version: next.version, at: next.from, until: next.until },
    hasUnpublishedChanges: !story.showings.some((each) => each.version === version && endOf(story, each) > now),
  };
}

// What the log tells

/** Each start and each end that has come, as the log tells it: which, of which version, when. */
export function listHappened(story: Story, now: number): string[] {
  const told = story.showings.flatMap((showing, index) => {
    if (!hasBegun(showing, now)) return [];
    const { version, from, start, end } = showing;
    const before = story.showings[index - 1];
    const continues = before !== undefined && endOf(story, before) === from;
    const began = start ?? (continues ? 'article.updated' : 'article.published');
    const ended = endOf(story, showing);
    const expires = ended <= now && !isTakenOver(story, index);
    const how = end ?? (expires ? 'article.expired' : null);
    return [tell(began, version, from), ...(how === null || how === byRetraction ? [] : [tell(how, version, ended)])];
  });
  const undone = story.retractions.filter((each) => isOver(each) && !each.shownAgain);
  return [
    ...told,
    ...story.retractions.map(({ version, at }) => tell('article.retracted', version, at)),
    ...undone.map(({ version, over }) => tell('article.reinstated', version, over)),
  ].toSorted();
}

export const tell = (type: string, version: number, at: number) => `${formatTime(at)} ${type} v${version}`;

/** Whether the next showing took its place, so that nothing ended. */
function isTakenOver(story: Story, index: number): boolean {
  const next = story.showings[index + 1];
  const begins = ['article.published', 'article.reinstated'].includes(next?.start ?? '');
  return next !== undefined && next.from === endOf(story, story.showings[index]!) && !begins;
}
