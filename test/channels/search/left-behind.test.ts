// What is not found any more leaves no row behind, so that a long past costs nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announceDue } from '../../../src/resources/articles/announce.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection, makeSource, makeTag } from '../../support/factories.ts';

const hour = 3_600_000;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const run = <Row extends object>(statement: string, values: unknown[]) => app.deps.db.sql.rows<Row>(statement, values);
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const act = async (id: string, action: string, body?: object) => {
  app.clock.advance(1000);
  const answer = await app.post(`/v1/articles/${id}/${action}`, body, { ifMatch: '*' });
  expect(answer.status, answer.text).toBe(200);
};
const patch = async (id: string, title: string) => {
  expect((await app.patch(`/v1/articles/${id}`, { title }, { ifMatch: '*' })).status).toBe(200);
};

describe('the documents of an article', () => {
  /** Of which versions there are any. */
  const versions = async (id: string) =>
    (await run<{ version: number }>('select version from search_document where article_id = $1 order by 1', [id])).map(
      ({ version }) => version,
    );

  it('are those of its working copy and of what the public sees', async () => {
    const { id } = await makeArticle(app);
    for (const title of ['二', '三']) await patch(id, title);
    expect(await versions(id)).toEqual([3]);
    await act(id, 'publish');
    await patch(id, '四');
    expect(await versions(id)).toEqual([3, 4]);
    await act(id, 'publish');
    await patch(id, '五');
    expect(await versions(id)).toEqual([4, 5]);
    await act(id, 'unpublish');
    expect(await versions(id)).toEqual([5]);
    expect((await app.delete(`/v1/articles/${id}`, { ifMatch: '*' })).status).toBe(204);
    expect(await versions(id)).toEqual([]);
  });

  it('are also those of what is going to be public, as long as it is', async () => {
    const { id } = await makePublished(app);
    await patch(id, '二');
    await act(id, 'publish', { at: fromNow(hour) });
    await patch(id, '三');
    expect(await versions(id)).toEqual([1, 2, 3]);
    await act(id, 'unschedule');
    expect(await versions(id)).toEqual([1, 3]);
  });

  it('end with a publication that has expired, once that is told of', async () => {
    const { id } = await makePublished(app, {}, { until: fromNow(hour) });
    await patch(id, '二');
    app.clock.advance(hour);
    expect(await versions(id)).toEqual([1, 2]);
    while ((await announceDue(app.deps.db, app.act())) > 0);
    expect(await versions(id)).toEqual([2]);
  });
});

describe('the name of a record', () => {
  const nouns: [string, string, () => Promise<{ id: string }>][] = [
    ['section', 'sections', () => makeSection(app)],
    ['editor', 'editors', () => makeEditor(app)],
    ['source', 'sources', () => makeSource(app)],
    ['tag', 'tags', () => makeTag(app)],
  ];

  it.each(nouns)('is none while its %s is in the trash', async (_noun, path, make) => {
    const { id } = await make();
    const names = () => run('select noun from search_name where id = $1', [id]);
    expect(await names()).toHaveLength(1);
    const trashed = await app.delete(`/v1/${path}/${id}`, { as: 'admin', ifMatch: '*' });
    expect(trashed.status, trashed.text).toBe(204);
    expect(await names()).toEqual([]);
    const back = await app.post(`/v1/${path}/${id}/untrash`, undefined, { as: 'admin', ifMatch: '*' });
    expect(back.status, back.text).toBe(200);
    expect(await names()).toHaveLength(1);
  });
});
