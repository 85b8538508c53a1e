// Making documents anew in the background, batch by batch, while everything goes on: those that hold a word which the
// segmenter has learnt, or all. Where it stands is in the database, so that any worker goes on from there.
import { systemPrincipal } from '../../../platform/auth/principal.ts';
import { isDeadlock } from '../../../platform/db/conflicts.ts';
import type { Sql, Tx } from '../../../platform/db/db.ts';
import { runTransaction } from '../../../platform/db/transactions.ts';
import type { Deps } from '../../../platform/deps.ts';
import { recordEvents } from '../../../platform/events/record.ts';
import { pairsOf } from '../analysis/pieces.ts';
import { quoteLexeme } from '../analysis/quote.ts';
import { allOf } from '../match/expressions.ts';
import { lockArticles, projectArticles } from './articles.ts';
import { projectNames } from './names.ts';

// By search_reindexing_open_idx. Another worker takes another one.
const takeRequest = `
  select id::text, folded, after_article::text as after, total
  from search_reindexing where finished_at is null order by id limit 1 for no key update skip locked`;

// A document that holds a text has every two neighbours in it, which hardly another has; by search_document_words_idx. Of
// all articles by their primary key.
const documentsWith = `
  select distinct d.article_id as id from search_document d
  where d.words @@ $1::tsquery and position($2 in d.text) > 0`;
const countOf = (articles: string) => `select count(*)::int as count from (${articles}) x`;
const nextOf = (articles: string) =>
  `select x.id::text from (${articles}) x where $3::uuid is null or x.id > $3::uuid order by x.id limit $4`;

const allArticles = 'select a.id from article a where $1::text is null and $2::text is null';

const moveRequest = `
  update search_reindexing set after_article = coalesce($2::uuid, after_article), done = done + $3::int,
    total = $4::int, finished_at = case when $5::boolean then $6::timestamptz end
  where id = $1::bigint`;

type Request = {
  readonly id: string;
  readonly folded: string | null;
  readonly after: string | null;
  total: number | null;
};

const selectOpen = 'select exists (select from search_reindexing where finished_at is null) as is_open';

async function hasRequest(sql: Sql): Promise<boolean> {
  const [row] = await sql.rows<{ is_open: boolean }>(selectOpen, [], 'search_open_reindexing');
  return row!.is_open;
}

// Few enough that no editor waits long for an article in it.
const batchSize = 25;

type Working = Pick<Deps, 'db' | 'segmenter' | 'clock' | 'newId' | 'project' | 'log'>;

/** Whether there may be more to do. */
export async function reindexNext(deps: Working): Promise<boolean> {
  const { db, segmenter } = deps;
  const now = deps.clock.now();
  if (!(await hasRequest(db.sql))) return false;
  return runTransaction(db, 'sql', async (tx) => {
    const [request] = await tx.rows<Request>(takeRequest, [], 'search_take_reindexing');
    if (request === undefined) return false;
    const { id, folded, after } = request;
    if (after === null) await segmenter.refresh();
    if (folded === null && after === null) await projectNames(tx, segmenter, null, now);
    const [articles, values] =
      folded === null
        ? [allArticles, [null, null]]
        : [documentsWith, [allOf(pairsOf(folded).map(quoteLexeme)), folded]];
    const total = request.total ?? (await tx.rows<{ count: number }>(countOf(articles), values))[0]!.count;
    const next = await tx.rows<{ id: string }>(nextOf(articles), [...values, after, batchSize]);
    const ids = next.map((row) => row.id);
    for (const each of ids) await projectOne(tx, deps, each, now);
    const isLast = ids.length < batchSize;
    await tx.rows(
      moveRequest,
      [id, ids.at(-1) ?? null, ids.length, total, isLast, now.toISOString()],
      'search_move_reindexing',
    );
    if (isLast && total > 0) await tellOf(tx, deps, now, total);
    return true;
  });
}

/** One that cannot be indexed must not hold up the others. */
async function projectOne(tx: Tx, { segmenter, log }: Working, id: string, now: Date): Promise<void> {
  await tx.rows('savepoint article', []);
  try {
    await lockArticles(tx, [id]);
    await projectArticles(tx, segmenter, [id], now, true);
  } catch (error) {
    if (isDeadlock(error)) throw error;
    await tx.rows('rollback to savepoint article', []);
    log.error({ err: error, articleId: id }, 'an article could not be indexed');
  }
  await tx.rows('release savepoint article', []);
}

/** Answers that are kept may be found otherwise now. */
async function tellOf(tx: Tx, { newId, project }: Working, now: Date, articles: number): Promise<void> {
  const act = { principal: systemPrincipal('worker'), now, newId, requestId: null, project };
  await recordEvents(tx, act, [{ type: 'search_document.reindexed', subjectId: newId(), payload: { articles } }]);
}

const selectProgress = `
  select done, coalesce(total, 0) as total, finished_at is not null as "isFinished"
  from search_reindexing where id = $1::bigint`;

type Standing = { readonly done: number; readonly total: number; readonly isFinished: boolean };

export async function findProgress(sql: Sql, id: string): Promise<Standing> {
  const [row] = await sql.rows<Standing>(selectProgress, [id], 'search_progress');
  return row!;
}

// By its primary key's order; there are few.
const forgetFinished = `delete from search_reindexing where finished_at < $1::timestamptz - interval '7 days'`;

export async function forgetReindexings(sql: Sql, now: Date): Promise<boolean> {
  await sql.rows(forgetFinished, [now.toISOString()]);
  return false;
}
