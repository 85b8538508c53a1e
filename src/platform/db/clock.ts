// One clock for several hosts: this process's clock, corrected by its offset from the database's.
import type { Clock } from '../../core/clock.ts';
import type { Sql } from './db.ts';

// Clocks drift by milliseconds an hour.
const measureEveryMs = 60_000;

export async function followDatabaseClock(sql: Sql): Promise<Clock & { stop(): void }> {
  let offsetMs = await measureOffset(sql);
  const timer = setInterval(async () => {
    // While the database does not answer, the last offset stands.
    offsetMs = await measureOffset(sql).catch(() => offsetMs);
  }, measureEveryMs);
  timer.unref();
  return { now: () => new Date(Date.now() + offsetMs), stop: () => clearInterval(timer) };
}

const tries = 3;

/** The quickest of a few round trips tells most: the first may have to connect. */
async function measureOffset(sql: Sql): Promise<number> {
  const measured = [];
  for (let n = 0; n < tries; n += 1) measured.push(await measureOnce(sql));
  return measured.reduce((best, next) => (next.roundTripMs < best.roundTripMs ? next : best)).offsetMs;
}

async function measureOnce(sql: Sql): Promise<{ offsetMs: number; roundTripMs: number }> {
  const before = Date.now();
  const [row] = await sql.rows<{ at: Date }>('select clock_timestamp()::timestamptz(3) as at', []);
  const roundTripMs = Date.now() - before;
  const middle = before + roundTripMs / 2;
  const offset = Math.round((row?.at.getTime() ?? middle) - middle);
  // Below what the round trip can tell apart: two processes of one host must not differ.
  return { offsetMs: Math.abs(offset) <= roundTripMs / 2 + 1 ? 0 : offset, roundTripMs };
}
