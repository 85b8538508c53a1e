// Instants that clients write.
import { refuse } from '../../core/problems.ts';
import { parseInstant } from '../../core/time.ts';

export function readInstant(text: string | null | undefined, pointer: string, timeZone: string): Date | null {
  if (text === null || text === undefined) return null;
  const instant = parseInstant(text, timeZone);
  if (instant !== null) return instant;
  throw refuse(
    pointer,
    `Not an instant that exists: use RFC 3339, such as 2026-05-27T14:48:49+08:00; without an offset it is read in ${timeZone}.`,
  );
}
