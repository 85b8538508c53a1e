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
  openRetraction,
  type Place,
  places,
  printPublic,
  readsDraft,
  recall,
  type Story,
} from './lifecycle-model.ts';
import type { Newsroom } from './lifecycle-newsroom.ts';
import { slugCount } from './lifecycle-steps.ts';

/** What the public found at an instant; stories by their ids. */
export type Sight = { stories: string[]; slugs: string[]; lists: Record<Place, string[]> };

type Check = { name: string; expected: unknown; found: Promise<unknown> };

const readers = ['viewer', 'ann', 'ben', 'editor', 'sports'] as const satisfies readonly Actor[];
const slugs = Array.from({ length: slugCount }, (_, index) => index);

/** `choice`: which remembered instant is read again. */
export async function look(room: Newsroom, choice: number): Promise<void> {
  const { world, memory } = room;
  const sight = see(room);
  const checks = [...readPresent(room, sight), ...readDrafts(room)];
  const instants = [...memory.keys()].filter((at) => at < world.now);
  const at = instants[choice % instants.length];
  if (at !== undefined) checks.push(...readPast(room, at));
  memory.set(world.now, sight);
  const found = await Promise.all(checks.map(async (check) => [check.name, await check.found]));
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(checks.map(({ name, expected }) => [name, expected])));
}

// The public, now

function see({ world, ids, names }: Newsroom): Sight {
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
    slugs: slugs.map((index) => bySlug(names.slug(index))),
    lists: Object.fromEntries(lists),
  };
}

function readPresent(room: Newsroom, sight: Sight): Check[] {
  const { ids, names, world } = room;
  return [
    ...sight.stories.map((expected, index) => ({
      name: `public ${index}`,
      expected,
      found: readPublic(room, `${ids[index]}`),
    })),
    ...sight.slugs.map((expected, index) => ({
      name: `public ${names.slug(index)}`,
      expected,
      found: readPublic(room, names.slug(index)),
    })),
    ...(['news', 'sport'] as const).map((place) => {
      const expected = sight.lists[place];
      return { name: `list ${place}`, expected: [expected, expected.length], found: readList(room, place) };
    }),
    ...(world.stories.length > 0 ? [readWithKey(room, sight)] : []),
  ];
}

/** A key changes nothing of what is published. */
function readWithKey(room: Newsroom, sight: Sight): Check {
  const found = readPublic(room, `${room.ids[0]}`, '', room.keys.editor);
  return { name: 'published, with a key', expected: sight.stories[0], found };
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

function readPast(room: Newsroom, at: number): Check[] {
  const { world, ids, names, keys } = room;
  const sight = room.memory.get(at)!;
  const asOf = `&asOf=${formatTime(at)}`;
  const when = `at ${formatTime(at)}`;
  const sees = (actor: Actor, story: Story) => actor !== 'nobody' && covers(actor, newest(story).place);
  const asked = (['nobody', 'editor', 'sports'] as const).flatMap((actor) =>
    sight.stories.map((seen, index) => ({
      name: `${actor} ${index} ${when}`,
      expected: recall(seen, world.stories[index], sees(actor, world.stories[index]!)),
      found: readPublic(room, `${ids[index]}`, asOf, keys[actor]),
    })),
  );
  const bySlug = sight.slugs.map((seen, index) => ({
    name: `public ${names.slug(index)} ${when}`,
    expected: recall(seen, world.stories[holderOf(world, names.slug(index))], false),
    found: readPublic(room, names.slug(index), asOf),
  }));
  const isRetracted = (id: string) => openRetraction(world.stories[ids.indexOf(id)]!) !== null;
  const lists = (['nobody', 'editor'] as const).map((actor) => {
    const expected = sight.lists.sport.filter((id) => actor === 'editor' || !isRetracted(id));
    const found = readList(room, 'sport', asOf, keys[actor]);
    return { name: `list for ${actor} ${when}`, expected: [expected, expected.length], found };
  });
  return [...asked, ...bySlug, ...lists];
}

// The newsroom

function readDrafts(room: Newsroom): Check[] {
  const { world, ids, keys } = room;
  const mine = world.stories.map((story, index) => ({ story, id: `${ids[index]}` }));
  const singles = readers.flatMap((actor) =>
    mine.map(({ story, id }, index) => {
      const isThere = !story.trashed && readsDraft(actor, story, world.now);
      const expected = isThere ? describeDraft(story, world.now) : 404;
      return { name: `draft ${index} for ${actor}`, expected, found: readOneDraft(room, id, keys[actor]!) };
    }),
  );
  const trash = mine.map(({ story, id }, index) => ({
    name: `trash ${index}`,
    expected: story.trashed ? describeDraft(story, world.now) : 404,
    found: readOneDraft(room, id, keys.admin!, '&trashed=true'),
  }));
  const desks = readers.map((actor) => {
    const isThere = ({ story }: { story: Story }) =>
      !story.trashed && story.state === 'in_review' && readsDraft(actor, story, world.now);
    const expected = mine.filter(isThere).map(({ id }) => id);
    return { name: `desk of ${actor}`, expected: expected.toSorted(), found: readDesk(room, keys[actor]!) };
  });
  return [...singles, ...trash, ...desks];
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
