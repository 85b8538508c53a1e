// `?asOf=`: what the public would have read at an instant. The same read with another instant, never with one to come:
// that would tell what is scheduled.
import { type Fault, problem } from '../../core/problems.ts';
import { parseInstant } from '../../core/time.ts';
import { instantFault, text } from './parameters.ts';

export const asOfParameter = (note: string) =>
  text(60)
    .optional()
    .describe(
      `What the public would have read at this instant: RFC 3339, or a local time or date in the configured zone; not in the future, and not with \`perspective=draft\`. ${note}`,
    );

export type Moment = {
  /** The present. */
  readonly now: Date;
  /** What the answer is about: the present, or an instant before it. */
  readonly at: Date;
  readonly isPast: boolean;
};

type Asked = { readonly asOf?: string | undefined; readonly perspective: 'published' | 'draft' };

export function readMoment({ asOf, perspective }: Asked, now: Date, timeZone: string): Moment {
  if (asOf === undefined) return { now, at: now, isPast: false };
  if (perspective === 'draft') throw refuse('conflict', 'Working copies have no past: leave out perspective=draft.');
  const at = parseInstant(asOf, timeZone);
  if (at === null) throw refuseFault(instantFault('asOf'));
  if (at > now) throw refuse('in_future', 'Must not lie in the future: what the public will read is not told.');
  return { now, at, isPast: true };
}

const refuse = (code: string, message: string) => refuseFault({ pointer: '?asOf', code, message });

const refuseFault = (fault: Fault) => problem('request.invalid', { detail: fault.message, errors: [fault] });
