// What each reader finds over HTTP, in the words of the model, and the comparison of the two.
import { expect } from 'vitest';
import type { Answer } from '../../support/app.ts';
import {
  type Actor,
  covers,
  describeDraft,
  findAsPublic,
  formatTime,
  holderOf,
  listPublic,
  never,
  newest,
  type Place,
  places,
  printPublic,
  readsDraft,
  recall,
} from './lifecycle-model.ts';
import type { Newsroom } from './lifecycle-newsroom.ts';
import { slugCount } from './lifecycle-steps.ts';

/** What the public found at an instant; stories by their ids. */
export type Sight = { stories: string[]; slugs: string[]; lists: Record<Place, string[]> };

type Check = { name: string; expected: unknown; found: Promise<unknown> };

const readers = ['viewer', 'ann', 'ben', 'editor', 'sports'] as const satisfies readonly Actor[];
const slugs = Array.from({ length: slugCount }, (_, index) => index);

/**
 * All articles and lists, for all readers. Where one of several ways would tell the same (by which slug, with which key,
 * as one or in a list), and for the past, `choice` picks one, so that a long run has taken them all.
 */
export async function look(room: Newsroom, choice: number): Promise<void> {
  const { world, memory } = room;
  const sight = see(room);
  const checks = [...readPresent(room, sight, choice), ...readDrafts(room, choice)];
  const at = pick(
    [...memory.keys()].filter((each) => each < world.now),
    choice,
  );
  if (at !== undefined) checks.push(...readPast(room, at, choice));
  memory.set(world.now, sight);
  const found = await Promise.all(checks.map(async (check) => [check.name, await check.found]));
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(checks.map(({ name, expected }) => [name, expected])));
}

/** `nth`: which of several picks this is; each depends on another digit. */
const pick = <T>(list: readonly T[], choice: number, nth = 0): T =>
  list[Math.floor(choice / 7 ** nth) % list.length] as T;

// The public, now

function see({ world, ids, day }: Newsroom): Sight {
  const bySlug = (slug: string) => findAsPublic(world.stories[holderOf(world, slug)], world.now, slug);
  const firstOf = (index: number) => world.stories[index]!.showings[0]!.from;
  const inOrder = (a: number, b: number) => firstOf(b) - firstOf(a) || (ids[a]! < ids[b]! ? 1 : -1);
  const lists = places.map((place) => [
    place,
    listPublic(world, place)
      .toSorted(inOrder)
      .map((index) => ids[index]),
  ]);
  return {
    stories: world.stories.map((story) => findAsPublic(story, world.now)),
    slugs: slugs.map((index) => bySlug(day.slug(index))),
    lists: Object.fromEntries(lists),
  };
}

/** A key changes nothing of what is published. */
function readPresent(room: Newsroom, sight: Sight, choice: number): Check[] {
  const { ids, day, keys } = room;
  const as = keys[pick(['nobody', 'nobody', 'editor', 'viewer'] as const, choice, 1)];
  const slugsRead = [pick(slugs, choice, 0), pick(slugs, choice, 2)];
  return [
    ...sight.stories.map((expected, index) => ({
      name: `public ${index}`,
      expected,
      found: readPublic(room, `${ids[index]}`, '', as),
    })),
    ...slugsRead.map((index) => ({
      name: `public ${day.slug(index)}`,
      expected: sight.slugs[index],
      found: readPublic(room, day.slug(index)),
    })),
    ...(['news', 'sport'] as const).map((place) => {
      const expected = sight.lists[place];
      return { name: `list ${place}`, expected: [expected, expected.length], found: readList(room, place) };
    }),
  ];
}

async function readPublic({ app, sections }: Newsroom, name: string, query = '', as?: string): Promise<string> {
  const answer = await app.get(`/v1/articles/${name}?body=none${query}`, { as });
  if (answer.status === 301)
    return `301 ${decodeURIComponent(/articles\/([^?]+)/.exec(answer.headers.location!)![1]!)}`;
  if (answer.status !== 200) return String(answer.status);
  const { version, title, kicker, section, corrections, updatedAt, firstPublishedAt, publishedAt } = answer.body;
  const place = places.find((each) => sections[each] === section.slug)!;
  const [since, first, published] = [updatedAt, firstPublishedAt, publishedAt].map(Date.parse) as [
    number,
    number,
    number,
  ];
  return printPublic({ version, title, kicker, place, corrections: corrections.length, since, first, published });
}

async function readList({ app, sections }: Newsroom, place: Place, query = '', as?: string): Promise<unknown> {
  const answer = await app.get(`/v1/articles?section=${sections[place]}&count=exact&limit=50${query}`, { as });
  return [idsOf(answer), answer.body.page.total];
}

const idsOf = (answer: Answer): string[] => answer.body.data.map(({ id }: { id: string }) => id);

// The past

