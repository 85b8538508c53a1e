// Articles for the tests of purging: with everything that can hang on one, under words that are found nowhere else.
import type { TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makeSection, publish } from '../../support/factories.ts';

export const dayMs = 86_400_000;
export const purge = (app: TestApp, olderThan: string, as = 'admin') =>
  app.post('/v1/articles/purge', { olderThan }, { as });

export async function trash(app: TestApp, id: string): Promise<void> {
  const { status, text } = await app.delete(`/v1/articles/${id}`, { ifMatch: '*' });
  if (status !== 204) throw new Error(text);
}

/** A draft in the trash. */
export async function makeTrashed(app: TestApp, input: object = {}): Promise<string> {
  const { id } = await makeArticle(app, input);
  await trash(app, id);
  return id;
}

export type Rich = { id: string; publicSlugs: string[]; draftSlug: string; mark: string };

/** Three versions, two of them public one after the other; `mark` is in every text of it. */
export async function makeRich(app: TestApp, mark: string): Promise<Rich> {
  const section = await makeSection(app);
  const editor = await makeEditor(app);
  const other = await makeArticle(app);
  const all = {
    title: `${mark} 题`,
    slug: `${mark}-one`,
    externalId: `${mark}-outside`,
    kicker: mark,
    subtitle: mark,
    summary: mark,
    body: { markdown: `${mark} 正文` },
    section: section.id,
    credits: [
      { role: 'author', editor: editor.id },
      { role: 'reporter', name: mark },
    ],
    tags: ['清除'],
    related: [other.id],
    metadata: { field: mark },
    seo: { title: mark, description: mark },
    note: mark,
  };
  const article = await makeArticle(app, all);
  const first = await publish(app, article);
  app.clock.advance(60_000);
  const change = (patch: object, ifMatch: string) => app.patch(`/v1/articles/${article.id}`, patch, { ifMatch });
  const changed = await change({ slug: `${mark}-two`, summary: `${mark} 二` }, first.etag);
  await publish(app, { id: article.id, etag: changed.headers.etag! });
  app.clock.advance(60_000);
  await change({ slug: `${mark}-three`, summary: `${mark} 三` }, '*');
  await hangOn(app, article.id, mark);
  return { id: article.id, publicSlugs: [`${mark}-one`, `${mark}-two`], draftSlug: `${mark}-three`, mark };
}

/** What the newsroom and the public were told beside the text. */
async function hangOn(app: TestApp, articleId: string, mark: string): Promise<void> {
  const { prisma } = app.deps.db;
  const at = app.clock.now();
  const made = { createdAt: at, createdByService: 'test' };
  await prisma.correction.create({ data: { articleId, sequence: 1, version: 2, at, note: mark } });
  await prisma.retraction.create({
    data: { articleId, sequence: 1, version: 2, at, notice: mark, reason: mark, wasPublic: true, reinstatedAt: at },
  });
  await prisma.articleComment.create({ data: { id: app.deps.newId(), articleId, version: 1, text: mark, ...made } });
  await prisma.previewLink.create({
    data: { id: app.deps.newId(), articleId, digest: Buffer.from(mark), expiresAt: at, ...made },
  });
}

/** Names of the tables in which a text stands. */
export async function findText(app: TestApp, text: string): Promise<string[]> {
  const { sql } = app.deps.db;
  const tables = await sql.rows<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
    [],
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await sql.rows(`select from "${name}" t where strpos(t::text, $1) > 0 limit 1`, [text]);
    if (rows.length > 0) found.push(name);
  }
  return found;
}
