// The program behind a transaction pooler, the real PgBouncer: each transaction may run on another session, which knows
// nothing of the one before. Skipped where PgBouncer is not installed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { onDatabase } from '../../support/database-address.ts';
import { runMasthead, type Serving, serve } from '../../support/masthead.ts';
import { type PgBouncer, startPgBouncer, whyNoPgBouncer } from './pgbouncer.ts';

const patience = 120_000;
const key = 'a-bootstrap-key-of-more-than-32-characters';
const title = '青岛工业互联网';

let database: TestDatabase;
beforeAll(async () => {
  if (whyNoPgBouncer === null) database = await createTestDatabase(import.meta.url);
});
afterAll(() => database?.drop());

const behind = (pooler: PgBouncer, more: Record<string, string> = {}) => ({
  DATABASE_URL: pooler.url,
  DATABASE_DIRECT_URL: database.url,
  DATABASE_POOLER: 'transaction',
  MASTHEAD_BOOTSTRAP_KEY: key,
  // Many at once on a busy machine are not what is shed here.
  OVERLOAD_WAIT_MS: '60000',
  OVERLOAD_EVENT_LOOP_DELAY_MS: '0',
  ...more,
});

const run = (statements: readonly string[]) =>
  onDatabase(database.url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });

type Options = { body?: unknown; headers?: Record<string, string>; key?: string | null };
// biome-ignore lint/suspicious/noExplicitAny: the contract of the answers is tested elsewhere.
type Answer = { status: number; headers: Headers; text: string; body: any };

