// A server whose link to the event log is cut without a goodbye, as its readers see it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { patient } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Link, openLink } from '../support/link.ts';
import { serve } from '../support/masthead.ts';
import { key } from './crew.ts';

let database: TestDatabase;
let link: Link;
beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
  link = await openLink(database.url);
});
afterAll(async () => {
  await link.close();
  await database.drop();
});

it('reads the database while it hears nothing, and never again what it kept before', { timeout: 120_000 }, async () => {
  const { url } = await serve({
    ...patient,
    DATABASE_URL: database.url,
    DATABASE_DIRECT_URL: link.url,
    MASTHEAD_BOOTSTRAP_KEY: key,
  });
  const write = (method: string, path: string, body: object, type: string) =>
    fetch(`${url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': type, 'If-Match': '*' },
      body: JSON.stringify(body),
    });
  const rename = (name: string) => write('PATCH', '/v1/sections/city', { name }, 'application/merge-patch+json');
  const read = async (search = '') => {
    const answer = await fetch(`${url}/v1/sections/city${search}`);
    const { name } = (await answer.json()) as { name?: string };
    return { name, status: answer.status, cache: answer.headers.get('cache-status') };
  };
  const untilCache = (said: RegExp, name: string) =>
    expect
      .poll(
        async () => {
          const { cache, ...answer } = await read();
          expect(answer).toEqual({ name, status: 200 });
          return cache;
        },
        { timeout: 30_000, interval: 20 },
      )
      .toMatch(said);

  expect((await write('POST', '/v1/sections', { name: '一', slug: 'city' }, 'application/json')).status).toBe(201);
  await untilCache(/; hit$/, '一');
  link.cut();
  // The write waits until this process believes nothing any more.
  const renamed = await rename('二');
  expect([renamed.status, await read()]).toEqual([200, { name: '二', status: 200, cache: 'masthead; fwd=bypass' }]);
  // Nor does a read that asks for that write wait for the link.
  const version = renamed.headers.get('data-version');
  expect(await read(`?minVersion=${version}`)).toEqual({ name: '二', status: 200, cache: 'masthead; fwd=bypass' });
  expect((await rename('三')).status).toBe(200);
  expect(await read()).toMatchObject({ name: '三' });
  link.mend();
  await untilCache(/; hit$/, '三');
  expect((await rename('四')).status).toBe(200);
  await untilCache(/; hit$/, '四');
});
