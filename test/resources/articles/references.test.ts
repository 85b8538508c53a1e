import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection, makeSource, makeTag } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const absentId = '0195f2a0-0000-7000-8000-00000000dead';
const create = (input: object, as = 'editor') => app.post('/v1/articles', { title: '稿件', ...input }, { as });
const types = async () => (await app.newEvents()).map((event) => event.type);
const tagNames = (body: { tags: { name: string }[] }) => body.tags.map(({ name }) => name);
const pointers = (body: { errors: { pointer: string }[] }) => body.errors.map(({ pointer }) => pointer);
type Made = { id: string; etag: string };
const trash = (plural: string, made: Made) => app.delete(`/v1/${plural}/${made.id}`, { ifMatch: made.etag });

describe('what an article names must exist', () => {
  it('everything that does not is told at once: 422 with a pointer for each, nothing is written', async () => {
    const known = await makeEditor(app);
    await app.newEvents();
    const input = {
      section: 'mei-you-lan-mu',
      source: absentId,
      credits: [
        { role: 'author', editor: 'mei-you-ren' },
        { role: 'author', editor: known.slug },
        { role: 'editor', name: '有名字' },
        { role: 'editor', editor: absentId },
      ],
      tags: ['会新建的标签', absentId],
      related: ['mei-you-gao', absentId],
    };
    const answer = await create(input);
    expect(answer.body).toMatchObject({ status: 422, code: 'reference.not_found' });
    expect(pointers(answer.body)).toEqual([
      '/section',
      '/source',
      '/credits/0/editor',
      '/credits/3/editor',
      '/tags/1',
      '/related/0',
      '/related/1',
    ]);
    for (const { code, message } of answer.body.errors) {
      expect(code).toBe('not_found');
      expect(message).toMatch(/mei-you|dead/);
    }
    expect(await types()).toEqual([]);
    expect(await app.deps.db.prisma.tag.count({ where: { name: '会新建的标签' } })).toBe(0);
  });

  it('the same for a change and a replacement', async () => {
    const made = await makeArticle(app);
    await app.newEvents();
    for (const answer of [
      await app.patch(`/v1/articles/${made.id}`, { section: 'mei-you', tags: ['新的'] }, { ifMatch: made.etag }),
      await app.put('/v1/articles/by-external-id/mei-you', { title: 'x', section: 'mei-you', tags: ['新的'] }),
    ]) {
      expect(answer.status).toBe(422);
      expect(pointers(answer.body)).toEqual(['/section']);
    }
    expect(await types()).toEqual([]);
  });

  it.each([
    ['a section as source', async () => ({ source: (await makeSection(app)).slug }), '/source'],
    ['a source as section', async () => ({ section: (await makeSource(app)).slug }), '/section'],
    [
      'a source as editor',
      async () => ({ credits: [{ role: 'author', editor: (await makeSource(app)).id }] }),
      '/credits/0/editor',
    ],
    ['a tag as related article', async () => ({ related: [(await makeTag(app)).id] }), '/related/0'],
    [
      'the name of a section instead of its slug',
      async () => ({ section: (await makeSection(app)).body.name }),
      '/section',
    ],
  ])('%s is not found', async (_name, input, pointer) => {
    const answer = await create(await input());
    expect(answer.status).toBe(422);
    expect(pointers(answer.body)).toEqual([pointer]);
  });

  it('slugs and ids do the same, ids in capitals too', async () => {
    const [section, source, editor] = [await makeSection(app), await makeSource(app), await makeEditor(app)];
    const related = await makeArticle(app);
    const by = (pick: (made: { id: string; slug: string }) => string) => ({
      section: pick(section),
      source: pick(source),
      credits: [{ role: 'author', editor: pick(editor) }],
      related: [pick(related)],
    });
    const made = await makeArticle(
      app,
      by(({ slug }) => slug),
    );
    for (const input of [by(({ id }) => id), by(({ id }) => id.toUpperCase())]) {
      const answer = await app.patch(`/v1/articles/${made.id}`, input, { ifMatch: made.etag });
      expect(answer.headers.etag).toBe(made.etag);
    }
  });

  it.each(['%', '_', "'; drop table tag; --", '\\', '*', '{}', '{a,b}', 'NULL'])(
    'a name that means something in SQL is only a name: %s',
    async (name) => {
      const answer = await create({ section: name, related: [name], credits: [{ role: 'author', editor: name }] });
      expect(answer.status).toBe(422);
      expect(pointers(answer.body)).toEqual(['/section', '/credits/0/editor', '/related/0']);
      expect(tagNames((await create({ tags: [name] })).body)).toEqual([name]);
    },
  );
});

