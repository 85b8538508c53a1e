// Identifiers. New things get UUIDv7 (RFC 9562), so that ids sort by the time of their making.
import { v7 } from 'uuid';
import type { Clock } from './clock.ts';

export type NewId = () => string;

export function createIdSource(clock: Clock): NewId {
  return () => v7({ msecs: clock.now().getTime() });
}

/** Names of requests: made too often for a random draw each. They begin alike and count up from a drawn number. */
export function createRequestIdSource(newId: NewId): NewId {
  const first = newId();
  const prefix = first.slice(0, -12);
  let last = Number.parseInt(first.slice(-12), 16);
  return () => {
    last = (last + 1) % 2 ** 48;
    return prefix + last.toString(16).padStart(12, '0');
  };
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
