// That no stored version was altered can be proven: whatever is changed beside the program is found, and the first is named.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashVersion } from '../../../src/resources/articles/content.ts';
import { verifyVersions } from '../../../src/resources/articles/verify.ts';
import { findVersion } from '../../../src/resources/articles/versions.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makeSection } from '../../support/factories.ts';

let app: TestApp;
let sql: pg.Client;
let editors: string[];
const tables = ['article_version', 'article_version_credit', 'article_version_tag', 'article_version_related', 'event'];
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  sql = new pg.Client({ connectionString: app.databaseUrl });
  await sql.connect();
  editors = [(await makeEditor(app)).id, (await makeEditor(app)).id];
});
afterAll(async () => {
  await sql.end();
  await app.close();
});

/** What somebody with the database's password can do. */
async function alter(statement: string, values: unknown[]): Promise<void> {
  for (const table of tables) await sql.query(`alter table ${table} disable trigger user`);
  const { rowCount } = await sql.query(statement, values);
  expect(rowCount).toBeGreaterThan(0);
  for (const table of tables) await sql.query(`alter table ${table} enable trigger user`);
}

/** Four versions by an editor, with everything that a version has. */
async function makeChain(): Promise<string> {
  const key = await app.createKey({ name: '桌面', role: 'editor', editor: editors[0]! });
  const related = [await makeArticle(app), await makeArticle(app)].map(({ id }) => id);
  const { id: section } = await makeSection(app);
  const credits = editors.map((editor) => ({ role: 'author', editor }));
  const article = await makeArticle(
    app,
    { section, credits, tags: ['甲', '乙'], related, metadata: { a: 1 }, note: '初稿' },
    key,
  );
  for (const title of ['二', '三', '四']) {
    const body = { markdown: `**${title}** [链](https://example.com/) 𠮷 e\u0301` };
    const answer = await app.patch(`/v1/articles/${article.id}`, { title, body }, { ifMatch: '*', as: key });
    expect(answer.status).toBe(200);
  }
  return article.id;
}

const verify = async (id: string) => (await verifyVersions(app.deps.db, id)).flaw;
const content = /what it holds \(content, author, instant or note\)/;

describe('a chain that nobody touched', () => {
  it('holds, with all of its versions', async () => {
    const id = await makeChain();
    expect(await verifyVersions(app.deps.db, id)).toEqual({ articles: 1, versions: 4, flaw: null });
  });

  it('holds through every act that makes a version', async () => {
    const id = await makeChain();
    const act = async (action: string, body?: object) => {
      app.clock.advance(1000);
      const answer = await app.post(`/v1/articles/${id}/${action}`, body, { ifMatch: '*' });
      expect([action, answer.status]).toEqual([action, 200]);
    };
    await act('publish');
    await app.patch(`/v1/articles/${id}`, { subtitle: '工作稿' }, { ifMatch: '*' });
    await act('correct', { note: '更正', changes: { summary: '导语' } });
    await act('restore', { version: 1 });
    await act('retract', { notice: '撤稿' });
    expect(await verifyVersions(app.deps.db, id)).toMatchObject({ articles: 1, versions: 8, flaw: null });
  });

  it('holds in the trash', async () => {
    const id = await makeChain();
    await app.delete(`/v1/articles/${id}`, { ifMatch: '*' });
    expect(await verify(id)).toBeNull();
  });

  it('of more versions than are read at once holds, and a flaw behind the first of these is found', async () => {
    const article = await makeArticle(app);
    for (let i = 2; i <= 120; i += 1)
      await app.patch(`/v1/articles/${article.id}`, { title: `第 ${i}` }, { ifMatch: '*' });
    expect(await verifyVersions(app.deps.db, article.id)).toEqual({ articles: 1, versions: 120, flaw: null });
    await alter("update article_version set note = 'x' where article_id = $1 and number = 101", [article.id]);
    expect(await verify(article.id)).toMatchObject({ articleId: article.id, version: 101 });
  });
});

