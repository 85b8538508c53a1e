// Trashing sections, editors, sources and tags: what is in use stays, and the answer names what uses it; what is in the
// trash is nowhere to be seen, and its names stay taken.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeSection, publish } from '../../support/factories.ts';
import { nouns } from './nouns.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

type Named = { id: string; slug: string; name: string };

/** The part of an article that refers to a record. */
const referTo: Record<string, (record: Named) => object> = {
  section: ({ id }) => ({ section: id }),
  editor: ({ slug }) => ({ credits: [{ role: 'author', editor: slug }] }),
  source: ({ slug }) => ({ source: slug }),
  tag: ({ name }) => ({ tags: [name] }),
};
const referToNone: Record<string, object> = {
  section: { section: null },
  editor: { credits: null },
  source: { source: null },
  tag: { tags: null },
};

const hour = 3_600_000;
const inOneHour = () => new Date(app.clock.now().getTime() + hour).toISOString();

describe.each(nouns)('$plural', ({ noun, plural }) => {
  const path = `/v1/${plural}`;
  let count = 0;
  const make = async (input: object = {}): Promise<Named> => {
    count += 1;
    const answer = await app.post(path, { name: `待删 ${noun} ${count}`, ...input });
    expect(answer.status).toBe(201);
    return answer.body;
  };
  const trash = (record: Named) => app.delete(`${path}/${record.id}`, { ifMatch: '*' });
  const articleWith = (record: Named) => makeArticle(app, referTo[noun]!(record));
  /** Takes the reference out of the working copy. */
  const release = async (article: { id: string; etag: string }) => {
    const answer = await app.patch(`/v1/articles/${article.id}`, referToNone[noun], { ifMatch: article.etag });
    expect(answer.status).toBe(200);
    return { id: article.id, etag: answer.headers.etag! };
  };

  async function expectHeldBy(record: Named, use: { type: string; id: string; name: string }): Promise<void> {
    await app.newEvents();
    const answer = await trash(record);
    expect(answer).toMatchObject({ status: 409, body: { code: `${noun}.in_use`, usedBy: [use] } });
    expect(answer.body.detail).toContain(use.name);
    expect(answer.body.errors).toMatchObject([{ code: 'in_use' }]);
    expect(answer.body.errors[0].message).toContain(use.id);
    expect(await app.newEvents()).toEqual([]);
    expect((await app.get(`${path}/${record.id}`)).status).toBe(200);
  }

  it('are gone from reads, lists and counts, and told about once', async () => {
    const record = await make();
    const before = (await app.get(`${path}?count=exact&limit=1`)).body.page.total;
    await app.newEvents();
    const answer = await app.delete(`${path}/${record.slug}`, { ifMatch: '"r1"' });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect(await app.newEvents()).toMatchObject([
      { type: `${noun}.trashed`, subjectId: record.id, payload: { revision: 2 } },
    ]);
    for (const name of [record.id, record.slug]) {
      expect((await app.get(`${path}/${name}`)).status).toBe(404);
      expect((await app.get(`${path}/${name}?perspective=draft`, { as: 'admin' })).status).toBe(404);
    }
    expect((await app.get(`${path}?ids=${record.id}`)).body.data).toEqual([]);
    const list = await app.get(`${path}?count=exact&limit=100&sort=-updatedAt`);
    expect(list.text).not.toContain(record.id);
    expect(list.body.page.total).toBe(before - 1);
    expect(await trash(record)).toMatchObject({ status: 404, body: { code: 'resource.not_found' } });
    expect((await app.patch(`${path}/${record.id}`, { name: '改' }, { ifMatch: '*' })).status).toBe(404);
  });

  it('keep slug and external id taken while in the trash', async () => {
    const record = await make({ externalId: `trashed-${noun}` });
    await trash(record);
    const slug = await app.post(path, { name: '后来', slug: record.slug });
    expect(slug).toMatchObject({ status: 409, body: { code: `${noun}.slug_taken` } });
    const upsert = await app.put(`${path}/by-external-id/trashed-${noun}`, { name: '后来' });
    expect(upsert).toMatchObject({ status: 409, body: { code: `${noun}.external_id_taken` } });
  });

  it('cannot be referred to from the trash', async () => {
    const record = await make();
    await trash(record);
    const answer = await app.post('/v1/articles', { title: '引用', ...referTo[noun]!(record) });
    expect(answer).toMatchObject({ status: 422, body: { code: 'reference.not_found' } });
  });

  it('stay while a working copy uses them', async () => {
    const record = await make();
    const article = await articleWith(record);
    await expectHeldBy(record, { type: 'article', id: article.id, name: article.body.title });
    await release(article);
    expect((await trash(record)).status).toBe(204);
  });

  it('are no longer held by a working copy that was trashed', async () => {
    const record = await make();
    const article = await articleWith(record);
    await app.delete(`/v1/articles/${article.id}`, { ifMatch: article.etag });
    expect((await trash(record)).status).toBe(204);
  });

  it('stay while a version that is public uses them, and go once it is not', async () => {
    const record = await make();
    const article = await publish(app, await articleWith(record));
    const released = await release(article);
    await expectHeldBy(record, { type: 'article', id: article.id, name: article.body.title });
    await app.post(`/v1/articles/${article.id}/unpublish`, undefined, { ifMatch: released.etag });
    app.clock.advance(1000);
    expect((await trash(record)).status).toBe(204);
  });

  it('stay while a version that is scheduled uses them, and go once it is called off', async () => {
    const record = await make();
    const article = await publish(app, await articleWith(record), { at: inOneHour() });
    const released = await release(article);
    await expectHeldBy(record, { type: 'article', id: article.id, name: article.body.title });
    await app.post(`/v1/articles/${article.id}/unpublish`, undefined, { ifMatch: released.etag });
    expect((await trash(record)).status).toBe(204);
  });

  it('are no longer held by a publication that has expired', async () => {
    const record = await make();
    const article = await publish(app, await articleWith(record), { until: inOneHour() });
    await release(article);
    expect((await trash(record)).status).toBe(409);
    app.clock.advance(hour);
    expect((await trash(record)).status).toBe(204);
  });

  it('either go or are used, never both, when both happen at once', async () => {
    for (let round = 1; round <= 6; round += 1) {
      const record = await make();
      const [gone, article] = await Promise.all([
        trash(record),
        app.post('/v1/articles', { title: `争用 ${round}`, ...referTo[noun]!(record) }),
      ]);
      expect([
        [204, 422],
        [409, 201],
      ]).toContainEqual([gone.status, article.status]);
    }
  });
});

