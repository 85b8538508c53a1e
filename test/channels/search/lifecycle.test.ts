// The index follows the articles: what becomes public is found by the very next request, what ends is not, and a write
// that does not come about leaves nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, publish as publishDraft } from '../../support/factories.ts';
import { askingOf } from './asking.ts';

let app: TestApp;
const { ask, found, publish, call } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  for (const name of ['neighbour', 'other']) await publish(name, { title: '邻居文章', body: { text: '与此无关' } });
});
afterAll(() => app.close());

const hour = 3_600_000;
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const act = async (id: string, action: string, body?: object) => {
  app.clock.advance(1000);
  const answer = await app.post(`/v1/articles/${id}/${action}`, body, { ifMatch: '*' });
  expect(answer.status, `${action} ${answer.text}`).toBe(200);
};
const trash = async (id: string) => {
  app.clock.advance(1000);
  const answer = await app.delete(`/v1/articles/${id}`, { ifMatch: '*' });
  expect(answer.status, answer.text).toBeLessThan(300);
};
const patch = (id: string, body: object) => app.patch(`/v1/articles/${id}`, body, { ifMatch: '*' });

/** In whichever way it is asked: names by relevance and by date, the count, and what the facet of the year counts. */
async function shown(q: string) {
  const { body } = await ask(q, 'count=exact&facets=year&fields=id');
  const years = body.facets.year.values.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
  const names = await found(q);
  expect(await found(q, 'sort=-publishedAt')).toEqual(names);
  expect([body.page.total, years]).toEqual([names.length, names.length]);
  return names;
}

let count = 0;
/** A word that nothing else has. */
const title = () => {
  count += 1;
  return `whale${count}`;
};
async function draft(name: string, input: { title: string; [field: string]: unknown }) {
  const made = await makeArticle(app, input);
  call(made.id, name);
  return made;
}

describe('the next request', () => {
  it('finds what was published, and not what is a draft', async () => {
    const text = title();
    expect(await shown(text)).toEqual([]);
    const made = await draft('whale', { title: text });
    expect(await shown(text)).toEqual([]);
    await publishDraft(app, made);
    expect(await shown(text)).toEqual(['whale']);
    expect(await shown('邻居文章')).toEqual(['neighbour', 'other']);
  });

  it('finds an updated article by its new text and no longer by its old one', async () => {
    const made = await publish('story', { title: '河马出逃', body: { text: '已找到' } });
    expect(await shown('河马')).toEqual(['story']);
    await patch(made.id, { title: '犀牛出逃' });
    expect([await shown('河马'), await shown('犀牛')]).toEqual([['story'], []]);
    await act(made.id, 'publish');
    expect([await shown('河马'), await shown('犀牛'), await shown('已找到')]).toEqual([[], ['story'], ['story']]);
  });

  it('finds a corrected article by its correction', async () => {
    const made = await publish('fixed', { title: '斑马数量公布', body: { text: '共有七十匹' } });
    await act(made.id, 'correct', { note: '数字有误', changes: { body: { text: '共有九十匹' } } });
    expect([await shown('"共有七十匹"'), await shown('"共有九十匹"')]).toEqual([[], ['fixed']]);
  });

  it('finds what became public in a batch, an import or an upsert', async () => {
    const made = await draft('batched', { title: '企鹅孵化' });
    const path = `/v1/articles/${made.id}/publish`;
    const operations = [{ method: 'POST', path, ifMatch: '*', body: {} }];
    expect((await app.post('/v1/batch', { operations })).status).toBe(200);
    expect(await shown('企鹅')).toEqual(['batched']);
    const upserted = await app.put('/v1/articles/by-external-id/koala', { title: '考拉入住' });
    call(upserted.body.id, 'upserted');
    await act(upserted.body.id, 'publish');
    expect(await shown('考拉')).toEqual(['upserted']);
  });
});

