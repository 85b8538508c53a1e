// The six routes of a record noun: list, read, create, change, upsert by external id, trash.
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { registerRecordReads } from './read-routes.ts';
import type { RecordKind } from './record.ts';
import { registerRecordWrites } from './write-routes.ts';

export function registerRecordRoutes(app: FastifyInstance, deps: Deps, kind: RecordKind): void {
  registerRecordReads(app, deps, kind);
  registerRecordWrites(app, deps, kind);
}
