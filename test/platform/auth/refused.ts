// Reads what the event log tells of refused keys.
import type { TestApp } from '../../support/app.ts';

export type Refused = {
  position: number;
  type: string;
  subject_type: string;
  subject_id: string;
  actor_type: string;
  actor_id: string;
  key_id: string | null;
  request_id: string | null;
  occurred_at: Date;
  payload: { reason: string; prefix: string | null; operation: string | null; address: string | null; count: number };
};

/** In commit order, those behind a position. */
export async function readRefusals(app: TestApp, after: number): Promise<Refused[]> {
  await app.deps.keys.refusals.settle();
  return app.deps.db.sql.rows<Refused>(
    `select position::int, type, subject_type, subject_id, actor_type, actor_id, key_id, request_id, occurred_at, payload
     from event where type = 'api_key.refused' and position > $1::bigint order by position`,
    [after],
  );
}
