// Identifiers. New things get UUIDv7 (RFC 9562), so that ids sort by the time of their making.
import { v7 } from 'uuid';
import type { Clock } from './clock.ts';

export type NewId = () => string;

export function createIdSource(clock: Clock): NewId {
  return () => v7({ msecs: clock.now().getTime() });
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
