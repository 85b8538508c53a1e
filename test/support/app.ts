// The real app on a real Postgres: one cloned database for each test file, a clock that the test moves, a key for each
// role, and every answer held against the OpenAPI document.
import { pino } from 'pino';
import request from 'supertest';
import { buildApp } from '../../src/app.ts';
import { openDictionary } from '../../src/channels/search/index/dictionary.ts';
import { createSearchProjection } from '../../src/channels/search/index/projection.ts';
import { migrationsDir } from '../../src/compose.ts';
import { createIdSource } from '../../src/core/ids.ts';
import { type Role, roles } from '../../src/platform/auth/permissions.ts';
import { systemPrincipal } from '../../src/platform/auth/principal.ts';
import { createRefusalLog } from '../../src/platform/auth/refusals.ts';
import { parseConfig } from '../../src/platform/config/config.ts';
import { openDb } from '../../src/platform/db/db.ts';
import { listMigrations } from '../../src/platform/db/migrate.ts';
import { openDelivery } from '../../src/platform/delivery/delivery.ts';
import { choosePurgeTarget } from '../../src/platform/delivery/purge/targets.ts';
import type { Deps } from '../../src/platform/deps.ts';
import { findEpoch } from '../../src/platform/events/data-version.ts';
import type { Act } from '../../src/platform/events/record.ts';
import { createAdmission } from '../../src/platform/http/admission.ts';
import { createMetrics } from '../../src/platform/telemetry/metrics.ts';
import { createApiKey } from '../../src/resources/api-keys/commands.ts';
import { findStoredKey } from '../../src/resources/api-keys/queries.ts';
import { createTestClock, type TestClock } from './clock.ts';
import { createContract } from './contract.ts';
import { createTestDatabase } from './database.ts';

export type CallOptions = {
  /** A role with a ready key, or a key itself; absent: no key. */
  as?: Role | (string & {});
  body?: unknown;
  /** Media type of the body; JSON unless said otherwise. */
  type?: string;
  ifMatch?: string;
  headers?: Record<string, string>;
};

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely; the contract has checked their shape.
export type Answer = { status: number; headers: Record<string, string>; text: string; body: any };

export type EventRow = {
  position: number;
  type: string;
  subjectId: string;
  actorId: string;
  payload: Record<string, unknown>;
};

