// What a release without search has written meanwhile is found soon, too.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repairLately } from '../../../src/channels/search/index/repair.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';

let app: TestApp;
let id: string;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  const made = await app.post('/v1/articles', { title: '升级之中', body: { text: '旧程序写下的。' } }, { as: 'admin' });
  id = made.body.id;
  await app.post(`/v1/articles/${id}/publish`, {}, { as: 'admin', ifMatch: made.headers.etag! });
});
afterAll(() => app.close());

const documents = () =>
  app.deps.db.sql.rows(
    'select article_id::text, version, is_working, visible::text, published_at from search_document order by 1, 2',
    [],
  );
const spoil = (statement: string) => app.deps.db.sql.rows(statement, []);

describe('a document that is not what it should be', () => {
  const faults: [what: string, statement: string][] = [
    ['is missing', 'delete from search_document'],
    ['is no working copy', 'update search_document set is_working = false'],
    ['is not public', "update search_document set visible = '{}'"],
    [
      'is of another version',
      'update search_document set visible = tstzmultirange(tstzrange(null, null)), is_working = false',
    ],
  ];
  it.each(faults)('because it %s is made so', async (_what, statement) => {
    const before = await documents();
    await spoil(statement);
    expect(await repairLately(app.deps)).toBe(1);
    expect(await documents()).toEqual(before);
    expect(await repairLately(app.deps)).toBe(0);
  });

  it('because its article was unpublished is public no more', async () => {
    await spoil("update publication set visible_until = visible_from + interval '1 millisecond'");
    app.clock.advance(10);
    expect(await repairLately(app.deps)).toBe(1);
    const [row] = (await documents()) as { visible: string }[];
    expect(row!.visible).toBe('{}');
  });

  it('because its article was trashed is gone', async () => {
    await spoil('update article set trashed_at = updated_at');
    expect(await repairLately(app.deps)).toBe(1);
    expect(await documents()).toEqual([]);
  });
});