describe('tags', () => {
  it('are named by name, slug or id', async () => {
    const tag = await makeTag(app, { name: '两会', slug: 'liang-hui' });
    await app.newEvents();
    for (const name of ['两会', 'liang-hui', tag.id, tag.id.toUpperCase()]) {
      expect((await create({ tags: [name] })).body.tags).toEqual([{ slug: 'liang-hui', name: '两会' }]);
    }
    expect(await types()).toEqual(Array(4).fill('article.created'));
  });

  it('that do not exist are made on the way, each with its event, before the article’s own', async () => {
    const answer = await create({ tags: ['新一', '新二', '新一'] });
    expect(answer.body.tags).toEqual([
      { slug: 'xin-yi', name: '新一' },
      { slug: 'xin-er', name: '新二' },
    ]);
    const events = await app.newEvents();
    expect(events.map(({ type }) => type)).toEqual(['tag.drafted', 'tag.drafted', 'article.created']);
    const tag = (await app.get('/v1/tags/xin-yi?perspective=draft', { as: 'editor' })).body;
    expect(events.find(({ subjectId }) => subjectId === tag.id)).toMatchObject({
      actorId: 'editor',
      payload: { revision: 1, slug: 'xin-yi', name: '新一' },
    });
  });

  it('with names that are spelled alike get slugs of their own', async () => {
    const answer = await create({ tags: ['视力', '实力', '势力'] });
    expect(new Set(answer.body.tags.map(({ slug }: { slug: string }) => slug)).size).toBe(3);
    expect(tagNames(answer.body)).toEqual(['视力', '实力', '势力']);
  });

  it('are made by a writer too, and by a patch', async () => {
    const made = await makeArticle(app, {}, 'writer');
    await app.newEvents();
    const patch = { tags: ['记者的标签'] };
    const answer = await app.patch(`/v1/articles/${made.id}`, patch, { as: 'writer', ifMatch: made.etag });
    expect(tagNames(answer.body)).toEqual(['记者的标签']);
    expect(await types()).toEqual(['tag.drafted', 'article.revised']);
  });

  it('20 articles with the same new tags at the same time make each tag once', async () => {
    const names = ['同时一', '同时二', '同时三'];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        create({ title: `同时 ${i}`, tags: i % 2 === 0 ? names : names.toReversed() }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect((await types()).filter((type) => type === 'tag.drafted')).toHaveLength(3);
    expect(await app.deps.db.prisma.tag.count({ where: { name: { in: names } } })).toBe(3);
  });

  it('20 articles with different new tags that are spelled alike all succeed', async () => {
    const names = [...'是事市式试世室视势士适释饰氏示誓逝嗜噬仕'];
    const answers = await Promise.all(names.map((name) => create({ title: `同音 ${name}`, tags: [name] })));
    expect(answers.map(({ status }) => status)).toEqual(Array(names.length).fill(201));
  });
});

describe('what is in the trash cannot be referred to', () => {
  it.each([
    ['sections', makeSection, (made: Made) => ({ section: made.id }), '/section'],
    ['sources', makeSource, (made: Made) => ({ source: made.id }), '/source'],
    ['editors', makeEditor, (made: Made) => ({ credits: [{ role: 'author', editor: made.id }] }), '/credits/0/editor'],
    ['tags', makeTag, (made: Made) => ({ tags: [made.id] }), '/tags/0'],
    ['articles', makeArticle, (made: Made) => ({ related: [made.id] }), '/related/0'],
  ] as const)('%s', async (plural, make, input, pointer) => {
    const made = await make(app);
    expect((await trash(plural, made)).status).toBe(204);
    await app.newEvents();
    const answer = await create(input(made));
    expect(answer.body).toMatchObject({ status: 422, code: 'reference.not_found' });
    expect(pointers(answer.body)).toEqual([pointer]);
    expect(await types()).toEqual([]);
  });

  it('the name of a trashed tag is refused, with a pointer to its place, and makes no second one', async () => {
    const tag = await makeTag(app, { name: '扔掉的' });
    await trash('tags', tag);
    await app.newEvents();
    const answer = await create({ tags: ['留下的', '扔掉的'] });
    expect(answer.body).toMatchObject({ status: 422, code: 'reference.not_found' });
    expect(pointers(answer.body)).toEqual(['/tags/1']);
    expect(await types()).toEqual([]);
  });

  it('a section is not trashed while an article is being filed under it: one of the two gives way', async () => {
    for (let round = 0; round < 5; round += 1) {
      const section = await makeSection(app);
      const [created, trashed] = await Promise.all([create({ section: section.id }), trash('sections', section)]);
      expect([
        [201, 409],
        [422, 204],
      ]).toContainEqual([created.status, trashed.status]);
    }
  });
});

describe('related articles', () => {
  it('are drafts or public ones, and a former slug names its article', async () => {
    const live = await makePublished(app, { slug: 'xian-qian' });
    const moved = await app.patch(`/v1/articles/${live.id}`, { slug: 'xian-zai' }, { ifMatch: live.etag });
    app.clock.advance(1000);
    await app.post(`/v1/articles/${live.id}/publish`, undefined, { ifMatch: moved.headers.etag });
    const answer = await create({ related: ['xian-qian'] });
    expect(answer.body.related).toMatchObject([{ id: live.id, slug: 'xian-zai' }]);
  });

  it('a draft outside the key’s sections is as if absent; a public one, and one inside, can be named', async () => {
    const [inside, outside] = [await makeSection(app), await makeSection(app)];
    const as = await app.createKey({ name: '限', role: 'editor', sections: [inside.id] });
    const hidden = await makeArticle(app, { section: outside.id, slug: 'wai-gao' });
    const shown = await makePublished(app, { section: outside.id });
    const own = await makeArticle(app, { section: inside.id });
    for (const [name, absent] of [
      [hidden.slug, 'wu-gao'],
      [hidden.id, absentId],
    ] as const) {
      const answer = await create({ section: inside.id, related: [name] }, as);
      const nothing = await create({ section: inside.id, related: [absent] }, as);
      const strip = (text: string, what: string) => text.replaceAll(what, '…').replace(/"requestId":"[^"]+"/, '');
      expect(answer.status).toBe(422);
      expect(strip(answer.text, name)).toBe(strip(nothing.text, absent));
    }
    const answer = await create({ section: inside.id, related: [shown.id, own.slug] }, as);
    expect(answer.body.related.map(({ id }: Made) => id)).toEqual([shown.id, own.id]);
  });

  it('the draft slug of a public article outside the key’s sections is as if absent, its public slug is not', async () => {
    const [inside, outside] = [await makeSection(app), await makeSection(app)];
    const as = await app.createKey({ name: '限二', role: 'editor', sections: [inside.id] });
    const shown = await makePublished(app, { section: outside.id, slug: 'wai-gong-kai' });
    await app.patch(`/v1/articles/${shown.id}`, { slug: 'wai-mi-mi' }, { ifMatch: shown.etag });
    const refused = await create({ section: inside.id, related: [shown.id, 'wai-mi-mi'] }, as);
    expect(refused.status).toBe(422);
    expect(pointers(refused.body)).toEqual(['/related/1']);
    expect((await create({ section: inside.id, related: ['wai-gong-kai'] }, as)).status).toBe(201);
  });
});
