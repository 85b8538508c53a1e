// Words that the newsroom teaches search, and documents that are made anew for them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reindexNext } from '../../../src/channels/search/index/reindexing.ts';
import { reindexAll } from '../../../src/channels/search/index/upkeep.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const teach = (text: string) => app.post('/v1/search/terms', { text }, { as: 'admin' });
const state = async () => (await app.get('/v1/search/index', { as: 'admin' })).body;
const workOnce = () => reindexNext(app.deps);

async function workToTheEnd(): Promise<void> {
  while (await workOnce()) {
    // One batch after the other.
  }
}

async function publish(title: string, text: string): Promise<string> {
  const made = await app.post('/v1/articles', { title, body: { text } }, { as: 'admin' });
  const done = await app.post(`/v1/articles/${made.body.id}/publish`, {}, { as: 'admin', ifMatch: made.headers.etag! });
  expect(done.status).toBe(200);
  return made.body.id;
}

const hasWord = async (articleId: string, word: string) => {
  const [row] = await app.deps.db.sql.rows<{ has: boolean }>(
    'select words @@ $2::tsquery as has from search_document where article_id = $1::uuid',
    [articleId, `'${word}'`],
  );
  return row!.has;
};
const find = async (q: string) => {
  const answer = await app.get(`/v1/search?q=${encodeURIComponent(q)}&fields=id`);
  return answer.body.data.map(({ id }: { id: string }) => id);
};

describe('a taught word', () => {
  it('is listed, newest first, told of in the log, and forgotten', async () => {
    const first = await teach('灵境计划');
    app.clock.advance(1);
    const second = await teach('蓝芯一号');
    expect([first.status, second.status]).toEqual([201, 201]);
    const read = await app.get(new URL(first.headers.location!).pathname, { as: 'admin' });
    expect([read.status, read.body]).toEqual([200, first.body]);
    const listed = await app.get('/v1/search/terms?limit=1', { as: 'admin' });
    expect(listed.body.data).toEqual([second.body]);
    const rest = await app.get(`/v1/search/terms?cursor=${listed.body.page.nextCursor}`, { as: 'admin' });
    expect(rest.body.data).toEqual([first.body]);
    expect((await app.delete(`/v1/search/terms/${first.body.id}`, { as: 'admin' })).status).toBe(204);
    expect((await app.delete(`/v1/search/terms/${first.body.id}`, { as: 'admin' })).status).toBe(404);
    const types = (await app.newEvents()).map(({ type }) => type);
    expect(types).toEqual(['search_term.created', 'search_term.created', 'search_term.deleted']);
    await workToTheEnd();
  });

  it('is refused the second time, in whatever form it comes', async () => {
    expect((await teach('臺灣海峽號')).status).toBe(201);
    const again = await teach('台湾海峡号');
    expect([again.status, again.body.code]).toEqual([409, 'search.term_taken']);
    await workToTheEnd();
  });

  it.each(['x', '青', 'only latin', '青岛 两会', '青岛，两会', '好'.repeat(31), 'covid'])(
    'cannot be "%s"',
    async (text) => {
      const answer = await teach(text);
      expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, '/text']);
    },
  );

  it.each(['viewer', 'writer', 'editor', 'monitor'])('is not for a %s', async (as) => {
    expect((await app.post('/v1/search/terms', { text: '新词甲' }, { as })).status).toBe(403);
  });
});

describe('words that cannot be taught', () => {
  it('are those beyond ten thousand', async () => {
    await app.deps.db.sql.rows(
      `insert into search_term (id, text, folded, created_at, created_by_service)
       select gen_random_uuid(), n::text, n::text, now(), 'test' from generate_series(1, 10000) n`,
      [],
    );
    const answer = await teach('第一万零一个');
    expect([answer.status, answer.body.code]).toEqual([409, 'search.too_many_terms']);
    await app.deps.db.sql.rows(`delete from search_term where created_by_service = 'test'`, []);
  });

  it('are those of a key that is limited to sections', async () => {
    await app.post('/v1/sections', { name: '体育', slug: 'ti-yu' }, { as: 'admin' });
    const limited = await app.createKey({ name: 'limited', role: 'admin', sections: ['ti-yu'] });
    const answer = await app.post('/v1/search/terms', { text: '越界之词' }, { as: limited });
    expect([answer.status, answer.body.code]).toEqual([403, 'auth.outside_sections']);
  });

  it('of a rehearsal leave nothing', async () => {
    const rehearsed = await app.post('/v1/search/terms?dryRun=true', { text: '彩排之词' }, { as: 'admin' });
    expect(rehearsed.status).toBe(201);
    expect((await app.get('/v1/search/terms?limit=1', { as: 'admin' })).body.data[0]?.text).not.toBe('彩排之词');
    expect((await state()).isRebuilding).toBe(false);
  });
});

describe('documents that hold a new word', () => {
  it('are made anew in the background, others are not, and both are found all the time', async () => {
    const id = await publish('灯塔', '专家谈到了瀚海云图计划的进展。');
    const other = await publish('别处', '瀚海很大，云图很美。');
    expect(await hasWord(id, '瀚海云图')).toBe(false);
    expect((await teach('瀚海云图')).status).toBe(201);
    expect(await state()).toMatchObject({ isRebuilding: true, waiting: 1 });
    expect(await find('瀚海云图')).toContain(id);
    await workToTheEnd();
    expect([await hasWord(id, '瀚海云图'), await hasWord(other, '瀚海云图')]).toEqual([true, false]);
    // Asked otherwise, so that no answer from before is kept.
    expect(await find('瀚海云图 -无关')).toEqual([id]);
    expect(await state()).toMatchObject({ isRebuilding: false, progress: 1, waiting: 0 });
  });

  it('are made anew batch by batch, and the progress is told', async () => {
    for (let n = 0; n < 30; n += 1) await publish(`远航 ${n}`, '沧海明珠号起航。');
    await teach('沧海明珠号');
    await workOnce();
    const { isRebuilding, progress } = await state();
    expect([isRebuilding, progress]).toEqual([true, 25 / 30]);
    await workToTheEnd();
    expect((await state()).progress).toBe(1);
  });

  it('come from the names of records, too', async () => {
    const id = await publish('新项目', '他们在讨论青云织网工程。');
    await app.post('/v1/tags', { name: '青云织网' }, { as: 'admin' });
    await workToTheEnd();
    expect(await hasWord(id, '青云织网')).toBe(true);
  });
});

describe('making everything anew', () => {
  it('brings back what was lost, drafts and names included', async () => {
    const id = await publish('重建索引', '内容还在。');
    const draft = await app.post('/v1/articles', { title: '未发的稿' }, { as: 'admin' });
    await app.deps.db.sql.rows('delete from search_document', []);
    await app.deps.db.sql.rows('delete from search_name', []);
    expect(await find('重建索引 内容')).toEqual([]);
    const count = await reindexAll(app.deps);
    const [{ articles }] = (await app.deps.db.sql.rows<{ articles: number }>(
      'select count(*)::int as articles from article',
      [],
    )) as [{ articles: number }];
    expect(count).toBe(articles);
    expect(await find('重建索引 内容 -别的')).toEqual([id]);
    const drafts = await app.get(`/v1/search?q=${encodeURIComponent('未发的稿')}&perspective=draft`, { as: 'admin' });
    expect(drafts.body.data.map((hit: { id: string }) => hit.id)).toEqual([draft.body.id]);
    const [{ names }] = (await app.deps.db.sql.rows<{ names: number }>(
      'select count(*)::int as names from search_name',
      [],
    )) as [{ names: number }];
    expect(names).toBe(2);
  });
});
