// The command that empties the trash, as an operator or a cron job runs it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.ts';
import { makeArticle } from '../support/factories.ts';
import { runMasthead } from '../support/masthead.ts';

let app: TestApp;
let old: string[];
let young: string;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  // The command follows the database's clock, which nobody moves.
  const [row] = await app.deps.db.sql.rows<{ now: Date }>('select now()', []);
  const daysAgo = (days: number) => app.clock.set(new Date(row!.now.getTime() - days * 86_400_000));
  daysAgo(40);
  old = [await makeTrashed(), await makeTrashed()];
  daysAgo(20);
  young = await makeTrashed();
  await app.newEvents();
});
afterAll(() => app.close());

async function makeTrashed(): Promise<string> {
  const { id } = await makeArticle(app);
  app.clock.advance(1000);
  await app.delete(`/v1/articles/${id}`, { ifMatch: '*' });
  return id;
}

const patience = { timeout: 60_000 };
const run = (...args: string[]) => runMasthead(['purge', ...args], { env: { DATABASE_URL: app.databaseUrl } });
const idsThere = async () =>
  (await app.deps.db.prisma.article.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);

it.each([
  ['no age', [], /required option '--older-than <duration>' not specified/],
  ['an age that is none', ['--older-than', 'old'], /'old' is invalid\. Use 30d, or ISO 8601 such as P30D\./],
] as [string, string[], RegExp][])(
  'with %s it exits with 1 and removes nothing',
  patience,
  async (_name, args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(await idsThere()).toEqual([...old, young].toSorted());
  },
);

it('with --dry-run it lists what it would remove, as JSON, and removes nothing', patience, async () => {
  const { code, stdout, stderr } = await run('--older-than', 'P30D', '--dry-run');
  expect([code, stderr]).toEqual([0, '']);
  const trashedAt = expect.stringMatching(/Z$/);
  expect(JSON.parse(stdout)).toEqual(old.map((id) => ({ id, trashedAt, versions: 1 })));
  expect(await idsThere()).toEqual([...old, young].toSorted());
  expect(await app.newEvents()).toEqual([]);
});

it('removes what is old enough, one by one, says so, and finds nothing the second time', patience, async () => {
  const { code, stdout, stderr } = await run('--older-than', '30d');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.trim().split('\n')).toEqual(
    old.map((id) => expect.stringMatching(new RegExp(`^Purged ${id} \\(versions: 1, trashed .+Z\\)\\.$`))),
  );
  expect(await idsThere()).toEqual([young]);
  expect(await app.newEvents()).toMatchObject(
    old.map((subjectId) => ({ type: 'article.purged', subjectId, actorId: 'command line' })),
  );
  expect(await run('--older-than', '30d')).toMatchObject({ code: 0, stdout: '', stderr: '' });
});
