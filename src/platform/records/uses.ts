// What holds a record back from the trash: working copies, and what is or will be public. A refusal names it as far as
// the key may read it; of the rest it tells that there is something, which no refusal could hide.
import { type Problem, type ProblemCode, problem } from '../../core/problems.ts';
import { nameArticle, readerOf } from '../auth/reader.ts';
import type { Tx } from '../db/db.ts';
import type { Act } from '../events/record.ts';
import type { RecordKind } from './record.ts';

/** `name` is null where the key may not know what it is. */
type Use = { readonly type: string; readonly id: string; readonly name: string | null };
type NamedUse = Use & { readonly name: string };

// Enough to act on; each use of a popular tag would be too many.
const usesMax = 20;

/** Articles whose ids a statement selects (record: $1, instant: $2), named for a reader ($3, $4). Those with names first. */
export const selectArticleUses = (ids: string) => `
  (select 'article' as type, u.id::text as id, u.name from (
     select a.id, ${nameArticle('a', { now: '$2', sections: '$3', embargoedOf: '$4' })} as name
     from article a where a.trashed_at is null and a.id in (${ids})) as u
   order by u.name is null, u.id limit ${usesMax})`;

export async function refuseUses(tx: Tx, { noun, selectUses }: RecordKind, id: string, act: Act): Promise<void> {
  const { sectionIds, embargoedOf } = readerOf(act.principal);
  const uses = await tx.rows<Use>(selectUses, [id, act.now.toISOString(), sectionIds, embargoedOf]);
  if (uses.length > 0) throw inUse(noun, uses);
}

function inUse(noun: RecordKind['noun'], uses: readonly Use[]): Problem {
  const named = uses.filter((use): use is NamedUse => use.name !== null);
  const hidden = named.length < uses.length ? ['something that this key may not read'] : [];
  const names = [...named.map(({ type, name }) => `${type} "${name}"`), ...hidden].join(', ');
  const messages = [
    ...named.map(({ type, id, name }) => `${type} ${id} "${name}" uses it.`),
    ...hidden.map((what) => `${what} uses it.`),
  ];
  return problem(`${noun}.in_use` satisfies ProblemCode, {
    detail: `Still used by ${names}. Change or trash those first.`,
    errors: messages.map((message) => ({ pointer: '', code: 'in_use', message })),
    extensions: { usedBy: named },
  });
}
