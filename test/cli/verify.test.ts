// The command that proves the versions, as an operator or a cron job runs it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { makeArticle } from '../support/factories.ts';
import { runMasthead } from '../support/masthead.ts';

let app: TestApp;
let first: { id: string; slug: string };
let second: { id: string };
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  first = await makeArticle(app);
  app.clock.advance(1000);
  second = await makeArticle(app);
  for (const title of ['二', '三']) await app.patch(`/v1/articles/${second.id}`, { title }, { ifMatch: '*' });
});
afterAll(() => app.close());

const patience = { timeout: 60_000 };
const run = (...args: string[]) => runMasthead(['verify', ...args], { env: { DATABASE_URL: app.databaseUrl } });

it('says how much it checked, and exits with 0 where every hash holds', patience, async () => {
  const stdout = 'Checked articles: 2, versions: 4.\nEvery hash holds.\n';
  expect(await run()).toMatchObject({ code: 0, stderr: '', stdout });
});

it('names the first version that was altered, and exits with 1', patience, async () => {
  const { sql } = app.deps.db;
  await sql.rows('alter table article_version disable trigger user', []);
  await sql.rows("update article_version set title = '伪' where article_id = $1::uuid and number > 1", [second.id]);
  await sql.rows('alter table article_version enable trigger user', []);
  const { code, stdout, stderr } = await run();
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout).toMatch(
    new RegExp(
      `^Checked articles: 1, versions: 3\\.\nAltered: article ${second.id}, version 2: what it holds .*\\.\n$`,
    ),
  );
});

it('--article checks one, by its id or a slug', patience, async () => {
  const stdout = 'Checked articles: 1, versions: 1.\nEvery hash holds.\n';
  expect(await run('--article', first.slug)).toMatchObject({ code: 0, stdout });
});

it('of an article that is not there exits with 1 and prints nothing', patience, async () => {
  const { code, stdout, stderr } = await run('--article', 'nirgends');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/There is no article "nirgends"/);
});
