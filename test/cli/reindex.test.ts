// `masthead reindex`, as an operator runs it beside a server.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { makePublished } from '../support/factories.ts';
import { runMasthead } from '../support/masthead.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

describe('masthead reindex', () => {
  it('makes the index anew and says how many articles it holds', async () => {
    const { id } = await makePublished(app, { title: '青岛港的早晨' });
    await app.deps.db.sql.rows('delete from search_document', []);
    const { code, stdout } = await runMasthead(['reindex'], { env: { DATABASE_URL: app.databaseUrl } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Indexed articles: 1.\n' });
    const found = await app.get(`/v1/search?q=${encodeURIComponent('早晨')}&fields=id`);
    expect(found.body.data).toEqual([{ id }]);
  });
});
