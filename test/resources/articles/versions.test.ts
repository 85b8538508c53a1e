// What the database itself guarantees, whoever writes to it. These tests write SQL beside the application on purpose.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/platform/auth/principal.ts';
import { type ArticleContent, hashVersion } from '../../../src/resources/articles/content.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection, makeSource, publish } from '../../support/factories.ts';

let app: TestApp;
let sql: pg.Client;
let articleId: string;
let otherId: string;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  sql = new pg.Client({ connectionString: app.databaseUrl });
  await sql.connect();
  const editor = await makeEditor(app);
  const other = await makeArticle(app);
  otherId = other.id;
  const made = await makePublished(app, {
    slug: 'gong-kai',
    credits: [{ role: 'author', editor: editor.id }],
    tags: ['标签'],
    related: [other.id],
  });
  articleId = made.id;
});
afterAll(async () => {
  await sql.end();
  await app.close();
});

type Refusal = { code?: string; constraint?: string };
async function refusal(text: string, values: unknown[] = []): Promise<Refusal> {
  try {
    await sql.query('begin');
    await sql.query(text, values);
    return {};
  } catch (error) {
    const { code, constraint } = error as pg.DatabaseError;
    return { code, constraint };
  } finally {
    await sql.query('rollback');
  }
}
const immutable = { code: '23001', constraint: 'article_version_immutable' };

describe('a version that exists', () => {
  const tables = ['article_version', 'article_version_credit', 'article_version_tag', 'article_version_related'];
  const columns: Record<string, string> = {
    article_version: "title = 'x'",
    article_version_credit: "name = name, role = 'editor'",
    article_version_tag: 'position = 99',
    article_version_related: 'position = 99',
  };
  it.each(tables)('%s refuses UPDATE, also one that changes nothing', async (table) => {
    expect(await refusal(`update ${table} set ${columns[table]} where article_id = $1`, [articleId])).toEqual(
      immutable,
    );
    expect(await refusal(`update ${table} set article_id = article_id`)).toEqual(immutable);
  });
  it.each(tables)('%s refuses DELETE', async (table) => {
    expect(await refusal(`delete from ${table} where article_id = $1`, [articleId])).toEqual(immutable);
  });
  it.each(tables)('%s refuses TRUNCATE, also with everything that refers to it', async (table) => {
    expect((await refusal(`truncate ${table} cascade`)).constraint).toBe('article_version_immutable');
  });

  it.each([
    ['credit', "insert into article_version_credit values ($1, 1, 50, 'author', null, '后来的人')"],
    ['tag', 'insert into article_version_tag select $1, 1, 50, id from tag limit 1'],
    ['related article', 'insert into article_version_related select $1, 1, 50, id from article limit 1'],
  ])('takes no further %s from a later transaction', async (_name, statement) => {
    expect(await refusal(statement, [articleId])).toEqual(immutable);
  });

  it('cannot be skipped by deleting its article', async () => {
    expect((await refusal('delete from article where id = $1', [articleId])).constraint).toMatch(/_fkey$/);
  });
});

type VersionRow = {
  number: number;
  created_at: Date;
  created_by_editor: string | null;
  created_by_service: string | null;
  note: string | null;
  hash: Buffer;
  previous_hash: Buffer | null;
  content: ArticleContent;
};
const selectVersions = `
  select v.number, v.created_at, v.created_by_editor::text, v.created_by_service, v.note, v.hash, v.previous_hash,
    json_build_object('slug', slug, 'locale', locale, 'title', title, 'kicker', kicker, 'subtitle', subtitle,
      'summary', summary, 'body', body, 'section', section_id, 'source', source_id, 'sourceUrl', source_url,
      'credits', (select coalesce(json_agg(json_build_object('name', c.name, 'role', c.role, 'editorId', c.editor_id)
         order by c.position), '[]') from article_version_credit c where (c.article_id, c.version) = (v.article_id, v.number)),
      'tags', array(select t.tag_id from article_version_tag t where (t.article_id, t.version) = (v.article_id, v.number) order by t.position),
      'related', array(select r.related_id from article_version_related r where (r.article_id, r.version) = (v.article_id, v.number) order by r.position),
      'cover', cover, 'seo', seo, 'genre', genre, 'urgency', urgency, 'metadata', metadata) as content
  from article_version v where article_id = $1 order by number`;

async function readVersions(id: string): Promise<VersionRow[]> {
  return (await sql.query<VersionRow>(selectVersions, [id])).rows;
}

function rehash(id: string, row: VersionRow, previousHash: Buffer | null): string {
  const createdBy: Actor =
    row.created_by_editor === null
      ? { type: 'service', id: row.created_by_service!, name: '' }
      : { type: 'editor', id: row.created_by_editor, name: '' };
  const { number, note, created_at: createdAt } = row;
  return hashVersion({ articleId: id, number, createdAt, createdBy, note, previousHash }, row.content).toString('hex');
}

