// A preview link's secret stands in an address, and addresses are logged. Its token reaches no line of the log, at any
// level, however the address is mistaken; nor an API key that was put into an address.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Listening, listen, sendRaw } from '../../platform/http/listening.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle } from '../../support/factories.ts';

let app: TestApp;
let server: Listening;
let token: string;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  const article = await makeArticle(app);
  token = (await app.post(`/v1/articles/${article.id}/preview-links`, {})).body.token;
});
afterAll(() => app.close());
beforeEach(async () => {
  server = await listen(app, { LOG_LEVEL: 'trace' });
  return () => server.close();
});

const send = (line: string, headers = '') =>
  sendRaw(server.port, `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n${headers}\r\n`);
const requests = () => server.lines.filter((line) => line.msg === 'request');
const secret = () => token.slice(4);

it.each([
  ['a preview', 'GET', (made: string) => `/v1/previews/${made}`, 200],
  ['a preview in a form', 'GET', (made: string) => `/v1/previews/${made}?body=text`, 200],
  ['a HEAD', 'HEAD', (made: string) => `/v1/previews/${made}`, 200],
  ['a refused parameter', 'GET', (made: string) => `/v1/previews/${made}?x=1`, 400],
  ['a token that is mistyped', 'GET', (made: string) => `/v1/previews/${made}0`, 404],
  ['a token in percent form', 'GET', (made: string) => `/v1/previews/${made.replace('_', '%5F')}`, 200],
])('%s is logged under the template of the route', async (_name, method, path, status) => {
  expect((await send(`${method} ${path(token)}`)).status).toBe(status);
  await expect.poll(requests).toHaveLength(1);
  expect(requests()[0]).toMatchObject({ path: '/v1/previews/:token', operation: 'getPreview', status });
  expect(server.text()).not.toContain(secret());
});

it.each([
  ['a slash too many', 'GET', (made: string) => `/v1/previews/${made}/`, 404],
  ['something behind it', 'GET', (made: string) => `/v1/previews/${made}/comments`, 404],
  ['another case', 'GET', (made: string) => `/V1/Previews/${made}`, 404],
  ['a method that is refused', 'DELETE', (made: string) => `/v1/previews/${made}`, 405],
  [
    'a method that is refused, in percent form',
    'POST',
    (made: string) => `/v1/previews/${made.replace('_', '%5f')}`,
    405,
  ],
  ['OPTIONS', 'OPTIONS', (made: string) => `/v1/previews/${made}`, 204],
  ['an address that cannot be decoded', 'GET', (made: string) => `/v1/previews/${made}%zz`, 400],
  ['one that is too long', 'GET', (made: string) => `/v1/previews/${made}${'x'.repeat(500)}`, 404],
  ['the place of an article', 'GET', (made: string) => `/v1/articles/${made}`, 404],
  ['the place of an article, as a key too', 'GET', (made: string) => `/v1/articles/${made}?perspective=draft`, 401],
])('a token at an address that is none is cut out: %s', async (_name, method, path, status) => {
  expect(
    (await send(`${method} ${path(token)}`, `Authorization: Bearer ${status === 401 ? token : app.keys.viewer}\r\n`))
      .status,
  ).toBe(status);
  await expect.poll(requests).toHaveLength(1);
  expect(requests()[0]!.path).toContain('***');
  expect(server.text()).not.toContain(secret());
});

it('an API key in an address is cut out', async () => {
  await send(`GET /v1/articles/${app.keys.admin}`);
  await expect.poll(requests).toHaveLength(1);
  expect(requests()[0]!.path).toBe('/v1/articles/***');
  expect(server.text()).not.toContain(app.keys.admin.slice(12));
});

it('making and revoking a link logs no secret', async () => {
  const article = await makeArticle(app);
  const headers = `Authorization: Bearer ${app.keys.editor}\r\n`;
  const made = await send(`POST /v1/articles/${article.id}/preview-links`, headers);
  expect(made.status).toBe(201);
  await send(`DELETE /v1/articles/${article.id}/preview-links/${made.body.id}`, headers);
  await expect.poll(() => requests().length).toBe(2);
  expect(server.text()).not.toContain(made.body.token.slice(4));
});

it('a failure while a preview is read is logged with its cause and without the token', async () => {
  const failing = { ...app.deps.db, sql: { rows: () => Promise.reject(new Error('the cause')) } };
  const broken = await listen(app, { LOG_LEVEL: 'trace' }, { db: failing });
  const answer = await sendRaw(
    broken.port,
    `GET /v1/previews/${token} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  );
  await broken.close();
  expect(answer.status).toBe(500);
  expect(broken.text()).toContain('the cause');
  expect(broken.text()).not.toContain(secret());
});

it('no event holds a secret', async () => {
  const [row] = await app.deps.db.sql.rows<{ found: number }>(
    'select count(*)::int as found from event e where position($1 in e::text) > 0',
    [secret()],
  );
  expect(row!.found).toBe(0);
});
