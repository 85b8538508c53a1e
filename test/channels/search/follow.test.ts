// What a process that knows of no index has written is found soon, too: the log tells of it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { followLog } from '../../../src/channels/search/index/follow.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  // From here on the log is followed.
  await followLog(app.deps);
});
afterAll(() => app.close());

const follow = async () => {
  while (await followLog(app.deps)) {
    // To the end of the log.
  }
};
beforeEach(follow);

const documents = () =>
  app.deps.db.sql.rows(
    `select article_id::text, version, is_working, visible::text, published_at from search_document order by 1, 2`,
    [],
  );
const spoil = (statement: string) => app.deps.db.sql.rows(statement, []);
const act = async (id: string, action: string, body: object = {}) => {
  app.clock.advance(1000);
  const answer = await app.post(`/v1/articles/${id}/${action}`, body, { as: 'admin', ifMatch: '*' });
  expect(answer.status, answer.text).toBe(200);
};

// Each is a write, and what the table would look like had the writer left it alone.
const deeds: [what: string, deed: () => Promise<unknown>][] = [
  ['created', () => makeArticle(app, { title: '旧程序写的稿' })],
  ['published', () => makePublished(app, { title: '旧程序发的稿' })],
  [
    'unpublished',
    async () => {
      const { id } = await makePublished(app, { title: '旧程序撤下的稿' });
      await act(id, 'unpublish');
    },
  ],
  [
    'scheduled, and called off',
    async () => {
      const { id } = await makeArticle(app, { title: '旧程序排定的稿' });
      await act(id, 'publish', { at: new Date(app.clock.now().getTime() + 3_600_000).toISOString() });
      await act(id, 'unschedule');
    },
  ],
  [
    'trashed',
    async () => {
      const { id } = await makePublished(app, { title: '旧程序扔掉的稿' });
      await app.delete(`/v1/articles/${id}`, { as: 'admin', ifMatch: '*' });
    },
  ],
];

describe('what was left alone', () => {
  it.each(deeds)('when it was %s is made right', async (_what, deed) => {
    const before = await documents();
    await deed();
    const right = await documents();
    await spoil('delete from search_document');
    for (const row of before) {
      await app.deps.db.sql.rows(
        `insert into search_document (article_id, version, is_working, visible, published_at, words, text)
         values ($1::uuid, $2, $3, $4::tstzmultirange, $5, '', '')`,
        Object.values(row),
      );
    }
    await follow();
    expect(await documents()).toEqual(right);
  });

  it('of names is made right', async () => {
    const tag = await app.post('/v1/tags', { name: '瀚海' }, { as: 'admin' });
    await spoil(`update search_name set folded = '旧名' where id = '${tag.body.id}'`);
    await follow();
    const [row] = await app.deps.db.sql.rows<{ folded: string }>(
      `select folded from search_name where id = '${tag.body.id}'`,
      [],
    );
    expect(row!.folded).toBe('瀚海');
  });
});
