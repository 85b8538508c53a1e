// When a day is over: what the event log and the tables hold is exactly what happened.
import { expect } from 'vitest';
import { verifyVersions } from '../../../src/resources/articles/verify.ts';
import { endOf, listHappened, never, type Story, tell } from './lifecycle-model.ts';
import { announceAll, moveClock, type Newsroom } from './lifecycle-newsroom.ts';
import { look } from './lifecycle-reads.ts';

/** Once as the day ends, and once when all that was planned has come. */
export async function endDay(room: Newsroom): Promise<void> {
  await announceAll(room.app);
  await compareRecords(room);
  const planned = room.world.stories.flatMap(({ showings, embargo }) => [
    ...showings.flatMap(({ from, until }) => [from, until]),
    embargo ?? 0,
  ]);
  moveClock(room, Math.max(room.world.now, ...planned.filter((at) => at !== never)) + 1);
  await announceAll(room.app);
  await look(room, 0);
  await compareRecords(room);
}

async function compareRecords(room: Newsroom): Promise<void> {
  for (const [index, story] of room.world.stories.entries()) {
    const id = room.ids[index]!;
    await compareLog(room, id, story);
    await compareTables(room, id, story);
  }
}

const startsAndEnds = ['published', 'updated', 'corrected', 'reinstated', 'expired', 'unpublished', 'retracted'];

async function compareLog({ app, world }: Newsroom, id: string, story: Story): Promise<void> {
  const events = await app.deps.db.prisma.event.findMany({ where: { subjectId: id }, orderBy: { position: 'asc' } });
  const told = events.filter(({ type }) => startsAndEnds.includes(type.slice('article.'.length)));
  const lines = told.map(({ type, occurredAt, payload }) => {
    const { version, visibleFrom, visibleUntil } = payload as {
      version: number;
      visibleFrom?: string;
      visibleUntil?: string;
    };
    const instant = /expired|unpublished|retracted/.test(type) ? visibleUntil : visibleFrom;
    return tell(type, version, Math.max(occurredAt.getTime(), instant === undefined ? 0 : Date.parse(instant)));
  });
  expect(lines.toSorted()).toEqual(listHappened(story, world.now));
  const instants = lines.map((line) => line.slice(0, line.indexOf(' ')));
  expect(instants, 'starts and ends stand in the log in the order in which they happened').toEqual(instants.toSorted());
  const recorded = events.map(({ recordedAt }) => recordedAt.getTime());
  expect(recorded, 'positions grow with time').toEqual(recorded.toSorted((a, b) => a - b));
}

// By publication_article_id_idx.
const selectPublications = `
  select version, visible_from as from, visible_until as until from publication
  where article_id = $1::uuid order by visible_from`;
// By article_version_pkey.
const selectVersions = `
  select title, kicker, slug from article_version where article_id = $1::uuid order by number`;

type PublicationRow = { version: number; from: Date; until: Date | null };

async function compareTables({ app }: Newsroom, id: string, story: Story): Promise<void> {
  const { db } = app.deps;
  const rows = await db.sql.rows<PublicationRow>(selectPublications, [id]);
  const found = rows.map(({ version, from, until }) => [version, from.getTime(), until?.getTime() ?? never]);
  expect(found).toEqual(story.showings.map((each) => [each.version, each.from, endOf(story, each)]));
  const versions = await db.sql.rows<object>(selectVersions, [id]);
  expect(versions).toEqual(story.versions.map(({ title, kicker, slug }) => ({ title, kicker, slug })));
  expect(await verifyVersions(db, id)).toEqual({ articles: 1, versions: story.versions.length, flaw: null });
}