describe('the hash chain', () => {
  it('can be recomputed from what is stored, version by version, and agrees with the event log', async () => {
    const section = await makeSection(app);
    const source = await makeSource(app);
    const editor = await makeEditor(app);
    const key = await app.createKey({ name: '记者', role: 'editor', editor: editor.id });
    let made = await makeArticle(app, { title: '“引号”、\\ 与 𠮷 👩‍👩‍👧 e\u0301' }, key);
    const patches = [
      { metadata: { big: 9007199254740991, small: 5e-324, huge: 1.7976931348623157e308, minus: -0, third: 0.1 + 0.2 } },
      { metadata: { 'ключ\u2028': ['', null, true, { z: 1, a: 1e21, é: 1e-7 }], exp: 1e2, one: 1.0 } },
      {
        body: {
          markdown: '# 一\n\n**粗** [链](https://example.com/?a=1&b=2)\n\n- 一\n- 二\n\n| a | b |\n|-|-|\n| 1 | 2 |',
        },
      },
      { section: section.id, source: source.id, credits: [{ role: 'author', editor: editor.id }], tags: ['甲', '乙'] },
      { cover: { url: 'https://example.com/a.jpg', width: 10 }, seo: { keywords: ['z', 'a'], noindex: true } },
      { related: [otherId, articleId], urgency: 1, genre: '\u{10ffff}', note: '说明\n第二行', kicker: ' 空白 ' },
      { credits: null, tags: null, cover: null, section: null, metadata: null },
    ];
    for (const patch of patches) {
      app.clock.advance(1);
      const answer = await app.patch(`/v1/articles/${made.id}`, patch, { ifMatch: made.etag, as: key });
      expect(answer.status).toBe(200);
      made = { ...made, etag: answer.headers.etag! };
    }
    const versions = await readVersions(made.id);
    expect(versions).toHaveLength(patches.length + 1);
    const hashes = versions.map((row, i) => rehash(made.id, row, versions[i - 1]?.hash ?? null));
    expect(versions.map((row) => row.hash.toString('hex'))).toEqual(hashes);
    expect(versions.map((row) => row.previous_hash?.toString('hex') ?? null)).toEqual([null, ...hashes.slice(0, -1)]);
    const events = await app.deps.db.prisma.event.findMany({
      where: { subjectId: made.id },
      orderBy: { position: 'asc' },
    });
    expect(events.map(({ payload }) => (payload as { hash: string }).hash)).toEqual(hashes);
  });

  it('a change of any stored part, or of an earlier version, gives another hash', async () => {
    const made = await makeArticle(app, { title: '原文', metadata: { a: 1 } });
    await app.patch(`/v1/articles/${made.id}`, { title: '原文二' }, { ifMatch: made.etag });
    const [first, second] = await readVersions(made.id);
    const honest = rehash(made.id, second!, first!.hash);
    const forged = [
      rehash(made.id, { ...second!, content: { ...second!.content, title: '伪造' } }, first!.hash),
      rehash(made.id, { ...second!, content: { ...second!.content, metadata: { a: 2 } } }, first!.hash),
      rehash(made.id, { ...second!, note: '伪造' }, first!.hash),
      rehash(made.id, { ...second!, number: 3 }, first!.hash),
      rehash(made.id, { ...second!, created_at: new Date(0) }, first!.hash),
      rehash(made.id, { ...second!, created_by_service: 'forger' }, first!.hash),
      rehash(otherId, second!, first!.hash),
      rehash(made.id, second!, Buffer.alloc(32)),
      rehash(made.id, second!, null),
    ];
    expect(new Set([honest, ...forged]).size).toBe(forged.length + 1);
  });
});

describe('publications', () => {
  const insert = `
    insert into publication (id, article_id, version, visible_from, visible_until, title, published_at, created_at, created_by_service)
    select gen_random_uuid(), article_id, version, $2, $3, title, published_at, created_at, 'test' from publication where article_id = $1 limit 1`;

  it.each([
    ['inside an open range', '2030-01-01', '2030-01-02'],
    ['open, after its start', '2040-01-01', null],
    ['open, from before its start', '2000-01-01', null],
    ['that reaches into it', '2000-01-01', '2030-01-01'],
  ])('one %s of the same article is refused by the database', async (_name, from, until) => {
    expect(await refusal(insert, [articleId, from, until])).toEqual({
      code: '23P01',
      constraint: 'publication_overlap_excl',
    });
  });

  it('one that ends where the next begins does not overlap', async () => {
    const { visibleFrom } = (await app.deps.db.prisma.publication.findFirst({ where: { articleId } }))!;
    expect(await refusal(insert, [articleId, '2000-01-01', visibleFrom.toISOString()])).toEqual({});
  });

  it.each([
    ['empty', '2000-01-01', '2000-01-01'],
    ['backwards', '2000-01-02', '2000-01-01'],
  ])('a range that is %s is refused', async (_name, from, until) => {
    const answer = await refusal(insert, [articleId, from, until]);
    // A backwards range cannot even be built.
    expect(['23514', '22000']).toContain(answer.code);
  });

  it('a reopened range that would cover the next one is refused', async () => {
    const made = await makePublished(app);
    app.clock.advance(1000);
    const changed = await app.patch(`/v1/articles/${made.id}`, { title: '二' }, { ifMatch: made.etag });
    await publish(app, { id: made.id, etag: changed.headers.etag! });
    const answer = await refusal('update publication set visible_until = null where article_id = $1', [made.id]);
    expect(answer.constraint).toBe('publication_overlap_excl');
  });
});

describe('what happened', () => {
  it('an event cannot be changed', async () => {
    for (const change of [
      "type = 'article.trashed'",
      "payload = '{}'",
      'occurred_at = occurred_at',
      "actor_id = 'x'",
    ]) {
      expect(await refusal(`update event set ${change} where subject_id = $1`, [articleId])).toEqual({
        code: '23001',
        constraint: 'event_immutable',
      });
    }
  });

  it.each([
    ['handed to another article', 'update article_slug set article_id = $2 where article_id = $1'],
    ['renamed', "update article_slug set slug = 'x-y' where article_id = $1 and $2::uuid is not null"],
    ['released', 'delete from article_slug where article_id = $1 and $2::uuid is not null'],
  ])('a published slug cannot be %s', async (_name, statement) => {
    expect(await refusal(statement, [articleId, otherId])).toEqual({
      code: '23001',
      constraint: 'article_slug_permanent',
    });
  });
});
