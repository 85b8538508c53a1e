// Bringing an old version back: a new version with its content; history is never rewritten.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyVersions } from '../../../src/resources/articles/verify.ts';
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
beforeEach(() => app.newEvents());

const revise = (id: string, patch: object, as = 'editor') =>
  app.patch(`/v1/articles/${id}`, patch, { as, ifMatch: '*' });
const restore = (id: string, body: object, as = 'editor', ifMatch = '*') =>
  app.post(`/v1/articles/${id}/restore`, body, { as, ifMatch });
const versionsOf = (id: string) =>
  app.deps.db.prisma.articleVersion.findMany({ where: { articleId: id }, orderBy: { number: 'asc' } });

/** Every field, so that one that is forgotten is missed. */
async function makeRich() {
  const [section, source, editor, tag] = [
    await makeSection(app),
    await makeSource(app),
    await makeEditor(app),
    await makeTag(app),
  ];
  const related = await makePublished(app);
  return makeArticle(app, {
    title: '初稿',
    locale: 'zh-Hans',
    kicker: '肩题',
    subtitle: '副题',
    summary: '导语',
    body: { markdown: '第一段。\n\n## 小标题\n\n第二段。' },
    section: section.id,
    source: source.id,
    sourceUrl: 'https://example.org/a',
    credits: [
      { role: 'author', editor: editor.id },
      { role: 'photographer', name: '外拍' },
    ],
    tags: [tag.slug],
    cover: { url: 'https://example.org/a.jpg', alt: '图' },
    related: [related.id],
    seo: { title: '搜索标题', noindex: true },
    genre: '消息',
    urgency: 3,
    metadata: { 版面: 'A1' },
  });
}

const otherContent = {
  title: '二稿',
  locale: 'en',
  kicker: null,
  subtitle: null,
  summary: null,
  body: null,
  section: null,
  source: null,
  sourceUrl: null,
  credits: null,
  tags: null,
  cover: null,
  related: null,
  seo: null,
  genre: null,
  urgency: null,
  metadata: null,
};
const desk = ['revision', 'version', 'updatedAt', 'warnings', 'state', 'assignee', 'externalId', 'embargoUntil'];
const contentOf = (body: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(body).filter(([name]) => !desk.includes(name)));

describe('restoring a version', () => {
  it('makes a new version with all of the old content, and leaves every stored one as it was', async () => {
    const made = await makeRich();
    await revise(made.id, otherContent);
    const before = await versionsOf(made.id);
    const answer = await restore(made.id, { version: 1, reason: '误删' });
    expect(answer.status).toBe(200);
    expect(contentOf(answer.body)).toEqual(contentOf(made.body));
    expect(answer.body).toMatchObject({ version: 3, revision: 3, state: 'draft', warnings: [] });
    const after = await versionsOf(made.id);
    expect(after.slice(0, 2)).toEqual(before);
    expect(after[2]).toMatchObject({ note: '误删', previousHash: before[1]!.hash });
    expect(await verifyVersions(app.deps.db, made.id)).toMatchObject({ versions: 3, flaw: null });
  });

  it('records one event, which names the version it came from and the fields that changed', async () => {
    const made = await makeArticle(app, { title: '一', summary: '同' });
    await revise(made.id, { title: '二', kicker: '新' });
    await app.newEvents();
    await restore(made.id, { version: 1 });
    const [version] = (await versionsOf(made.id)).slice(-1);
    expect(await app.newEvents()).toMatchObject([
      {
        type: 'article.revised',
        subjectId: made.id,
        payload: {
          revision: 3,
          version: 3,
          restoredFrom: 1,
          fields: ['title', 'kicker'],
          hash: Buffer.from(version!.hash).toString('hex'),
        },
      },
    ]);
    expect(version!.note).toBe(null);
  });

  it('of what is the content already makes nothing', async () => {
    const made = await makeArticle(app, { title: '一' });
    const second = await revise(made.id, { title: '二' });
    await revise(made.id, { title: '一' });
    await app.newEvents();
    for (const version of [3, 1]) {
      const answer = await restore(made.id, { version });
      expect(answer).toMatchObject({ status: 200, body: { version: 3, revision: 3, title: '一', warnings: [] } });
    }
    expect(await app.newEvents()).toEqual([]);
    expect(second.body.version).toBe(2);
  });

  it('leaves what the public reads, what is scheduled, assignee, embargo and external id alone', async () => {
    const assignee = await makeEditor(app);
    const live = await makePublished(app, { title: '一', assignee: assignee.id, externalId: 'restore-desk' });
    await revise(live.id, { title: '二' });
    const at = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    await publish(app, { id: live.id, etag: '*' }, { at });
    await revise(live.id, { title: '三' });
    const answer = await restore(live.id, { version: 1 });
    expect(answer.body).toMatchObject({
      title: '一',
      version: 4,
      assignee: { id: assignee.id },
      externalId: 'restore-desk',
      scheduled: { version: 2, at },
      isPublic: true,
      hasUnpublishedChanges: true,
    });
    expect((await app.get(`/v1/articles/${live.id}`)).body).toMatchObject({ title: '一', version: 1 });

    const veiled = await makeArticle(app, { title: '一' });
    await revise(veiled.id, { title: '二', embargoUntil: at });
    expect((await restore(veiled.id, { version: 1 })).body).toMatchObject({ title: '一', embargoUntil: at });
  });

  it('makes a draft of what was in review or approved', async () => {
    const made = await makeArticle(app, { title: '一' });
    await revise(made.id, { title: '二' });
    await app.post(`/v1/articles/${made.id}/approve`, undefined, { ifMatch: '*' });
    expect((await restore(made.id, { version: 1 })).body).toMatchObject({ state: 'draft', version: 3 });
  });
});

