// The OpenAPI document without a running server: the app is built on a database that refuses to be used.
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { buildApp } from './app.ts';
import { systemClock } from './core/clock.ts';
import { parseConfig } from './platform/config/config.ts';
import type { Db } from './platform/db/db.ts';

const refuse = (): never => {
  throw new Error('the document is made without a database');
};

const noDb: Db = {
  sql: { rows: refuse },
  get prisma(): never {
    return refuse();
  },
  transaction: refuse,
  prismaTransaction: refuse,
  close: async () => undefined,
};

/** The whole app for looking at its routes; it cannot serve. */
export function buildUnservedApp(): Promise<FastifyInstance> {
  return buildApp({
    config: parseConfig({}),
    publicUrl: 'http://127.0.0.1:3000',
    db: noDb,
    clock: systemClock,
    newId: () => '00000000-0000-7000-8000-000000000000',
    log: pino({ level: 'silent' }),
    keys: { find: refuse, refusals: { note: refuse, settle: async () => undefined, close: async () => undefined } },
    migrations: [],
  });
}

export async function buildDocument(): Promise<object> {
  const app = await buildUnservedApp();
  const document = app.swagger();
  await app.close();
  return document;
}
