// How far into the event log something reaches, as a text that clients hand back (`Data-Version`, `?minVersion=`). Signed
// with the log's own secret name, so that nobody can ask how long the log is by trying numbers.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Sql } from '../db/db.ts';

export type DataVersions = {
  print(position: number): string;
  /** Null: not made by this installation. */
  read(text: string): number | null;
};

// By its primary key.
const selectEpoch = 'select epoch::text as epoch from installation where id = 1';
const undefinedTable = '42P01';

/** The log's secret name; null while the database has no tables yet. */
export async function findEpoch(sql: Sql): Promise<string | null> {
  try {
    const [row] = await sql.rows<{ epoch: string }>(selectEpoch, []);
    return row?.epoch ?? null;
  } catch (error) {
    if ((error as { code?: string }).code === undefinedTable) return null;
    throw error;
  }
}

// By the primary key, from its end.
const selectPosition = 'select coalesce(max(position), 0)::text as position from event';

/** How far the log reaches now. */
export async function findPosition(sql: Sql): Promise<number> {
  const [row] = await sql.rows<{ position: string }>(selectPosition, [], 'event_position');
  return Number(row!.position);
}

// 72 bits cannot be guessed over a network.
const signatureBytes = 9;

/** `epoch`: null where there is no log; nothing is signed or known then. */
export function createDataVersions(epoch: string | null): DataVersions {
  const secret = epoch ?? randomBytes(32);
  const sign = (position: string) =>
    createHmac('sha256', secret).update(`data-version ${position}`).digest().subarray(0, signatureBytes);
  return {
    print: (position) => `${position}.${sign(String(position)).toString('base64url')}`,
    read(text) {
      const [, position, signature] = /^([1-9]\d{0,14})\.([\w-]{12})$/.exec(text) ?? [];
      if (position === undefined || signature === undefined) return null;
      return timingSafeEqual(Buffer.from(signature, 'base64url'), sign(position)) ? Number(position) : null;
    },
  };
}
