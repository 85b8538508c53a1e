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

async function measureOffset(sql: Sql): Promise<number> {
  const before = Date.now();
  const [row] = await sql.rows<{ at: Date }>('select clock_timestamp()::timestamptz(3) as at', []);
  const middle = (before + Date.now()) / 2;
  const offset = Math.round((row?.at.getTime() ?? middle) - middle);
  // Below what the round trip can tell apart.
  return Math.abs(offset) < 5 ? 0 : offset;
}