const keyUses = [
  ['sections', 'section', (record: Named) => ({ sections: [record.id] })],
  ['editors', 'editor', (record: Named) => ({ editor: record.slug })],
] as const;

describe('an API key', () => {
  it.each(keyUses)('holds back the %s it belongs to until it is revoked', async (plural, noun, ownership) => {
    const record = (await app.post(`/v1/${plural}`, { name: `有钥 ${noun}` })).body;
    const key = (
      await app.post('/v1/api-keys', { name: '门户', role: 'writer', ...ownership(record) }, { as: 'admin' })
    ).body;
    const held = await app.delete(`/v1/${plural}/${record.id}`, { ifMatch: '*' });
    expect(held).toMatchObject({
      status: 409,
      body: { code: `${noun}.in_use`, usedBy: [{ type: 'api key', id: key.id, name: '门户' }] },
    });
    await app.delete(`/v1/api-keys/${key.id}`, { as: 'admin' });
    expect((await app.delete(`/v1/${plural}/${record.id}`, { ifMatch: '*' })).status).toBe(204);
  });
});

describe('a section', () => {
  it('names an article whose draft has moved elsewhere by the title that the public sees', async () => {
    const [mine, other] = [await makeSection(app), await makeSection(app)];
    const key = await app.createKey({ name: 'limited', role: 'editor', sections: [mine.id] });
    const article = await publish(app, await makeArticle(app, { title: '公开的题', section: mine.id }));
    const moved = { title: '别处的秘密', section: other.id };
    await app.patch(`/v1/articles/${article.id}`, moved, { ifMatch: article.etag });
    const answer = await app.delete(`/v1/sections/${mine.id}`, { ifMatch: '*', as: key });
    expect(answer).toMatchObject({ status: 409, body: { usedBy: [{ name: '公开的题' }, { type: 'api key' }] } });
    expect(answer.text).not.toContain('别处的秘密');
  });

  it('stays while another is below it, which is named', async () => {
    const top = await makeSection(app);
    const below = await makeSection(app, { parent: top.id });
    const held = await app.delete(`/v1/sections/${top.id}`, { ifMatch: top.etag });
    expect(held).toMatchObject({
      status: 409,
      body: { code: 'section.in_use', usedBy: [{ type: 'section', id: below.id, name: below.body.name }] },
    });
    await app.delete(`/v1/sections/${below.id}`, { ifMatch: below.etag });
    expect((await app.delete(`/v1/sections/${top.id}`, { ifMatch: top.etag })).status).toBe(204);
  });

  it('either goes or gets a child, never both, when both happen at once', async () => {
    for (let round = 1; round <= 6; round += 1) {
      const top = await makeSection(app);
      const [gone, child] = await Promise.all([
        app.delete(`/v1/sections/${top.id}`, { ifMatch: '*' }),
        app.post('/v1/sections', { name: `子 ${round}`, parent: top.id }),
      ]);
      expect([
        [204, 422],
        [409, 201],
      ]).toContainEqual([gone.status, child.status]);
    }
  });
});
