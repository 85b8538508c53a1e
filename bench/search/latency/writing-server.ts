// Our program for writes, as it is or, with BENCH_UNINDEXED, without the work of indexing.
import { pino } from 'pino';
import { buildApp } from '../../../src/app.ts';
import { compose } from '../../../src/compose.ts';
import { systemPrincipal } from '../../../src/platform/auth/principal.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { ensureFirstKey } from '../../../src/resources/api-keys/commands.ts';

const config = loadConfig();
const { deps: composed, close } = await compose(config, pino({ level: 'error' }), { migrate: false });
const isUnindexed = process.env.BENCH_UNINDEXED !== undefined;
const deps = isUnindexed ? { ...composed, project: async () => undefined } : composed;
const { clock, newId, project, db } = deps;
const act = { principal: systemPrincipal('bootstrap'), now: clock.now(), newId, requestId: null, project };
await ensureFirstKey(db, act, config.bootstrapKey);
await deps.segmenter.refresh();
deps.delivery.feed.start();
deps.db.reads.start();
const app = await buildApp(deps);
await app.listen({ host: config.host, port: config.port });
process.once('SIGTERM', () => void app.close().then(close));
