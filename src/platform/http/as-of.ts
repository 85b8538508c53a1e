// `?asOf=`: what the public would have read at an instant. The same read with another instant, never with one to come:
// that would tell what is scheduled.
import { type Fault, problem } from '../../core/problems.ts';
import { parseInstant } from '../../core/time.ts';
import { policyOfPast, settledAfterMs } from '../delivery/policy.ts';
import { instantFault, text } from './parameters.ts';
import type { PublicReading } from './public-read.ts';

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

/** How long an answer about the past may be kept; one about the present stays as it is. */
export function datePast(reading: PublicReading, { at, now, isPast }: Moment): PublicReading {
  if (!isPast) return reading;
  const policy = policyOfPast(at, now);
  // The next reading of what was recent may find it settled.
  const nextChangeAt = policy === 'recent' ? new Date(at.getTime() + settledAfterMs + 1) : null;
  // What was not there has one policy, and no clock brings it back.
  const lifetime = 'content' in reading ? { policy, nextChangeAt } : { nextChangeAt: null };
  return { ...reading, vary: 'Authorization', ...lifetime };
}