describe('what is not to be had any more', () => {
  it('a slug that another article has taken: the present one stays, and a warning says so', async () => {
    const made = await makeArticle(app, { title: '一', slug: 'jiu-ming' });
    await revise(made.id, { title: '二', slug: 'xin-ming' });
    const other = await makeArticle(app, { slug: 'jiu-ming' });
    const answer = await restore(made.id, { version: 1 });
    expect(answer.body).toMatchObject({
      title: '一',
      slug: 'xin-ming',
      version: 3,
      warnings: [{ code: 'slug.kept', pointer: '/slug', message: expect.stringContaining('"jiu-ming"') }],
    });
    expect(answer.text).not.toContain(other.id);
    await app.newEvents();
    // Now only the slug differs, and it is not to be had: there is nothing to make.
    const again = await restore(made.id, { version: 1 });
    expect(again.body).toMatchObject({ version: 3, warnings: [{ code: 'slug.kept' }] });
    expect(await app.newEvents()).toEqual([]);
  });

  it('a slug that is free, or the article’s own from before, comes back', async () => {
    const made = await makePublished(app, { title: '一', slug: 'zi-you' });
    await revise(made.id, { slug: 'gai-guo' });
    const draft = await makeArticle(app, { slug: 'mei-ren-yong' });
    await revise(draft.id, { slug: 'bie-de' });
    for (const [id, slug] of [
      [made.id, 'zi-you'],
      [draft.id, 'mei-ren-yong'],
    ] as const) {
      expect((await restore(id, { version: 1 })).body).toMatchObject({ slug, version: 3, warnings: [] });
    }
    // What it leaves is free again.
    expect((await makeArticle(app, { slug: 'bie-de' })).slug).toBe('bie-de');
  });

  it('a related article that was purged is left out with a warning; one in the trash stays', async () => {
    const [kept, gone, trashed] = [await makeArticle(app), await makeArticle(app), await makeArticle(app)];
    const made = await makeArticle(app, { title: '一', related: [kept.id, gone.id, trashed.id] });
    await revise(made.id, { title: '二', related: null });
    await app.delete(`/v1/articles/${gone.id}`, { ifMatch: '*' });
    app.clock.advance(1000);
    const purged = await app.post('/v1/articles/purge', { olderThan: 'PT1S' }, { as: 'admin' });
    expect(purged.body.data.map(({ id }: { id: string }) => id)).toEqual([gone.id]);
    await app.delete(`/v1/articles/${trashed.id}`, { ifMatch: '*' });
    const answer = await restore(made.id, { version: 1 });
    expect(answer.body.warnings).toEqual([
      { code: 'related.purged', pointer: '/related/1', message: expect.not.stringContaining(gone.id) },
    ]);
    const stored = await app.deps.db.prisma.articleVersionRelated.findMany({
      where: { articleId: made.id, version: 3 },
      orderBy: { position: 'asc' },
    });
    expect(stored.map(({ relatedId }) => relatedId)).toEqual([kept.id, trashed.id]);
  });

  it('a section, source, editor or tag in the trash comes back with a warning, and publishing asks for another', async () => {
    const [section, source, editor, tag] = [
      await makeSection(app),
      await makeSource(app),
      await makeEditor(app),
      await makeTag(app),
    ];
    const made = await makeArticle(app, {
      section: section.id,
      source: source.id,
      credits: [{ role: 'author', editor: editor.id }],
      tags: [tag.slug],
    });
    await revise(made.id, { section: null, source: null, credits: null, tags: null });
    for (const [plural, { id }] of Object.entries({ sections: section, sources: source, editors: editor, tags: tag })) {
      expect((await app.delete(`/v1/${plural}/${id}`, { ifMatch: '*' })).status).toBe(204);
    }
    const answer = await restore(made.id, { version: 1 });
    expect(answer.status).toBe(200);
    const pointers = ['/credits/0/editor', '/section', '/source', '/tags/0'];
    expect(answer.body.warnings.map((one: { code: string; pointer: string }) => [one.code, one.pointer])).toEqual(
      pointers.map((pointer) => ['reference.trashed', pointer]),
    );
    const refused = await app.post(`/v1/articles/${made.id}/publish`, undefined, { ifMatch: '*' });
    expect(refused.body.code).toBe('article.not_ready');
  });
});

