// An article that the index refuses: the others are indexed all the same, and whoever writes it is told that nothing was
// stored.
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepUpSearch, reindexAll } from '../../../src/channels/search/index/upkeep.ts';
import { findWaitingSince } from '../../../src/platform/events/consume.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle } from '../../support/factories.ts';
import { askingOf } from './asking.ts';

let app: TestApp;
let lines: { level: number; articleId?: string; msg: string }[] = [];
const { found, publish, call } = askingOf(() => app);
const run = (statement: string, values: unknown[] = []) => app.deps.db.sql.rows(statement, values);

// One more than are made anew at a time; of those two cannot be, one of them the last of all.
const names = Array.from({ length: 26 }, (_, n) => `story ${String(n).padStart(2, '0')}`);
const refused = [names[9]!, names.at(-1)!];
const others = names.filter((name) => !refused.includes(name));
const ids = new Map<string, string>();
const refusedIds = () => refused.map((name) => ids.get(name)).toSorted();

// For what the index may refuse a day to come: a word too long, too many of them, a fault of ours.
const refuseTexts = `
  create function refuse_text() returns trigger language plpgsql as $$
  begin
    if new.text like '%毒草%' then raise exception 'no document of %', new.article_id; end if;
    return new;
  end $$;
  create trigger refuse_text before insert or update on search_document for each row execute function refuse_text()`;
const refuse = () => run(refuseTexts);
const allow = () => run('drop function if exists refuse_text cascade');

/** As whoever works in the background has them, with a log that is read. */
const working = () => ({
  ...app.deps,
  log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
});
async function workToTheEnd(): Promise<void> {
  for (let round = 1; await keepUpSearch(working()); round += 1) expect(round).toBeLessThan(20);
}
const describeIndex = async () => (await app.get('/v1/search/index', { as: 'admin' })).body;
let asked = 0;
/** Each time in other words, so that no kept answer is given. */
const foundNow = () => {
  asked += 1;
  return found('灯塔', `publishedAfter=2000-01-01T00:00:${String(asked).padStart(2, '0')}Z`);
};

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await workToTheEnd();
  for (const name of names) {
    const text = refused.includes(name) ? '毒草' : '港口';
    ids.set(name, (await publish(name, { title: `灯塔 ${name}`, body: { text } })).id);
  }
});
afterAll(() => app.close());

describe('in the background', () => {
  beforeEach(async () => {
    lines = [];
    await allow();
    await run('delete from search_document');
    await refuse();
  });

  it('the others are made anew, of each that cannot be is told in the log, and the work comes to its end', async () => {
    expect(await reindexAll(working())).toBe(names.length);
    expect(await foundNow()).toEqual(others);
    expect(lines.map(({ articleId }) => articleId).toSorted()).toEqual(refusedIds());
    expect(await describeIndex()).toMatchObject({ isRebuilding: false, progress: 1, waiting: 0 });
  });

  it('a round after the other gets there as well, and the next has nothing left to do', async () => {
    expect((await app.post('/v1/search/terms', { text: '港口' }, { as: 'admin' })).status).toBe(201);
    await run('insert into search_reindexing (requested_at) values ($1)', [app.clock.now()]);
    await workToTheEnd();
    expect(await foundNow()).toEqual(others);
    expect(await describeIndex()).toMatchObject({ isRebuilding: false, progress: 1, waiting: 0 });
    lines = [];
    expect([await keepUpSearch(working()), lines]).toEqual([false, []]);
  });

  it('following the log comes to the end of it, with all others', async () => {
    await allow();
    for (const name of names) {
      const path = `/v1/articles/${ids.get(name)}`;
      expect((await app.patch(path, { summary: '改过' }, { ifMatch: '*' })).status).toBe(200);
    }
    await run('delete from search_document');
    await refuse();
    await workToTheEnd();
    expect(await foundNow()).toEqual(others);
    expect(lines.map(({ articleId }) => articleId).toSorted()).toEqual(refusedIds());
    expect(await findWaitingSince(app.deps.db.sql, 'search')).toBeNull();
  });

  it('one that can be indexed again is found once everything was made anew', async () => {
    await reindexAll(working());
    await allow();
    await reindexAll(working());
    expect(await foundNow()).toEqual(names);
  });
});

describe('a write of it', () => {
  const tables = ['article', 'article_version', 'article_slug', 'publication', 'tag', 'search_document', 'search_name'];
  /** Every row of whatever a write leaves. */
  const stored = () =>
    run(`${tables.map((table) => `select '${table}', t::text from ${table} t`).join(' union all ')} order by 1, 2`);
  const kept = async () => ({ rows: await stored(), events: await app.newEvents() });

  let draft: { id: string };

  beforeAll(async () => {
    await allow();
    draft = await makeArticle(app, { title: '毒草稿' });
    await refuse();
  });
  beforeEach(() => app.newEvents());

  const other = () => `/v1/articles/${ids.get(others[0]!)}`;
  const operations = () => [
    { method: 'POST', path: '/v1/tags', body: { name: '批中标签' } },
    { method: 'PATCH', path: other(), ifMatch: '*', body: { title: '批中改题' } },
    { method: 'POST', path: '/v1/articles', body: { title: '毒草' } },
  ];
  const writes: [string, () => Promise<{ status: number; text: string; body: { code: string } }>][] = [
    ['making it', () => app.post('/v1/articles', { title: '毒草', tags: ['新标签'] })],
    ['changing another into it', () => app.patch(other(), { title: '毒草' }, { ifMatch: '*' })],
    ['bringing it by its external id', () => app.put('/v1/articles/by-external-id/weed', { title: '毒草' })],
    ['a batch with it', () => app.post('/v1/batch', { operations: operations() })],
    ['rehearsing it', () => app.post('/v1/articles?dryRun=true', { title: '毒草' })],
  ];

  it.each(writes)('%s is a 500 that says nothing of the inside, and stores nothing', async (_what, write) => {
    const before = await stored();
    const { status, text, body } = await write();
    expect([status, body.code]).toEqual([500, 'server.error']);
    expect(text).not.toMatch(/refuse_text|no document|search_document|insert into/);
    expect(await kept()).toEqual({ rows: before, events: [] });
  });

  it('publishing what was stored before is refused as well, and the public sees nothing of it', async () => {
    const before = await stored();
    const answer = await app.post(`/v1/articles/${draft.id}/publish`, {}, { ifMatch: '*' });
    expect([answer.status, await kept()]).toEqual([500, { rows: before, events: [] }]);
    expect((await app.get(`/v1/articles/${draft.id}`)).status).toBe(404);
  });

  it('is done when it is tried again later with the same key', async () => {
    const send = () => app.post('/v1/articles', { title: '毒草重发' }, { headers: { 'Idempotency-Key': 'again' } });
    expect((await send()).status).toBe(500);
    await allow();
    const again = await send();
    expect(again.status).toBe(201);
    call(again.body.id, 'again');
    expect(await found('重发', 'perspective=draft', 'admin')).toEqual(['again']);
  });
});
