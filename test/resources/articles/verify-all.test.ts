// Every article's versions are walked: the first flaw by article, what was purged, and what is gone without a trace.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashVersion } from '../../../src/resources/articles/content.ts';
import { verifyVersions } from '../../../src/resources/articles/verify.ts';
import { findVersion } from '../../../src/resources/articles/versions.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle } from '../../support/factories.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp(import.meta.url);
});
afterEach(() => app.close());

const verify = () => verifyVersions(app.deps.db, null);

async function alter(statement: string, values: unknown[]): Promise<void> {
  const { sql } = app.deps.db;
  for (const table of ['article_version', 'article_slug', 'event']) {
    await sql.rows(`alter table ${table} disable trigger user`, []);
  }
  await sql.rows(statement, values);
}

async function makeArticles(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    app.clock.advance(1000);
    ids.push((await makeArticle(app)).id);
  }
  return ids;
}

it('an empty newsroom holds', async () => {
  expect(await verify()).toEqual({ articles: 0, versions: 0, flaw: null });
});

it('more articles than are read at once are all walked', async () => {
  const [id] = await makeArticles(1);
  await copyArticle(id!, 600);
  expect(await verify()).toEqual({ articles: 601, versions: 601, flaw: null });
  const [last] = await app.deps.db.prisma.article.findMany({ orderBy: { id: 'desc' }, take: 1 });
  await alter("update article_version set title = '伪' where article_id = $1::uuid", [last!.id]);
  expect(await verify()).toMatchObject({ articles: 600, versions: 601, flaw: { articleId: last!.id, version: 1 } });
});

/** Articles of one version each, with hashes that hold. */
async function copyArticle(id: string, count: number): Promise<void> {
  const { sql } = app.deps.db;
  const { content } = (await findVersion(sql, id, 1))!;
  const createdAt = app.clock.now();
  const createdBy = { type: 'service', id: 'copy', name: 'copy' } as const;
  const copies = Array.from({ length: count }, (_, i) => {
    const copy = { id: app.deps.newId(), slug: `copy-${i}` };
    const facts = { articleId: copy.id, number: 1, createdAt, createdBy, note: null, previousHash: null };
    return { ...copy, hash: hashVersion(facts, { ...content, slug: copy.slug }).toString('hex') };
  });
  await sql.rows(
    `with copy as (select * from jsonb_to_recordset($1::jsonb) as c(id uuid, slug text, hash text)),
     made as (
       insert into article (id, slug, title, created_at, created_by_service, updated_at)
       select c.id, c.slug, v.title, $3::timestamptz, 'copy', $3::timestamptz
       from copy c cross join article_version v where v.article_id = $2::uuid)
     insert into article_version (article_id, number, slug, locale, title, body, word_count, metadata, created_at, created_by_service, hash)
     select c.id, 1, c.slug, v.locale, v.title, v.body, v.word_count, v.metadata, $3::timestamptz, 'copy', decode(c.hash, 'hex')
     from copy c cross join article_version v where v.article_id = $2::uuid`,
    [JSON.stringify(copies), id, createdAt.toISOString()],
  );
}

it('of several that were altered, the oldest article is named', async () => {
  const [, second, third] = await makeArticles(3);
  await alter("update article_version set title = '伪' where article_id = any($1::uuid[])", [[third, second]]);
  expect(await verify()).toMatchObject({ articles: 1, versions: 2, flaw: { articleId: second, version: 1 } });
});

it('what was purged is fine, since a tombstone tells of it', async () => {
  const [purged] = await makeArticles(2);
  await app.delete(`/v1/articles/${purged}`, { ifMatch: '*' });
  app.clock.advance(86_400_000 * 31);
  const answer = await app.post('/v1/articles/purge', { olderThan: 'P30D' }, { as: 'admin' });
  expect([answer.status, answer.body.data]).toEqual([200, [expect.objectContaining({ id: purged })]]);
  expect(await verify()).toEqual({ articles: 1, versions: 1, flaw: null });
});

it('what was removed as if it had never been is missed, since the event log tells of it', async () => {
  const [, removed] = await makeArticles(2);
  await alter('delete from article_version where article_id = $1::uuid', [removed]);
  expect(await verify()).toMatchObject({ flaw: { articleId: removed, version: 1, what: 'it is missing' } });
  await alter('delete from article_slug where article_id = $1::uuid', [removed]);
  await alter('delete from article where id = $1::uuid', [removed]);
  const what = 'it is missing, and no purge was recorded';
  expect(await verify()).toEqual({ articles: 1, versions: 1, flaw: { articleId: removed, version: null, what } });
});
