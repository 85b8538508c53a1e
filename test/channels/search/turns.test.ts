// Long texts are worked on one at a time, and whoever asks meanwhile is answered between two of them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectArticles } from '../../../src/channels/search/index/articles.ts';
import type { Sql } from '../../../src/platform/db/db.ts';
import { type Listening, listen } from '../../platform/http/listening.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished } from '../../support/factories.ts';
import { pathOf } from './asking.ts';

const count = 30;
const long = `${'这一天天气很好，人们都出门走走。'.repeat(120)}青岛港的灯塔亮了。`.repeat(4);

let app: TestApp;
let server: Listening;
const ids: string[] = [];
let onAsked: (statement: string | undefined) => void = () => undefined;
let onRead: (statement: string | undefined) => void = () => undefined;

/** The same database, which tells of each statement when it is asked and when it has been read. */
const told = (sql: Sql): Sql => ({
  async rows(text, values, name) {
    onAsked(name);
    const rows = await sql.rows(text, values, name);
    onRead(name);
    return rows as never;
  },
});

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  server = await listen(app, {}, { db: { ...app.deps.db, sql: told(app.deps.db.sql) } });
  for (let n = 0; n < count; n += 1) {
    ids.push((await makePublished(app, { title: `灯塔 ${n}`, body: { text: long } })).id);
  }
});
afterAll(async () => {
  await server.close();
  await app.close();
});

/** In which order things were done: the work, and a request that comes when its texts have been read. */
async function race(work: (done: () => void) => Promise<unknown>, statement: string): Promise<string[]> {
  const order: string[] = [];
  const asked = new Promise<void>((resolve, reject) => {
    onRead = (name) => {
      if (name !== statement) return;
      onRead = () => undefined;
      fetch(`http://127.0.0.1:${server.port}/health/live`)
        .then(({ status }) => order.push(`asked meanwhile: ${status}`))
        .then(() => resolve(), reject);
    };
  });
  await work(() => order.push('done'));
  await asked;
  return order;
}

it('a request is answered while many long articles are being marked', async () => {
  const path = pathOf('灯塔 青岛', `highlight=true&limit=${count}&perspective=draft&fields=id`);
  const headers = { Authorization: `Bearer ${app.keys.viewer}` };
  const search = async (done: () => void) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
    done();
    const { data } = (await answer.json()) as { data: { highlight: { body: string[] } }[] };
    expect(data).toHaveLength(count);
    for (const { highlight } of data) expect(highlight.body.join('')).toContain('<mark>灯塔</mark>');
  };
  expect(await race(search, 'search_texts')).toEqual(['asked meanwhile: 200', 'done']);
});

it('a request is answered while many long articles are being indexed', async () => {
  const index = (done: () => void) => {
    // Once all are made they are stored.
    onAsked = (name) => name === 'search_store_documents' && done();
    return app.deps.db.transaction((tx) => projectArticles(told(tx), app.deps.segmenter, ids, app.clock.now(), true));
  };
  expect(await race(index, 'search_date_documents')).toEqual(['asked meanwhile: 200', 'done']);
});
