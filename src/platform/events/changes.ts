// What changed since a revision, read from the event log: what a 412 tells, so that a client can merge.
import { problem } from '../../core/problems.ts';
import type { Sql } from '../db/db.ts';
import type { Precondition } from '../delivery/etag.ts';

type Subject = { readonly id: string; readonly revision: number };
type ChangeRow = { fields: string[] | null; actor_type: string; actor_id: string; recorded_at: Date };

// By event_subject_idx; of very many the newest.
const selectChanges = `
  select payload -> 'fields' as fields, actor_type, actor_id, recorded_at
  from event
  where subject_type = $1 and subject_id = $2::uuid and (payload ->> 'revision')::int > $3
  order by position desc limit 200`;

/** Refuses a write that was made on another revision than the current one. */
export async function requireMatch(sql: Sql, noun: string, subject: Subject, condition: Precondition): Promise<void> {
  if (condition.matches(subject.revision)) return;
  const known = condition.revision ?? 0;
  const rows = await sql.rows<ChangeRow>(selectChanges, [noun, subject.id, known]);
  const changes = rows.toReversed().map((row) => ({
    fields: row.fields ?? [],
    by: { type: row.actor_type, id: row.actor_id },
    at: new Date(row.recorded_at).toISOString(),
  }));
  const fields = [...new Set(changes.flatMap((change) => change.fields))];
  const detail =
    fields.length > 0
      ? `It has changed since you read it (${fields.join(', ')}). Read it again, merge, and send the new ETag.`
      : 'The ETag is not the current one of this draft, or is a weak one. Read the draft again and send its ETag as it is.';
  throw problem('request.precondition_failed', {
    detail,
    errors: fields.map((field) => ({ pointer: `/${field}`, code: 'changed', message: 'Changed since you read it.' })),
    extensions: { currentETag: `"r${subject.revision}"`, changes },
  });
}
