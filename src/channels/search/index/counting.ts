// Counts in how many documents the common words are, now and then, in a sample: a search asks how rare its words are, and
// to count a common one takes as long as to find it.
import type { Db } from '../../../platform/db/db.ts';
import { tryLock } from '../../../platform/db/locks.ts';
import { countedMax } from '../match/facts.ts';
import { countedFrom } from '../match/weeks.ts';

// Counted anew where there are a fifth more or fewer rows, or an hour has passed: rows that are there already become
// public. It takes a second or two.
const staleFactor = 1.2;
const staleMs = 60 * 60_000;
const sampleSize = 4000;
// Of fewer in a sample the count is a guess; they are rare enough to be counted when they are asked for.
const sampledMin = 10;

const selectCount = `
  select c.rows as counted, c.counted_at,
    greatest((select reltuples from pg_class where oid = 'search_document'::regclass)::int, 0) as about
  from (select 1) one left join search_count c on true`;

// The newest weeks first.
const countDocuments = `
  select (search_weeks(d.published_at))[1] as week, count(*)::int as documents from search_document d
  where d.visible @> $1::timestamptz group by 1 order by 1 desc`;

// What nobody but the newsroom is ever going to see is not counted. ts_stat takes a query as text; the number in it is
// ours. Of the documents that are not in the sample only the narrow rows are read.
const sampleWords = (percent: number, factor: number) => `
  insert into search_word (word, documents)
  select word, round(ndoc * ${factor})::int
  from ts_stat('select words from search_document tablesample bernoulli (${percent}) repeatable (1) where not isempty(visible)')
  where ndoc >= ${sampledMin} and ndoc * ${factor} > ${countedMax}`;

const storeCount = `
  insert into search_count (id, documents, rows, counted_at, weeks) values (1, $1, $2, $3::timestamptz, $4::int[])
  on conflict (id) do update set documents = excluded.documents, rows = excluded.rows,
    counted_at = excluded.counted_at, weeks = excluded.weeks`;

/** Whether there was something to count. Below a few thousand documents nothing is kept. */
export async function countWords(db: Db, now: Date): Promise<boolean> {
  const [row] = await db.sql.rows<{ counted: number | null; counted_at: Date | null; about: number }>(selectCount, []);
  const { counted, counted_at, about } = row!;
  if (about <= countedMax || !isStale({ counted: counted ?? 0, countedAt: counted_at, about }, now)) return false;
  return db.transaction(async (tx) => {
    // Another worker does it.
    if (!(await tryLock(tx, 'turn', 'search_count'))) return false;
    // It takes seconds, which the limit of statements is not made for.
    await tx.rows(`set local statement_timeout = '10min'`, []);
    const weeks = await tx.rows<Week>(countDocuments, [now.toISOString()]);
    const documents = weeks.reduce((sum, week) => sum + week.documents, 0);
    const percent = Math.min(100, (sampleSize / Math.max(documents, 1)) * 100);
    await tx.rows('delete from search_word', []);
    await tx.rows(sampleWords(percent, 100 / percent), []);
    await tx.rows(storeCount, [documents, about, now.toISOString(), listStarts(weeks)]);
    return true;
  });
}

type Week = { readonly week: number; readonly documents: number };

/** In which weeks the newest 1000, 2000, 4000 … documents begin. */
function listStarts(weeks: readonly Week[]): number[] {
  const starts: number[] = [];
  let passed = 0;
  for (const { week, documents } of weeks) {
    passed += documents;
    while (passed >= countedFrom * 2 ** starts.length) starts.push(week);
  }
  return starts;
}

type Count = { readonly counted: number; readonly countedAt: Date | null; readonly about: number };

function isStale({ counted, countedAt, about }: Count, now: Date): boolean {
  if (countedAt === null || now.getTime() - countedAt.getTime() > staleMs) return true;
  return about > counted * staleFactor || about * staleFactor < counted;
}