async function call(server: Serving, method: string, path: string, options: Options = {}): Promise<Answer> {
  const { body, headers, key: given = key } = options;
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const answer = await fetch(`${server.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(given !== null && { Authorization: `Bearer ${given}` }),
      ...(body !== undefined && { 'Content-Type': type }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: /^[[{]/.test(text) ? JSON.parse(text) : null };
}

const etagOf = (answer: Answer) => ({ 'If-Match': answer.headers.get('etag') ?? '' });

const settings = [
  `TimeZone = 'UTC'`,
  `statement_timeout = '5000'`,
  `lock_timeout = '4000'`,
  `idle_in_transaction_session_timeout = '20000'`,
  `random_page_cost = '1.1'`,
];

describe.skipIf(whyNoPgBouncer !== null)(`behind PgBouncer${whyNoPgBouncer ? `: ${whyNoPgBouncer}` : ''}`, () => {
  it('the start is refused while sessions lack settings, says the statements that help, and they do', {
    timeout: patience,
  }, async () => {
    await run([`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET TimeZone = 'Asia/Shanghai'`]);
    const pooler = await startPgBouncer(database.url);
    const refused = await runMasthead(['serve'], { env: { PORT: '0', ...behind(pooler) } });
    expect(refused.code).toBe(1);
    const statements = refused.stderr.match(/ALTER ROLE .*;/g) ?? [];
    expect(statements.map((statement) => / SET (.*);/.exec(statement)?.[1])).toEqual(settings);
    await run(statements);
    await pooler.reconnect();
    const server = await serve(behind(pooler));
    expect((await call(server, 'GET', '/health/ready')).status).toBe(200);
  });

  it('an article lives its whole life', { timeout: patience }, async () => {
    await setUpRole();
    const pooler = await startPgBouncer(database.url);
    const server = await serve(behind(pooler));
    const send = (method: string, path: string, options?: Options) => call(server, method, `/v1${path}`, options);

    const section = await send('POST', '/sections', { body: { name: '产经', slug: 'chan-jing' } });
    expect(section.status, section.text).toBe(201);
    // Read through Prisma, written through it: an instant is the same on every session.
    const read = await send('GET', '/sections/chan-jing?perspective=draft');
    expect(Math.abs(Date.parse(read.body.createdAt) - Date.now())).toBeLessThan(patience);

    const headers = { 'Idempotency-Key': 'life' };
    const create = { body: { title, section: 'chan-jing', body: { markdown: '一' } }, headers };
    const created = await send('POST', '/articles', create);
    expect(created.status, created.text).toBe(201);
    const { id } = created.body;
    const again = await send('POST', '/articles', create);
    expect([again.status, again.text]).toEqual([201, created.text]);

    const patched = await send('PATCH', `/articles/${id}`, { body: { kicker: '观察' }, headers: etagOf(created) });
    expect(patched.body, patched.text).toMatchObject({ version: 2, kicker: '观察' });
    const stale = await send('PATCH', `/articles/${id}`, { body: { kicker: '旧' }, headers: etagOf(created) });
    expect(stale.status).toBe(412);
    const published = await send('POST', `/articles/${id}/publish`, { body: {}, headers: etagOf(patched) });
    expect(published.status, published.text).toBe(200);

    const shown = await send('GET', `/articles/${published.body.slug}`, { key: null });
    expect(shown.body).toMatchObject({ id, title, kicker: '观察', section: { slug: 'chan-jing' } });
    expect(Math.abs(Date.parse(shown.body.publishedAt) - Date.now())).toBeLessThan(patience);
    const list = await send('GET', '/articles?section=chan-jing', { key: null });
    expect(list.body.data.map((entry: { id: string }) => entry.id)).toEqual([id]);

    const batch = await send('POST', '/batch', {
      body: {
        operations: [
          { name: 'a', method: 'POST', path: '/v1/articles', body: { title: '甲' } },
          { method: 'POST', path: '/v1/tags', body: { name: '青岛' } },
          { method: 'POST', path: '/v1/articles', body: { title: '乙' } },
        ],
      },
    });
    expect(batch.status, batch.text).toBe(200);
    const rehearsed = await send('POST', '/articles?dryRun=true', { body: { title: '丙' } });
    expect(rehearsed.status).toBe(201);

    const draft = await send('GET', `/articles/${id}?perspective=draft`);
    const trashed = await send('DELETE', `/articles/${id}`, { headers: etagOf(draft) });
    expect(trashed.status, trashed.text).toBe(204);
    expect((await send('GET', `/articles/${id}`, { key: null })).status).toBe(404);
    const instant = encodeURIComponent(shown.body.firstPublishedAt);
    expect((await send('GET', `/articles/${id}?asOf=${instant}`, { key: null })).body).toMatchObject({ id, title });

    // The transaction says which history it may remove, and only it.
    await run([`update article set trashed_at = trashed_at - interval '1 day'`]);
    const purged = await send('POST', '/articles/purge', { body: { olderThan: 'PT1H' } });
    expect(purged.status, purged.text).toBe(200);

    const events = await send('GET', `/audit?subject=${id}`);
    const types = events.body.data.map(({ type }: { type: string }) => type.replace('article.', ''));
    expect(types).toEqual(['purged', 'trashed', 'unpublished', 'published', 'revised', 'created']);
  });

  it('requests that land on several sessions at once all get their answers', { timeout: patience }, async () => {
    await setUpRole();
    const pooler = await startPgBouncer(database.url);
    const server = await serve(behind(pooler));
    const other = await serve(behind(pooler));
    expect(await Promise.all([hammer(server), hammer(other)])).toEqual([[], []]);
    expect(await pooler.countSessions()).toBeGreaterThan(1);

    // What one process wrote the other hears of, over the address that leads past the pooler.
    const section = await call(server, 'POST', '/v1/sections', { body: { name: '要闻' } });
    const version = section.headers.get('data-version');
    const read = await call(other, 'GET', `/v1/sections/${section.body.slug}?minVersion=${version}`);
    expect([read.status, read.body?.name]).toEqual([200, '要闻']);
  });

  it('without DATABASE_POOLER=transaction it does not start; let through all the same, requests fail', {
    timeout: patience,
  }, async () => {
    await setUpRole();
    const wrong = { DATABASE_POOLER: 'none' };
    const strict = await startPgBouncer(database.url);
    const refused = await runMasthead(['serve'], { env: { PORT: '0', ...behind(strict, wrong) } });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('unsupported startup parameter') });

    const lenient = await startPgBouncer(database.url, ['ignore_startup_parameters = options']);
    const server = await serve(behind(lenient, wrong));
    await expect.poll(() => hammer(server), { timeout: 60_000 }).not.toEqual([]);
  });
});

const setUpRole = () => {
  const { username, pathname } = new URL(database.url);
  return run(settings.map((setting) => `ALTER ROLE ${username} IN DATABASE ${pathname.slice(1)} SET ${setting}`));
};

/** Reads and writes at once, of every kind of statement; the answers that a client would call failures. */
async function hammer(server: Serving): Promise<string[]> {
  const paths = ['/v1/articles', '/v1/sections', '/v1/tags', '/v1/articles?perspective=draft', '/v1/me', '/v1/audit'];
  const requests = Array.from({ length: 60 }, (_, n) => {
    if (n % 5 === 0) return call(server, 'POST', '/v1/articles', { body: { title: `并发 ${n}` } });
    if (n % 5 === 1) return call(server, 'POST', '/v1/sections', { body: { name: `栏目 ${n}` } });
    return call(server, 'GET', paths[n % paths.length]!);
  });
  const answers = await Promise.all(requests);
  return answers.filter(({ status }) => status >= 400).map(({ status, text }) => `${status} ${text}`);
}