describe('what ends is not found', () => {
  it('unpublished, and found again when it is published again', async () => {
    const text = title();
    const { id } = await publish('back', { title: text });
    expect(await shown(text)).toEqual(['back']);
    await act(id, 'unpublish');
    expect(await shown(text)).toEqual([]);
    await act(id, 'publish');
    expect(await shown(text)).toEqual(['back']);
  });

  it('retracted, and found again when it is reinstated', async () => {
    const text = title();
    const { id } = await publish('true', { title: text });
    expect(await shown(text)).toEqual(['true']);
    await act(id, 'retract', { notice: '撤回', reason: '待查' });
    expect(await shown(text)).toEqual([]);
    await act(id, 'reinstate');
    expect(await shown(text)).toEqual(['true']);
  });

  it('in the trash, and found again as a working copy when it is taken out, by the public when it is published', async () => {
    const text = title();
    const { id } = await publish('bin', { title: text });
    expect(await shown(text)).toEqual(['bin']);
    const working = () => found(text, 'perspective=draft', 'editor');
    await trash(id);
    expect([await shown(text), await working()]).toEqual([[], []]);
    await act(id, 'untrash');
    expect([await shown(text), await working()]).toEqual([[], ['bin']]);
    await act(id, 'publish');
    expect(await shown(text)).toEqual(['bin']);
  });

  it('purged, by nobody', async () => {
    const text = title();
    const { id } = await publish('gone', { title: text });
    await trash(id);
    const rows = async () =>
      (await app.deps.db.sql.rows('select from search_document where article_id = $1', [id])).length;
    expect((await app.post('/v1/articles/purge', { olderThan: 'P0D' }, { as: 'admin' })).status).toBe(200);
    expect(await rows()).toBe(0);
    expect([await shown(text), await found(text, 'perspective=draft', 'admin')]).toEqual([[], []]);
  });

  it('expired, from its instant on, by the clock alone', async () => {
    const text = title();
    await publish('brief', { title: text }, { until: fromNow(hour) });
    const seen = [];
    for (const ms of [hour - 1, 1]) {
      app.clock.advance(ms);
      seen.push(await shown(text));
    }
    expect(seen).toEqual([['brief'], []]);
  });

  it('an end that is taken back does not come', async () => {
    const text = title();
    const { id } = await publish('stays', { title: text }, { until: fromNow(hour) });
    await act(id, 'publish', { until: null });
    app.clock.advance(2 * hour);
    expect(await shown(text)).toEqual(['stays']);
  });
});

describe('what is scheduled', () => {
  it('is found from its instant on, by the clock alone, and not before', async () => {
    const text = title();
    await publish('later', { title: text }, { at: fromNow(hour) });
    const seen = [await shown(text)];
    for (const ms of [hour - 1, 1]) {
      app.clock.advance(ms);
      seen.push(await shown(text));
    }
    expect(seen).toEqual([[], [], ['later']]);
  });

  it('is found between its instant and its end only', async () => {
    const text = title();
    await publish('window', { title: text }, { at: fromNow(hour), until: fromNow(2 * hour) });
    const seen = [];
    for (const ms of [hour - 1, 1, hour - 1, 1]) {
      app.clock.advance(ms);
      seen.push((await shown(text)).length);
    }
    expect(seen).toEqual([0, 1, 1, 0]);
  });

  it('an update shows the old text until then and the new one from then on', async () => {
    const { id } = await publish('update', { title: '孔雀开屏', body: { text: '老' } });
    await patch(id, { title: '白鹭归来' });
    const at = fromNow(hour);
    await act(id, 'publish', { at });
    const both = async () => [await shown('孔雀'), await shown('白鹭')];
    expect(await both()).toEqual([['update'], []]);
    app.clock.set(new Date(Date.parse(at) - 1));
    expect(await both()).toEqual([['update'], []]);
    app.clock.advance(1);
    expect(await both()).toEqual([[], ['update']]);
  });

  it('does not come when it is taken back, changed meanwhile or not', async () => {
    const text = title();
    const { id } = await publish('called off', { title: text }, { at: fromNow(hour) });
    await patch(id, { summary: '改过' });
    await act(id, 'unschedule');
    app.clock.advance(2 * hour);
    expect(await shown(text)).toEqual([]);
  });

  it('the version that was scheduled is found, not what was written after', async () => {
    const { id } = await publish('pinned', { title: '骆驼上路' }, { at: fromNow(hour) });
    await patch(id, { title: '羚羊上路' });
    app.clock.advance(hour);
    expect([await shown('骆驼'), await shown('羚羊')]).toEqual([['pinned'], []]);
    expect(await found('羚羊', 'perspective=draft', 'viewer')).toEqual(['pinned']);
  });
});

