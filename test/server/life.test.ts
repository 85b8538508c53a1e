// The life of the server on its embedded database, from the first start on an empty machine to the last Ctrl-C: one
// story on one data folder, told in order.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive, isPortFree, serve } from '../support/masthead.ts';
import { openRequest } from './half-request.ts';

const patience = 60_000;
let dataDir: string;
let key: string;
let acknowledged: string;
let port: number;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'masthead-life-'));
  // PostgreSQL runs as another user when root starts it, and has to pass through.
  chmodSync(dataDir, 0o711);
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 }));

const start = (more: Record<string, string> = {}) => serve({ MASTHEAD_DATA_DIR: dataDir, ...more });
function readPostmaster(): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

async function createArticle(url: string, title: string): Promise<string> {
  const answer = await fetch(`${url}/v1/articles`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ title }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

describe('on the embedded database', () => {
  it('the first start prints address, docs and key once, and serves the seed article', {
    timeout: patience,
  }, async () => {
    const server = await start();
    const greeting = server.stdout();
    expect(greeting).toContain(`API     ${server.url}/v1/articles`);
    expect(greeting).toContain(`Docs    ${server.url}/docs`);
    key = /Key {5}(mh_\w{8}_\w{38})$/m.exec(greeting)?.[1] ?? '';
    expect(greeting.split(key)).toHaveLength(2);
    const list = (await (await fetch(`${server.url}/v1/articles`)).json()) as {
      data: { title: string; publishedAt: string }[];
    };
    expect(list.data).toHaveLength(1);
    expect(list.data[0]).toMatchObject({ publishedAt: '2020-05-27T06:48:49.000Z', section: { name: '产经' } });
    expect((await fetch(`${server.url}/docs`)).status).toBe(200);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    const me = await fetch(`${server.url}/v1/me`, { headers: { Authorization: `Bearer ${key}` } });
    expect(await me.json()).toMatchObject({ role: 'admin' });
    acknowledged = await createArticle(server.url, '在断电之前');
    server.kill('SIGKILL');
    await server.ended;
  });

  it('a start after kill -9 has what was acknowledged and prints no key; SIGTERM lets a running request end', {
    timeout: patience,
  }, async () => {
    // A grace beyond the patience of this test: a stop that waits for it fails.
    const server = await start({ SHUTDOWN_GRACE_MS: '300000' });
    port = server.port;
    expect(server.stdout()).not.toMatch(/Key|mh_/);
    const headers = { Authorization: `Bearer ${key}` };
    const answer = await fetch(`${server.url}/v1/articles/${acknowledged}?perspective=draft`, { headers });
    expect(await answer.json()).toMatchObject({ title: '在断电之前', version: 1 });
    const list = (await (await fetch(`${server.url}/v1/articles`)).json()) as { data: unknown[] };
    expect(list.data).toHaveLength(1);

    const postmaster = readPostmaster();
    expect(isAlive(postmaster)).toBe(true);
    const request = openRequest(server, key);
    await request.running;
    server.kill('SIGTERM');
    await server.says(/"msg":"stopping"/);
    request.finish();
    expect(await request.answer).toMatch(/HTTP\/1\.1 201 /);
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(isAlive(postmaster)).toBe(false);
    expect(await isPortFree(server.port)).toBe(true);
  });

  it('what SIGTERM let end is there on the next start; SIGINT cuts off after the grace what never ends', {
    timeout: patience,
  }, async () => {
    const server = await start({ SHUTDOWN_GRACE_MS: '300', PORT: String(port) });
    expect(server.port).toBe(port);
    const headers = { Authorization: `Bearer ${key}` };
    const drafts = await fetch(`${server.url}/v1/articles?perspective=draft&limit=1&sort=-updatedAt`, { headers });
    expect(((await drafts.json()) as { data: { title: string }[] }).data[0]?.title).toBe('半');

    const postmaster = readPostmaster();
    const request = openRequest(server, key);
    await request.running;
    server.kill('SIGINT');
    // It never finishes; after the grace it is cut off.
    expect(await request.answer).not.toMatch(/HTTP\/1\.1 201 /);
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(isAlive(postmaster)).toBe(false);
    expect(await isPortFree(port)).toBe(true);
  });
});