describe('what was altered is found:', () => {
  const versionTwo = 'where article_id = $1 and number = 2';
  const partOfTwo = 'where article_id = $1 and version = 2';
  it.each([
    ['a title', `update article_version set title = '伪' ${versionTwo}`],
    ['a slug', `update article_version set slug = 'wei' ${versionTwo}`],
    ['a body', `update article_version set body = '[]' ${versionTwo}`],
    ['a section that was taken away', `update article_version set section_id = null ${versionTwo}`],
    ['metadata', `update article_version set metadata = '{"a": 2}' ${versionTwo}`],
    ['a note that was added', `update article_version set note = '伪' ${versionTwo}`],
    ['an instant', `update article_version set created_at = created_at + interval '1 ms' ${versionTwo}`],
    ['a credit', `update article_version_credit set role = 'editor' ${partOfTwo} and position = 1`],
    [
      'a credit given to another',
      `update article_version_credit set editor_id = null, name = '伪' ${partOfTwo} and position = 1`,
    ],
    ['a credit that was removed', `delete from article_version_credit ${partOfTwo} and position = 2`],
    ['a tag that was removed', `delete from article_version_tag ${partOfTwo} and position = 1`],
    [
      'related articles in another order',
      `update article_version_related set position = 9 ${partOfTwo} and position = 1`,
    ],
  ])('%s', async (_name, statement) => {
    const id = await makeChain();
    await alter(statement, [id]);
    expect(await verify(id)).toEqual({ articleId: id, version: 2, what: expect.stringMatching(content) });
  });

  it('an author who was swapped for another', async () => {
    const id = await makeChain();
    await alter(`update article_version set created_by_editor = $2 ${versionTwo}`, [id, editors[1]]);
    expect(await verify(id)).toMatchObject({ version: 2, what: expect.stringMatching(content) });
  });

  it('an editor who was swapped for a service', async () => {
    const id = await makeChain();
    await alter(
      `update article_version set created_by_editor = null, created_by_service = created_by_editor::text ${versionTwo}`,
      [id],
    );
    expect(await verify(id)).toMatchObject({ version: 2, what: expect.stringMatching(content) });
  });

  it('a hash', async () => {
    const id = await makeChain();
    await alter(`update article_version set hash = sha256('x') ${versionTwo}`, [id]);
    expect(await verify(id)).toMatchObject({
      version: 2,
      what: expect.stringContaining('its stored hash was replaced'),
    });
  });

  it('a previous hash', async () => {
    const id = await makeChain();
    await alter(`update article_version set previous_hash = sha256('x') ${versionTwo}`, [id]);
    expect(await verify(id)).toMatchObject({ version: 2, what: expect.stringContaining('previous hash') });
  });

  it('the newest version', async () => {
    const id = await makeChain();
    await alter("update article_version set title = '伪' where article_id = $1 and number = 4", [id]);
    expect(await verify(id)).toMatchObject({ version: 4, what: expect.stringMatching(content) });
  });

  it('the first of several', async () => {
    const id = await makeChain();
    await alter("update article_version set title = '伪' where article_id = $1 and number > 2", [id]);
    expect(await verify(id)).toMatchObject({ version: 3 });
  });

  it('a version that was rewritten with hashes that fit, since the event log tells of another', async () => {
    const id = await makeChain();
    const rows = await app.deps.db.prisma.articleVersion.findMany({
      where: { articleId: id },
      orderBy: { number: 'asc' },
    });
    let previousHash: Uint8Array | null = rows[0]!.hash;
    for (const { number, createdAt, note } of rows.slice(1)) {
      const stored = (await findVersion(app.deps.db.sql, id, number))!;
      const forged = number === 2 ? { ...stored.content, title: '伪' } : stored.content;
      const createdBy = { type: 'editor', id: editors[0]!, name: '' } as const;
      const hash: Buffer = hashVersion({ articleId: id, number, createdAt, createdBy, note, previousHash }, forged);
      const statement =
        'update article_version set title = $3, hash = $4, previous_hash = $5 where article_id = $1 and number = $2';
      await alter(statement, [id, number, forged.title, hash, previousHash]);
      previousHash = hash;
    }
    expect(await verify(id)).toMatchObject({ version: 2, what: expect.stringContaining('event log') });
  });
});

describe('what was removed is found:', () => {
  const parts = ['credit', 'tag', 'related'].map(
    (part) => `gone_${part} as (delete from article_version_${part} where article_id = $1 and version = $2)`,
  );
  const remove = `with ${parts.join(', ')} delete from article_version where article_id = $1 and number = $2`;

  it.each([1, 2, 4])('version %i of four', async (number) => {
    const id = await makeChain();
    await alter(remove, [id, number]);
    expect(await verify(id)).toEqual({ articleId: id, version: number, what: 'it is missing' });
  });

  it('the last version, also where the article was made to say that there was none', async () => {
    const id = await makeChain();
    await alter(remove, [id, 4]);
    await sql.query('update article set version = 3 where id = $1', [id]);
    expect(await verify(id)).toEqual({ articleId: id, version: 4, what: 'it is missing' });
  });

  it('all versions', async () => {
    const id = await makeChain();
    for (const number of [1, 2, 3, 4]) await alter(remove, [id, number]);
    expect(await verify(id)).toEqual({ articleId: id, version: 1, what: 'it is missing' });
  });

  it('not what the log has forgotten: a version of which no event tells is judged by its chain', async () => {
    const id = await makeChain();
    await alter('delete from event where subject_id = $1', [id]);
    expect(await verify(id)).toBeNull();
    await alter("update article_version set title = '伪' where article_id = $1 and number = 3", [id]);
    expect(await verify(id)).toMatchObject({ version: 3 });
  });
});