describe('a restore that is refused', () => {
  it.each([
    ['a number that no version has', 3],
    ['the largest number', 2_147_483_647],
  ])('%s: 422 that points at it, nothing is stored', async (_name, version) => {
    const made = await makeArticle(app);
    await revise(made.id, { title: '二' });
    await app.newEvents();
    const answer = await restore(made.id, { version });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'article.version_not_found', errors: [{ pointer: '/version', code: 'version_not_found' }] },
    });
    expect(await app.newEvents()).toEqual([]);
  });

  it.each([[0], [-1], [1.5], [2_147_483_648], [1e300], ['1'], [null], [[1]], [{ $ref: 'x' }]])(
    'the version %j is a 400',
    async (version) => {
      const made = await makeArticle(app);
      const answer = await restore(made.id, { version });
      expect(answer.status).toBe(400);
      expect(new Set(answer.body.errors.map((fault: { pointer: string }) => fault.pointer))).toEqual(
        new Set(['/version']),
      );
    },
  );

  it('a member that is not known, or a version that is not there, is a 400 that names it', async () => {
    const made = await makeArticle(app);
    for (const body of [{ version: 1, note: 'x' }, {}, { version: 1, reason: ' ' }]) {
      expect((await restore(made.id, body)).status).toBe(400);
    }
  });

  it('a version of another article is not this one’s', async () => {
    const [one, other] = [await makeArticle(app), await makeArticle(app)];
    await revise(other.id, { title: '二' });
    expect((await restore(one.id, { version: 2 })).status).toBe(422);
  });

  it('without If-Match is 428, with a stale one 412, in the trash 404', async () => {
    const made = await makeArticle(app, { title: '一' });
    await revise(made.id, { title: '二' });
    expect((await app.post(`/v1/articles/${made.id}/restore`, { version: 1 })).status).toBe(428);
    const stale = await restore(made.id, { version: 1 }, 'editor', made.etag);
    expect(stale).toMatchObject({ status: 412, body: { errors: [{ pointer: '/title' }] } });
    await app.delete(`/v1/articles/${made.id}`, { ifMatch: '*' });
    expect((await restore(made.id, { version: 1 })).status).toBe(404);
  });
});

describe('who may restore', () => {
  it('whoever may edit: a writer only its own, a viewer nothing', async () => {
    const own = await makeArticle(app, { title: '一' }, 'writer');
    const others = await makeArticle(app, { title: '一' });
    for (const { id } of [own, others]) await revise(id, { title: '二' });
    const statuses = async (id: string) => {
      const found = [];
      for (const as of ['viewer', 'writer', 'editor', 'admin'])
        found.push((await restore(id, { version: 1 }, as)).status);
      return found;
    };
    expect(await statuses(own.id)).toEqual([403, 200, 200, 200]);
    expect(await statuses(others.id)).toEqual([403, 403, 200, 200]);
  });

  it('to a limited key, a version that was filed outside of its sections is one that never was', async () => {
    const [mine, other] = [await makeSection(app), await makeSection(app)];
    const below = await makeSection(app, { parent: mine.id });
    const made = await makeArticle(app, { title: '一', section: other.id });
    await revise(made.id, { title: '二', section: null });
    await revise(made.id, { title: '三', section: below.id });
    await revise(made.id, { title: '四', section: mine.id });
    const key = await app.createKey({ name: 'limited', role: 'editor', sections: [mine.id] });
    await app.newEvents();
    for (const version of [1, 2, 99]) {
      const answer = await restore(made.id, { version }, key);
      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'article.version_not_found', detail: `The article has no version ${version}.` },
      });
    }
    expect(await app.newEvents()).toEqual([]);
    expect((await restore(made.id, { version: 3 }, key)).body).toMatchObject({
      title: '三',
      section: { id: below.id },
    });
  });
});

it('a rehearsal of a restore answers what would come, and stores nothing', async () => {
  const made = await makeArticle(app, { title: '一' });
  await revise(made.id, { title: '二' });
  await app.newEvents();
  const answer = await app.post(`/v1/articles/${made.id}/restore?dryRun=true`, { version: 1 }, { ifMatch: '*' });
  expect(answer).toMatchObject({ status: 200, body: { title: '一', version: 3 } });
  expect(await app.newEvents()).toEqual([]);
  expect(await versionsOf(made.id)).toHaveLength(2);
});
