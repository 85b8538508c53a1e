// Reads and prints instants. A time without an offset belongs to the newsroom's zone; dates that do not exist, leap
// seconds and years outside 0001–9999 (in UTC) are refused, so every result fits RFC 3339 and a Postgres timestamptz.
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

const INSTANT_FORM =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|z|[+-]\d{2}:\d{2})?)?$/;
const FIRST_INSTANT_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_INSTANT_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The instant that a text names, or null where it names none.
 *
 * Accepted: RFC 3339 with `Z` or an offset; a local date-time (`T` or one blank, seconds optional), read in `timeZone`;
 * a date alone, which is the start of that day in `timeZone`. Digits finer than a millisecond are cut off.
 * A local time that a clock change skips or repeats is read as `java.time` and RFC 5545 read it ('compatible' in
 * Temporal): the later instant in a gap, the earlier one in an overlap.
 * @throws RangeError where `timeZone` is none.
 */
export function parseInstant(text: string, timeZone: string): Date | null {
  if (!isTimeZone(timeZone)) throw new RangeError(`not a time zone: ${timeZone}`);
  const parts = INSTANT_FORM.exec(text);
  if (parts === null) return null;
  try {
    return withinYears(readParts(parts, timeZone).epochMilliseconds);
  } catch (error) {
    // Temporal says RangeError for 30 February, 24:61, :60 and offsets beyond 23:59; anything else is a defect.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readParts(parts: RegExpExecArray, timeZone: string): Temporal.ZonedDateTime {
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const date = Temporal.PlainDate.from({ year: year!, month: month!, day: day! }, { overflow: 'reject' });
  if (parts[4] === undefined) return date.toZonedDateTime(timeZone);
  const millisecond = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const time = Temporal.PlainTime.from({ hour, minute, second, millisecond }, { overflow: 'reject' });
  const zone = parts[8] === undefined ? timeZone : parts[8].toUpperCase() === 'Z' ? 'UTC' : parts[8];
  return date.toPlainDateTime(time).toZonedDateTime(zone, { disambiguation: 'compatible' });
}

function withinYears(epochMs: number): Date | null {
  return epochMs >= FIRST_INSTANT_MS && epochMs <= LAST_INSTANT_MS ? new Date(epochMs) : null;
}

// Temporal would also take signs, small letters and no part at all.
const DURATION_FORM = /^P(?=[\dT])[\d.,YMWDTHS]+$/;
const DAYS_FORM = /^(\d{1,9})d$/;

/**
 * The instant that lies a duration before another: ISO 8601 (`P30D`, `P1Y6M`, `PT12H`), or days in short (`30d`).
 * Calendar parts are counted in `timeZone`. Null where the text is no duration, or leads out of the years 0001–9999.
 */
export function instantBefore(now: Date, duration: string, timeZone: string): Date | null {
  const days = DAYS_FORM.exec(duration)?.[1];
  const text = days === undefined ? duration : `P${days}D`;
  if (text.length > 100 || !DURATION_FORM.test(text)) return null;
  try {
    const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
    return withinYears(local.subtract(Temporal.Duration.from(text)).epochMilliseconds);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** RFC 3339 in UTC with milliseconds. @throws RangeError for an invalid date or a year outside 0001–9999. */
export function formatInstant(date: Date): string {
  if (withinYears(date.getTime()) === null) throw new RangeError('the date is outside the years 0001 to 9999');
  return date.toISOString();
}

/** Whether a text is an instant as `formatInstant` prints it; what a cursor that nobody edited holds. */
export function isPrintedInstant(text: string): boolean {
  const date = parseInstant(text, 'UTC');
  return date !== null && formatInstant(date) === text;
}

/** Whether a name is a zone of the IANA database. Bare offsets are refused: a newsroom's zone has rules, not a number. */
export function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return false;
  try {
    // The constructor takes an identifier only; `from` and `toZonedDateTime` would also take a whole date-time text.
    new Temporal.ZonedDateTime(0n, name);
    return true;
  } catch {
    return false;
  }
}

/** A Zod schema from text to Date. Its input side is a plain string with `format: date-time` for OpenAPI. */
export function instantSchema(timeZone: string) {
  const message = 'must be an RFC 3339 instant, a local date-time or a date, and must exist';
  return z
    .string()
    .meta({
      format: 'date-time',
      description: `RFC 3339; without an offset it is read in ${timeZone}, a date alone is the start of that day there.`,
    })
    .transform((text, context) => {
      const date = parseInstant(text, timeZone);
      if (date !== null) return date;
      context.issues.push({ code: 'custom', message, input: text });
      return z.NEVER;
    });
}