export type TestApp = {
  readonly deps: Deps;
  readonly clock: TestClock;
  readonly keys: Record<Role, string>;
  readonly databaseUrl: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  get(path: string, options?: CallOptions): Promise<Answer>;
  post(path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  patch(path: string, body: unknown, options?: CallOptions): Promise<Answer>;
  put(path: string, body: unknown, options?: CallOptions): Promise<Answer>;
  delete(path: string, options?: CallOptions): Promise<Answer>;
  /** A further key: of another editor, or limited to sections. */
  createKey(input: Parameters<typeof createApiKey>[2]): Promise<string>;
  /** The events recorded since the last call of this, in commit order; refused keys are told apart from what was done. */
  newEvents(): Promise<EventRow[]>;
  act(): Act;
  close(): Promise<void>;
};

/** A suite asks faster than any newsroom, and on a machine that may be slow: no limit of time or rate is met by accident. */
export const patient = {
  RATE_LIMIT_WRITES_PER_MINUTE: '0',
  RATE_LIMIT_MISSES_PER_MINUTE: '0',
  RATE_LIMIT_FAILED_AUTH_PER_MINUTE: '0',
  OVERLOAD_WAIT_MS: '60000',
};
export const noPressure = { read: () => null, stop: () => undefined };

/** `await createTestApp(import.meta.url)` in beforeAll; `await app.close()` in afterAll. */
export async function createTestApp(name: string, environment: Record<string, string> = {}): Promise<TestApp> {
  const database = await createTestDatabase(name);
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const config = parseConfig({
    PUBLIC_URL: 'https://news.test',
    ...patient,
    ...environment,
    DATABASE_URL: database.url,
  });
  const metrics = createMetrics();
  const db = openDb({
    url: database.url,
    poolSize: config.databasePoolSize,
    statementTimeoutMs: config.statementTimeoutMs,
    slowQueryMs: 60_000,
    log,
    watchPool: metrics.watchPool,
  });
  const clock = createTestClock();
  const newId = createIdSource(clock);
  const delivery = openDelivery({
    url: database.url,
    log,
    cacheBytes: config.cacheSizeBytes,
    epoch: await findEpoch(db.sql),
    purgeTarget: choosePurgeTarget(config),
    clock,
    metrics,
  });
  delivery.feed.start();
  const segmenter = openDictionary(db.sql, clock);
  const deps: Deps = {
    config,
    publicUrl: config.publicUrl!,
    db,
    delivery,
    admission: createAdmission({ config, clock, metrics, pressure: noPressure }),
    clock,
    newId,
    log,
    keys: {
      find: (digest) => findStoredKey(db.sql, digest, clock.now()),
      refusals: createRefusalLog({ db, clock, newId, log }),
    },
    metrics,
    project: createSearchProjection(segmenter),
    segmenter,
    migrations: await listMigrations(migrationsDir),
  };
  const app = await buildApp(deps);
  const contract = createContract(app.swagger());
  const act = (): Act => ({
    principal: systemPrincipal('test'),
    now: clock.now(),
    newId,
    requestId: null,
    project: deps.project,
  });
  const createKey: TestApp['createKey'] = async (input) =>
    (await db.prismaTransaction((tx) => createApiKey(tx, act(), input, config.timeZone))).key;
  const keys = {} as Record<Role, string>;
  for (const role of roles) keys[role] = await createKey({ name: role, role });
  let seen = 0;

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    // An instance listens on a port of its own for the time of the call.
    let pending = request(app.server)[method.toLowerCase() as 'get'](path).redirects(0);
    if (options.as !== undefined)
      pending = pending.set('Authorization', `Bearer ${keys[options.as as Role] ?? options.as}`);
    if (options.ifMatch !== undefined) pending = pending.set('If-Match', options.ifMatch);
    for (const [header, value] of Object.entries(options.headers ?? {})) pending = pending.set(header, value);
    if (options.body !== undefined) {
      const raw = typeof options.body === 'string' || Buffer.isBuffer(options.body);
      pending = pending.set('Content-Type', options.type ?? 'application/json');
      pending = pending.serialize((value) => value).send((raw ? options.body : JSON.stringify(options.body)) as string);
    }
    const answer = await pending.buffer(true).parse(readText as never);
    // superagent parses no answer to HEAD.
    const text = typeof answer.body === 'string' ? answer.body : '';
    const type = answer.headers['content-type'] ?? '';
    const body = /json/.test(type) && text !== '' ? JSON.parse(text) : undefined;
    const content = /^text\//.test(type) ? text : body;
    contract.check(method, path, { status: answer.status, type, body: content, headers: answer.headers });
    return { status: answer.status, headers: answer.headers, text, body };
  }

  async function newEvents(): Promise<EventRow[]> {
    const rows = await db.prisma.event.findMany({ where: { position: { gt: seen } }, orderBy: { position: 'asc' } });
    seen = Number(rows.at(-1)?.position ?? seen);
    const acts = rows.filter((row) => row.type !== 'api_key.refused');
    return acts.map((row) => ({
      position: Number(row.position),
      type: row.type,
      subjectId: row.subjectId,
      actorId: row.actorId,
      payload: row.payload as Record<string, unknown>,
    }));
  }

  await newEvents();
  return {
    deps,
    clock,
    keys,
    databaseUrl: database.url,
    call,
    get: (path, options) => call('GET', path, options),
    post: (path, body, options) => call('POST', path, { as: 'editor', ...options, body }),
    patch: (path, body, options) =>
      call('PATCH', path, { as: 'editor', type: 'application/merge-patch+json', ...options, body }),
    put: (path, body, options) => call('PUT', path, { as: 'editor', ...options, body }),
    delete: (path, options) => call('DELETE', path, { as: 'editor', ...options }),
    createKey,
    newEvents,
    act,
    async close() {
      await app.close();
      await delivery.close();
      await db.close();
      await database.drop();
    },
  };
}

function readText(response: NodeJS.ReadableStream, done: (error: Error | null, text: string) => void): void {
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
  response.on('end', () => done(null, Buffer.concat(chunks).toString('utf8')));
  response.on('error', (error: Error) => done(error, ''));
}
