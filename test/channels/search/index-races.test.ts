// Whoever works on the index in the background meets whoever writes: the one waits for the other, and the index says in
// the end what the rows say.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { followLog } from '../../../src/channels/search/index/follow.ts';
import { reindexNext } from '../../../src/channels/search/index/reindexing.ts';
import { eventLock, rowLock, whileHolding } from '../../platform/http/locks.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeTag } from '../../support/factories.ts';
import { askingOf } from './asking.ts';

let app: TestApp;
const { found, publish, call } = askingOf(() => app);
const run = <Row extends object>(statement: string, values: unknown[] = []) =>
  app.deps.db.sql.rows<Row>(statement, values);
const askForAll = () => run('insert into search_reindexing (requested_at) values ($1)', [app.clock.now()]);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(async () => {
  while (await reindexNext(app.deps));
  while (await followLog(app.deps));
});

const steps: [string, () => Promise<unknown>][] = [
  ['re-indexing', () => reindexNext(app.deps)],
  ['following the log', () => followLog(app.deps)],
];

it.each(steps)(
  '%s waits for a publication that is under way, and does not put the past in its place',
  async (_what, step) => {
    const title = `灯塔${_what}`;
    const draft = await makeArticle(app, { title });
    call(draft.id, 'draft');
    // As a process that knows of no index would have left it.
    await run('delete from search_document where article_id = $1', [draft.id]);
    await askForAll();
    const answer = await whileHolding(app, eventLock, [], async ({ untilWaiting, release }) => {
      const publishing = app.post(`/v1/articles/${draft.id}/publish`, {}, { ifMatch: '*' });
      await untilWaiting();
      const working = step();
      await untilWaiting(2);
      await release();
      await working;
      return publishing;
    });
    expect(answer.status).toBe(200);
    expect(await found(`"${title}"`)).toEqual(['draft']);
  },
);

it('making all names anew waits for a renaming that is under way', async () => {
  await askForAll();
  const tag = await makeTag(app, { name: '蓝碳旧名' });
  const answer = await whileHolding(app, eventLock, [], async ({ untilWaiting, release }) => {
    const renaming = app.patch(`/v1/tags/${tag.id}`, { name: '绿电新名' }, { as: 'admin', ifMatch: '*' });
    await untilWaiting();
    const working = reindexNext(app.deps);
    await untilWaiting(2);
    await release();
    await working;
    return renaming;
  });
  expect(answer.status).toBe(200);
  expect(await run('select folded from search_name where id = $1', [tag.id])).toEqual([{ folded: '绿电新名' }]);
});

it('of two that wait for each other the batch is undone and made once more, and no article is left out', async () => {
  const [first, second] = [await publish('first', { title: '雾号' }), await publish('second', { title: '雾号' })];
  while (await followLog(app.deps));
  await run('delete from search_document');
  await askForAll();
  await whileHolding(app, rowLock('article'), [second.id], async ({ query, untilWaiting, release }) => {
    // So that the other is the one that is undone.
    await query(`set deadlock_timeout = '1min'`);
    const working = reindexNext(app.deps);
    await untilWaiting();
    await query(rowLock('article'), [first.id]);
    await release();
    expect(await working).toBe(true);
  });
  expect(await found('雾号')).toEqual(['first', 'second']);
});