/** A retraction acts backwards; only whoever may read the draft sees the past as it was. */
function readPast(room: Newsroom, at: number, choice: number): Check[] {
  const { world, ids, day, keys } = room;
  const sight = room.memory.get(at)!;
  const when = `at ${formatTime(at)}`;
  const query = `&asOf=${formatTime(at)}`;
  const actor = pick(['nobody', 'nobody', 'editor', 'sports'] as const, choice, 1);
  const remember = (seen: string, index: number) => {
    const story = world.stories[index];
    return recall(seen, story, actor !== 'nobody' && story !== undefined && covers(actor, newest(story).place));
  };
  const asked = sight.stories.map((seen, index) => ({
    name: `${actor} ${index} ${when}`,
    expected: remember(seen, index),
    found: readPublic(room, `${ids[index]}`, query, keys[actor]),
  }));
  const slug = pick(slugs, choice, 2);
  const bySlug = {
    name: `${actor} ${day.slug(slug)} ${when}`,
    expected: remember(sight.slugs[slug]!, holderOf(world, day.slug(slug))),
    found: readPublic(room, day.slug(slug), query, keys[actor]),
  };
  const place = pick(places, choice, 3);
  const listed = sight.lists[place].filter((id) => remember('v', ids.indexOf(id)) === 'v');
  const list = {
    name: `list ${place} for ${actor} ${when}`,
    expected: [listed, listed.length],
    found: readList(room, place, query, keys[actor]),
  };
  return [...asked, bySlug, list];
}

// The newsroom

function readDrafts(room: Newsroom, choice: number): Check[] {
  const { world, ids, keys } = room;
  const mine = world.stories.map((story, index) => ({ story, id: `${ids[index]}` }));
  const readable = (actor: Actor) => mine.filter(({ story }) => !story.trashed && readsDraft(actor, story, world.now));
  const lists = readers.map((actor) => ({
    name: `drafts for ${actor}`,
    expected: readable(actor).map(({ story }) => describeDraft(story, world.now)),
    found: readManyDrafts(room, keys[actor]!),
  }));
  const one = pick(mine, choice, 0);
  const actor = pick(readers, choice, 1);
  const single = {
    name: `draft for ${actor}`,
    expected: readable(actor).includes(one) ? describeDraft(one.story, world.now) : 404,
    found: readOneDraft(room, one.id, keys[actor]!),
  };
  const trash = {
    name: `trash for ${actor}`,
    expected: one.story.trashed && readsDraft(actor, one.story, world.now) ? describeDraft(one.story, world.now) : 404,
    found: readOneDraft(room, one.id, keys[actor]!, '&trashed=true'),
  };
  const reviewer = pick(readers, choice, 2);
  const inReview = readable(reviewer).filter(({ story }) => story.state === 'in_review');
  const desk = {
    name: `desk of ${reviewer}`,
    expected: inReview.map(({ id }) => id).toSorted(),
    found: readDesk(room, keys[reviewer]!),
  };
  return [...lists, single, trash, desk];
}

async function readManyDrafts({ app, ids }: Newsroom, as: string): Promise<unknown> {
  const answer = await app.get(`/v1/articles?perspective=draft&ids=${ids.join(',')}`, { as });
  return answer.body.data.map(readDraft);
}

async function readOneDraft({ app }: Newsroom, id: string, as: string, query = ''): Promise<unknown> {
  const answer = await app.get(`/v1/articles/${id}?perspective=draft&body=none${query}`, { as });
  if (answer.status !== 200) return answer.status;
  expect(answer.headers.etag).toBe(`"r${answer.body.revision}"`);
  return readDraft(answer.body);
}

async function readDesk({ app, sections }: Newsroom, as: string): Promise<string[]> {
  const branch = `${sections.news},${sections.sport}`;
  const answer = await app.get(`/v1/articles?perspective=draft&state=in_review&section=${branch}`, { as });
  return idsOf(answer).toSorted();
}

const timeOf = (instant: string | null) => (instant === null ? null : Date.parse(instant));

/** A working copy as it is answered, in the words of the model. */
export function readDraft(body: Answer['body']): ReturnType<typeof describeDraft> {
  const { version, title, kicker, slug, state, revision, isPublic, hasUnpublishedChanges, scheduled } = body;
  return {
    version,
    title,
    kicker,
    slug,
    state,
    revision,
    isPublic,
    isAssigned: body.assignee !== null,
    isRetracted: body.retraction !== null,
    isTrashed: body.trashedAt !== null,
    embargoUntil: timeOf(body.embargoUntil),
    expiresAt: timeOf(body.expiresAt),
    scheduled:
      scheduled === null
        ? null
        : { version: scheduled.version, at: Date.parse(scheduled.at), until: timeOf(scheduled.until) ?? never },
    hasUnpublishedChanges,
  };
}
