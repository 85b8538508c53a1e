// What is printed of an article when it is published, and what is filled in when it is read: together what the working
// copy shows, always by the names of today, and nothing that a writer types is taken for a mark.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicationView } from '../../../src/resources/articles/queries/published-view.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import {
  makeArticle,
  makeEditor,
  makePublished,
  makeSection,
  makeSource,
  makeTag,
  publish,
} from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const read = async (id: string, search = '') => (await app.get(`/v1/articles/${id}${search}`)).body;
const patch = (path: string, body: object) => app.patch(`/v1/${path}`, body, { ifMatch: '*' });

async function makeRich(fields: object = {}) {
  const top = await makeSection(app);
  const section = await makeSection(app, { parent: top.id });
  const [source, editor, tag, other] = [
    await makeSource(app),
    await makeEditor(app),
    await makeTag(app),
    await makeTag(app),
  ];
  const [related, hidden] = [await makePublished(app, { title: '相关' }), await makeArticle(app)];
  const credits = [
    { role: 'author', editor: editor.id },
    { role: 'translator', name: '外人 "引号"' },
    { role: 'editor', editor: editor.id },
  ];
  const article = await makePublished(app, {
    kicker: '肩题',
    urgency: 3,
    cover: { url: 'https://example.com/a.jpg', caption: '图' },
    seo: { title: 'SEO' },
    metadata: { desk: ['a', 1, null], 'a:b': { c: '\\/x' } },
    section: section.id,
    source: source.id,
    credits,
    tags: [tag.body.name, other.body.name],
    related: [hidden.id, related.id],
    body: { text: '正文' },
    ...fields,
  });
  return { top, section, source, editor, tag, related, hidden, article };
}

it('is printed by the function that the program defines', async () => {
  const [stored] = await app.deps.db.sql.rows<{ body: string }>(
    `select prosrc as body from pg_proc where proname = 'publication_view'`,
    [],
  );
  // Otherwise a migration must replace the function by this one, and then print all rows again.
  expect(stored!.body.trim()).toBe(publicationView.trim());
});

it('shows what the working copy shows', async () => {
  const { article } = await makeRich();
  const draft = (await app.get(`/v1/articles/${article.id}?perspective=draft`, { as: 'viewer' })).body;
  const { related, updatedAt, ...published } = await read(article.id);
  expect(draft).toMatchObject(published);
  expect(related).toEqual([{ ...draft.related[1], publishedAt: updatedAt }]);
  const shared = Object.keys(draft).filter((name) => name in published);
  expect(Object.keys(published)).toEqual(shared);
});

describe('names and places of today', () => {
  it('are shown without a write to what was published', async () => {
    const { top, section, source, editor, tag, article } = await makeRich();
    const stamp = `select xmin::text as stamp from publication where article_id = $1::uuid`;
    const before = await app.deps.db.sql.rows(stamp, [article.id]);
    await patch(`sections/${top.id}`, { name: '上 "甲"', slug: `up-${section.slug}` });
    await patch(`sections/${section.id}`, { name: '下' });
    await patch(`sources/${source.id}`, { name: '源', url: 'https://example.com/\\' });
    await patch(`editors/${editor.id}`, { name: '人\n二' });
    await patch(`tags/${tag.id}`, { name: '签 \u2028' });
    const shown = await read(article.id);
    expect(shown.section).toMatchObject({
      name: '下',
      breadcrumb: [{ name: '上 "甲"', slug: `up-${section.slug}` }, { name: '下' }],
    });
    expect(shown.source).toMatchObject({ name: '源', url: 'https://example.com/\\' });
    expect(shown.credits.map(({ name }: { name: string }) => name)).toEqual(['人\n二', '外人 "引号"', '人\n二']);
    expect(shown.credits[0].editor).toMatchObject({ id: editor.id, name: '人\n二' });
    expect(shown.tags[0]).toMatchObject({ name: '签 \u2028' });
    expect(await app.deps.db.sql.rows(stamp, [article.id])).toEqual(before);
  });

  it('follow a branch that is moved, all the way down', async () => {
    const { top, section, article } = await makeRich();
    const above = await makeSection(app);
    await patch(`sections/${top.id}`, { parent: above.id });
    const ids = (await read(article.id)).section.breadcrumb.map(({ slug }: { slug: string }) => slug);
    expect(ids).toEqual([above.slug, top.slug, section.slug]);
    expect((await app.get(`/v1/articles/${article.id}`)).headers['surrogate-key']).toContain(`section:${above.id}`);
    await patch(`sections/${section.id}`, { parent: null });
    expect((await read(article.id)).section.breadcrumb).toHaveLength(1);
  });
});

it('what is typed is never taken for a mark', async () => {
  const victim = await makeSection(app, { name: '不该出现' });
  const marks = [
    `\\/${victim.id}`,
    `"\\/${victim.id}"`,
    `\\\\/${victim.id}`,
    '"\\/url:x"',
    `\\/name:${victim.id}`,
    '\x7f$& $1',
  ];
  for (const text of marks) {
    const metadata = { [text]: text };
    const { article } = await makeRich({ title: text.slice(0, 80), summary: text, metadata, slug: undefined });
    const shown = await read(article.id);
    expect([shown.summary, shown.metadata, shown.url]).toEqual([
      text,
      metadata,
      `https://news.test/v1/articles/${shown.slug}`,
    ]);
    const [listed] = (await app.get(`/v1/articles?ids=${article.id}`)).body.data;
    expect(listed).toEqual({ ...shown, body: undefined });
  }
});

it('a related article comes and goes with its own publication', async () => {
  const { related, hidden, article } = await makeRich();
  const shownIds = async () => (await read(article.id)).related.map(({ id }: { id: string }) => id);
  expect(await shownIds()).toEqual([related.id]);
  await publish(app, hidden);
  expect(await shownIds()).toEqual([hidden.id, related.id]);
  app.clock.advance(1000);
  await app.post(`/v1/articles/${related.id}/unpublish`, undefined, { ifMatch: '*' });
  expect(await shownIds()).toEqual([hidden.id]);
});

it('firstPublishedAt and corrections stay right over updates, corrections and a return', async () => {
  const { article } = await makeRich();
  const first = (await read(article.id)).firstPublishedAt;
  app.clock.advance(60_000);
  await app.post(
    `/v1/articles/${article.id}/correct`,
    { note: '更正一', changes: { summary: '改' } },
    { ifMatch: '*' },
  );
  expect(await read(article.id)).toMatchObject({
    firstPublishedAt: first,
    corrections: [{ sequence: 1, note: '更正一' }],
  });
  app.clock.advance(60_000);
  await patch(`articles/${article.id}`, { summary: '再改' });
  await app.post(`/v1/articles/${article.id}/publish`, undefined, { ifMatch: '*' });
  const shown = await read(article.id);
  expect(shown).toMatchObject({ firstPublishedAt: first, summary: '再改', corrections: [{ note: '更正一' }] });
  expect(Date.parse(shown.updatedAt)).toBe(Date.parse(first) + 120_000);
});
