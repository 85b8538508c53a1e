// What is done for search in the background: each thing for itself, by whoever is free, and no more than is needed.
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reindexNext } from '../../../src/channels/search/index/reindexing.ts';
import { keepUpSearch, reindexAll, tidySearch } from '../../../src/channels/search/index/upkeep.ts';
import type { Sql } from '../../../src/platform/db/db.ts';
import { whileHolding } from '../../platform/http/locks.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeTag, publish as publishDraft } from '../../support/factories.ts';
import { askingOf, pathOf } from './asking.ts';

const dayMs = 24 * 3_600_000;

let app: TestApp;
let messages: string[] = [];
const { found, publish } = askingOf(() => app);
const run = <Row extends object>(statement: string, values: unknown[] = []) =>
  app.deps.db.sql.rows<Row>(statement, values);
const working = () => ({
  ...app.deps,
  log: pino({}, { write: (line: string) => void messages.push(JSON.parse(line).msg) }),
});
async function workToTheEnd(): Promise<void> {
  for (let round = 1; await keepUpSearch(working()); round += 1) expect(round).toBeLessThan(20);
}
/** What was asked for and is not done. */
const open = async () =>
  (
    await run<{ folded: string | null }>('select folded from search_reindexing where finished_at is null order by id')
  ).map(({ folded }) => folded);
const ask = (folded: string | null) =>
  run('insert into search_reindexing (folded, requested_at) values ($1, $2)', [folded, app.clock.now()]);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await publish('one', { title: '灯塔', body: { text: '瀚海云图' } });
});
afterAll(() => app.close());
beforeEach(async () => {
  await workToTheEnd();
  messages = [];
});

async function without<T>(table: string, work: () => Promise<T>): Promise<T> {
  await run(`alter table ${table} rename to away`);
  try {
    return await work();
  } finally {
    await run(`alter table away rename to ${table}`);
  }
}

it('a worker takes what no other is at, and waits for none', async () => {
  for (const folded of ['瀚海', '云图', '灯塔']) await ask(folded);
  const first = 'select from search_reindexing where finished_at is null order by id limit 1 for update';
  const next = await whileHolding(app, first, [], ({ untilWaiting }) =>
    Promise.race([reindexNext(app.deps), untilWaiting()]),
  );
  expect([next, await open()]).toEqual([true, ['瀚海', '灯塔']]);
});

it('where following the log fails, documents are made anew all the same, and it is told', async () => {
  await run('delete from search_document');
  await ask(null);
  expect(await without('event_consumer', () => keepUpSearch(working()))).toBe(true);
  expect(messages).toEqual(['following the event log for search failed']);
  expect([await found('灯塔'), await open()]).toEqual([['one'], []]);
});

it('where re-indexing fails, the log is followed all the same, and it is told', async () => {
  await publish('two', { title: '灯塔' });
  await run(`delete from search_document`);
  expect(await without('search_reindexing', () => keepUpSearch(working()))).toBe(true);
  expect(messages).toEqual(['re-indexing failed']);
  expect(await found('灯塔 -远方')).toEqual(['two']);
  await reindexAll(app.deps);
});

it('where counting fails, what is over is forgotten all the same', async () => {
  await ask('灯塔');
  await workToTheEnd();
  app.clock.advance(8 * dayMs);
  await without('search_count', () => tidySearch(working()));
  expect(messages).toEqual(['counting words failed']);
  expect(await run('select from search_reindexing')).toEqual([]);
});

it('what was finished is known for seven days, and what was not for ever', async () => {
  const known = async () => {
    await tidySearch(app.deps);
    return (await run<{ folded: string }>('select folded from search_reindexing order by id')).map(
      ({ folded }) => folded,
    );
  };
  await ask('灯塔');
  await workToTheEnd();
  await ask('远方');
  app.clock.advance(7 * dayMs);
  expect(await known()).toEqual(['灯塔', '远方']);
  app.clock.advance(1);
  expect(await known()).toEqual(['远方']);
});

it('a kept answer is dropped when documents are made anew, and is not when there was none to make', async () => {
  const path = pathOf('灯塔 OR 极光');
  const isKept = async () => /; hit/.test((await app.get(path)).headers['cache-status']!);
  const heard = async () => {
    const [row] = await run<{ last: string }>('select max(position)::text as last from event');
    await app.deps.delivery.feed.heard(Number(row!.last));
  };
  await app.get(path);
  await ask('没有的词');
  await workToTheEnd();
  await heard();
  expect(await isKept()).toBe(true);
  await ask('灯塔');
  await workToTheEnd();
  await heard();
  expect(await isKept()).toBe(false);
});

it('everything anew is waited for where another worker has it', async () => {
  const count = await whileHolding(app, 'lock table article', [], async ({ untilWaiting, release }) => {
    let other: Promise<boolean> | undefined;
    let readings = 0;
    const sql: Sql = {
      async rows(text, values, name) {
        if (name === 'search_open_reindexing' && other === undefined) {
          other = reindexNext(app.deps);
          await untilWaiting();
        }
        const rows = await app.deps.db.sql.rows(text, values, name);
        if (name === 'search_progress') readings += 1;
        // It has looked twice, and nothing was done.
        if (name === 'search_progress' && readings === 2) await release();
        return rows as never;
      },
    };
    const all = await reindexAll({ ...app.deps, db: { ...app.deps.db, sql } });
    expect(await other).toBe(true);
    return all;
  });
  expect(count).toBe(2);
});

describe('documents are made anew', () => {
  it('where they hold the word, not where they have all of its characters elsewhere', async () => {
    await publish('elsewhere', { title: '别处', body: { text: '瀚海很大，有人出海云游，云图很美。' } });
    await ask('瀚海云图');
    await workToTheEnd();
    const rows = await run('select done from search_reindexing order by id desc limit 1');
    expect(rows).toEqual([{ done: 1 }]);
  });

  it('for a new name, but not for one that is a word of the language or has no Chinese character', async () => {
    for (const name of ['体育', 'Lighthouse2026']) await makeTag(app, { name });
    expect(await open()).toEqual([]);
    await makeTag(app, { name: '瀚海云图' });
    expect(await open()).toEqual(['瀚海云图']);
  });

  it('and for no name that drafts alone have', async () => {
    const draft = await makeArticle(app, { title: '草稿', tags: ['沧海明珠'] });
    expect(await open()).toEqual([]);
    await publishDraft(app, draft);
  });
});
