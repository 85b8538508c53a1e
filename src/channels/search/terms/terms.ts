// Teaching words, and what was taught. Documents that hold a new one are made anew in the background; those of one that is
// taken away stay as they are, since they are found by the words it consists of all the same.
import { type Problem, problem, refuse } from '../../../core/problems.ts';
import { formatInstant } from '../../../core/time.ts';
import { creatorColumns } from '../../../platform/auth/principal.ts';
import type { Sql, Tx } from '../../../platform/db/db.ts';
import { takeLock } from '../../../platform/db/locks.ts';
import { type Act, recordEvents } from '../../../platform/events/record.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { fold } from '../analysis/fold.ts';
import { isTeachable } from '../analysis/segmenter.ts';

export type TermRow = { readonly id: string; readonly text: string; readonly created_at: Date };

export const toTermView = ({ id, text, created_at }: TermRow) => ({ id, text, createdAt: formatInstant(created_at) });

export const termsMax = 10_000;

const countTerms = 'select count(*)::int as count from search_term';

const insertTerm = `
  insert into search_term (id, text, folded, created_at, created_by_editor, created_by_service)
  values ($1::uuid, $2, $3, $4::timestamptz, $5::uuid, $6)
  returning id::text, text, created_at`;

/** Refuses one that is there already by its unique key (platform/db/conflicts.ts). */
export async function teachTerm(tx: Tx, act: Act, given: string): Promise<TermRow> {
  const text = given.trim();
  const folded = fold(text);
  if (!isTeachable(folded)) {
    throw refuse('/text', 'Must be a word of 2 to 30 characters, with a Chinese one, without blanks and punctuation.');
  }
  await takeLock(tx, 'turn', 'search_term');
  const [{ count }] = (await tx.rows<{ count: number }>(countTerms, [])) as [{ count: number }];
  if (count >= termsMax) throw tooMany();
  const { editorId, service } = creatorColumns(act.principal.actor);
  const values = [act.newId(), text, folded, act.now.toISOString(), editorId, service];
  const [row] = await tx.rows<TermRow>(insertTerm, values);
  await recordEvents(tx, act, [{ type: 'search_term.created', subjectId: row!.id, payload: { text } }]);
  return { ...row!, created_at: new Date(row!.created_at) };
}

const deleteTerm = 'delete from search_term where id = $1::uuid returning text';

export async function forgetTerm(tx: Tx, act: Act, id: string): Promise<void> {
  const [row] = await tx.rows<{ text: string }>(deleteTerm, [id]);
  if (row === undefined) throw notFound();
  await recordEvents(tx, act, [{ type: 'search_term.deleted', subjectId: id, payload: { text: row.text } }]);
}

const tooMany = (): Problem =>
  problem('search.too_many_terms', { detail: `There are ${termsMax} words, which is as many as there may be.` });

// By search_term_created_at_idx.
const selectTerms = `
  select id::text, text, created_at from search_term
  where $1::timestamptz is null or (created_at, id) < ($1::timestamptz, $2::uuid)
  order by created_at desc, id desc limit $3`;

export type Behind = { readonly createdAt: Date; readonly id: string };

export async function listTerms(sql: Sql, limit: number, behind: Behind | null): Promise<TermRow[]> {
  return sql.rows<TermRow>(selectTerms, [behind?.createdAt.toISOString() ?? null, behind?.id ?? null, limit]);
}

// By search_term_pkey.
const selectTerm = 'select id::text, text, created_at from search_term where id = $1::uuid';

export async function findTerm(sql: Sql, id: string): Promise<TermRow | null> {
  const [row] = await sql.rows<TermRow>(selectTerm, [id]);
  return row ?? null;
}

// The open requests are few, and found by search_reindexing_open_idx.
const selectState = `
  select (select count(*)::int from search_document) as documents, (select count(*)::int from search_term) as terms,
    count(*)::int as open, (count(*) filter (where r.total is null))::int as waiting,
    coalesce(sum(r.done), 0)::int as done, coalesce(sum(r.total), 0)::int as total
  from search_reindexing r where r.finished_at is null`;

type StateRow = Readonly<Record<'documents' | 'terms' | 'open' | 'waiting' | 'done' | 'total', number>>;

export async function describeIndex(sql: Sql) {
  const [row] = await sql.rows<StateRow>(selectState, []);
  const { documents, terms, open, waiting, done, total } = row!;
  const progress = open === 0 ? 1 : total === 0 ? 0 : Math.min(1, done / total);
  return { documents, isRebuilding: open > 0, progress, waiting, terms };
}
