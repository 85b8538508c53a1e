// The OpenAPI document without a running server: the app is built on a database that refuses to be used.
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { buildApp } from './app.ts';
import { systemClock } from './core/clock.ts';
import { parseConfig } from './platform/config/config.ts';
import type { Db } from './platform/db/db.ts';
import type { Delivery } from './platform/delivery/delivery.ts';
import type { Admission } from './platform/http/admission.ts';
import { createMetrics } from './platform/telemetry/metrics.ts';

const refuse = (): never => {
  throw new Error('the document is made without a database');
};

const noDb: Db = {
  sql: { rows: refuse },
  probe: { rows: refuse },
  get prisma(): never {
    return refuse();
  },
  reads: { start: refuse, at: refuse },
  transaction: refuse,
  prismaTransaction: refuse,
  close: async () => undefined,
};

const noDelivery: Delivery = {
  cache: null,
  feed: {
    start: () => undefined,
    position: () => 0,
    isCurrent: () => false,
    silenceMs: () => Number.POSITIVE_INFINITY,
    heard: async () => false,
    close: async () => undefined,
  },
  dataVersions: { print: refuse, read: refuse },
  purgeTarget: null,
  now: systemClock.now,
  lastTouch: () => 0,
  close: async () => undefined,
};

const noAdmission: Admission = {
  admit: refuse,
  run: refuse,
  identify: refuse,
  holdBody: refuse,
  close: () => undefined,
};

/** The whole app for looking at its routes; it cannot serve. */
export function buildUnservedApp(): Promise<FastifyInstance> {
  return buildApp({
    config: parseConfig({}),
    publicUrl: 'http://127.0.0.1:3000',
    db: noDb,
    delivery: noDelivery,
    admission: noAdmission,
    clock: systemClock,
    newId: () => '00000000-0000-7000-8000-000000000000',
    log: pino({ level: 'silent' }),
    keys: { find: refuse, refusals: { note: refuse, settle: async () => undefined, close: async () => undefined } },
    metrics: createMetrics(),
    project: refuse,
    segmenter: { get: refuse, refresh: refuse },
    migrations: [],
  });
}

export async function buildDocument(): Promise<object> {
  const app = await buildUnservedApp();
  const document = app.swagger();
  await app.close();
  return document;
}