describe('an embargoed article', () => {
  it('is not found before its embargo ends and it is published', async () => {
    const text = title();
    const until = fromNow(hour);
    const made = await draft('embargoed', { title: text, embargoUntil: until });
    expect(await shown(text)).toEqual([]);
    expect((await app.post(`/v1/articles/${made.id}/publish`, {}, { ifMatch: '*' })).status).toBe(409);
    expect(await shown(text)).toEqual([]);
    await act(made.id, 'publish', { at: until });
    expect(await shown(text)).toEqual([]);
    app.clock.advance(hour);
    expect(await shown(text)).toEqual(['embargoed']);
  });
});

describe('a write that does not come about', () => {
  const rows = async () =>
    (await app.deps.db.sql.rows<{ row: string }>('select d::text as row from search_document d order by 1', [])).map(
      ({ row }) => row,
    );
  const names = async () =>
    (await app.deps.db.sql.rows<{ row: string }>('select n::text as row from search_name n order by 1', [])).map(
      ({ row }) => row,
    );

  it('leaves no row: refused, tried, or undone with others', async () => {
    const { id } = await publish('same', { title: '树懒睡觉' });
    const other = await draft('kept', { title: '水獭游泳' });
    const before = { rows: await rows(), names: await names() };
    const answers = [
      await app.post('/v1/articles?dryRun=true', { title: '刺猬过街' }),
      await app.patch(`/v1/articles/${id}?dryRun=true`, { title: '刺猬过街' }, { ifMatch: '*' }),
      await app.post(`/v1/articles/${other.id}/publish?dryRun=true`, {}, { ifMatch: '*' }),
      await app.post(`/v1/articles/${id}/unpublish?dryRun=true`, undefined, { ifMatch: '*' }),
      await app.patch(`/v1/articles/${id}`, { title: '刺猬过街' }, { ifMatch: '"r99"' }),
      await app.patch(`/v1/articles/${id}`, { title: '刺猬过街' }),
      await app.post(`/v1/articles/${other.id}/publish`, {}, { as: 'writer', ifMatch: '*' }),
      await app.post('/v1/articles', { title: '刺猬过街', section: 'no-such-section' }),
      await app.post('/v1/tags?dryRun=true', { name: '刺猬' }),
      await app.post('/v1/batch', {
        operations: [
          { method: 'POST', path: '/v1/tags', body: { name: '刺猬' } },
          { method: 'POST', path: '/v1/articles', body: { title: '刺猬过街', tags: ['刺猬'] } },
          { method: 'POST', path: `/v1/articles/${other.id}/publish`, ifMatch: '*', body: {} },
          { method: 'DELETE', path: `/v1/articles/${id}`, ifMatch: '"r99"' },
        ],
      }),
    ];
    expect(answers.map(({ status, body }) => body.code ?? status)).toEqual([
      201,
      200,
      200,
      200,
      'request.precondition_failed',
      'request.precondition_required',
      'auth.forbidden',
      'reference.not_found',
      201,
      'batch.operation_failed',
    ]);
    expect({ rows: await rows(), names: await names() }).toEqual(before);
    expect([await shown('刺猬'), await shown('树懒'), await shown('水獭')]).toEqual([[], ['same'], []]);
    expect(await found('刺猬', 'perspective=draft', 'admin')).toEqual([]);
  });

  it('a publication writes no words anew: they were made with the version', async () => {
    const made = await draft('made', { title: '松鼠藏粮' });
    const words = () =>
      app.deps.db.sql.rows('select version, words::text, text from search_document where article_id = $1', [made.id]);
    const before = await words();
    expect(before).toHaveLength(1);
    await publishDraft(app, made);
    expect(await words()).toEqual(before);
  });
});
