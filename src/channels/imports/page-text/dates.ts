// Dates as Chinese news pages print them: 2020-05-27 14:48:49, 2020年05月27日 14:48, 2020/05/27.
// Finds one in a line and hands it to the project's own reader; a day that does not exist is found but is no instant.
import { parseInstant } from '../../../core/time.ts';

export type FoundDate = {
  /** As printed. */
  text: string;
  /** Null where the printed date does not exist or lacks its year. */
  instant: Date | null;
  hasTime: boolean;
  /** The line without the date. */
  rest: string;
};

const DATE = /(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d{3})\s?日?/;
const TIME =
  /^(?:T|[\s,，]*)(\d{1,2})\s?[:：时点]\s?(\d{1,2})(?:\s?[:：分]\s?(\d{1,2})(?:\.\d+)?秒?|分)?(Z|[+-]\d{2}:?\d{2})?(?!\d)/;
// Pages that leave out the century or the year; which one is meant cannot be known.
const YEARLESS = /(?<![\d-])(?:\d{2}-)?\d{1,2}-\d{1,2}\s+\d{1,2}:\d{2}(?::\d{2})?(?![\d-])/;

export function findDate(line: string, timeZone: string): FoundDate | null {
  const date = DATE.exec(line);
  if (date === null) return findYearless(line);
  const after = line.slice(date.index + date[0].length);
  const time = TIME.exec(after);
  const end = date.index + date[0].length + (time?.[0].length ?? 0);
  const parsed = parseInstant(writeInstant(date, time), timeZone);
  return {
    text: line.slice(date.index, end).trim(),
    instant: parsed,
    hasTime: time !== null,
    rest: `${line.slice(0, date.index)} ${line.slice(end)}`.trim(),
  };
}

function findYearless(line: string): FoundDate | null {
  const found = YEARLESS.exec(line);
  if (found === null) return null;
  const rest = `${line.slice(0, found.index)} ${line.slice(found.index + found[0].length)}`.trim();
  return { text: found[0], instant: null, hasTime: true, rest };
}

function writeInstant(date: RegExpExecArray, time: RegExpExecArray | null): string {
  const [year, month, day] = date.slice(1).map(twoDigits);
  if (time === null) return `${year}-${month}-${day}`;
  const [hour, minute, second] = time.slice(1, 4).map((part) => twoDigits(part ?? '0'));
  const offset = (time[4] ?? '').replace(/^([+-]\d{2}):?/, '$1:');
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`;
}

function twoDigits(part: string): string {
  return part.padStart(2, '0');
}
