// Sections, editors, sources and tags come out of the trash as they were, with the names they kept.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeSection } from '../../support/factories.ts';
import { nouns, valuesOf } from './nouns.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const types = async () => (await app.newEvents()).map(({ type }) => type);

describe.each(nouns)('$plural out of the trash', (kind) => {
  const { noun, plural } = kind;
  const path = `/v1/${plural}`;
  let count = 0;
  const makeTrashed = async () => {
    count += 1;
    const input = { name: `旧 ${noun} ${count}`, externalId: `old-${noun}-${count}`, ...valuesOf(kind) };
    const made = await app.post(path, input);
    expect((await app.delete(`${path}/${made.body.id}`, { ifMatch: made.headers.etag })).status).toBe(204);
    await app.newEvents();
    return made.body;
  };
  const untrash = (name: string, as = 'editor', ifMatch = '*') =>
    app.post(`${path}/${name}/untrash`, undefined, { as, ifMatch });

  it.each(['id', 'slug'] as const)('are what they were, asked for by %s, and told about once', async (by) => {
    const made = await makeTrashed();
    app.clock.advance(1000);
    const answer = await untrash(made[by]);
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"r3"', 'cache-control': 'private, no-store' } });
    expect(answer.body).toEqual({ ...made, revision: 3, trashedAt: null, updatedAt: app.clock.now().toISOString() });
    expect(await app.newEvents()).toMatchObject([
      { type: `${noun}.untrashed`, subjectId: made.id, payload: { revision: 3, fields: ['trashedAt'] } },
    ]);
    for (const name of [made.id, made.slug]) expect((await app.get(`${path}/${name}`)).status).toBe(200);
    expect((await app.get(`${path}?ids=${made.id}`)).body.data).toHaveLength(1);
  });

  it('are judged by the ETag that the trash shows', async () => {
    const made = await makeTrashed();
    expect((await app.post(`${path}/${made.id}/untrash`, undefined)).status).toBe(428);
    expect((await untrash(made.id, 'editor', '"r1"')).body).toMatchObject({
      status: 412,
      changes: [{ fields: ['trashedAt'] }],
    });
    expect(await types()).toEqual([]);
    const shown = await app.get(`${path}/${made.id}?perspective=draft&trashed=true`, { as: 'editor' });
    expect((await untrash(made.id, 'editor', shown.headers.etag)).status).toBe(200);
  });

  it('come back once; what is not in the trash is not there', async () => {
    const made = await makeTrashed();
    const answers = await Promise.all([untrash(made.id), untrash(made.id)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    expect(await types()).toEqual([`${noun}.untrashed`]);
    expect((await untrash('0195f2a0-0000-7000-8000-00000000dead')).status).toBe(404);
  });

  it('may be changed and referred to again', async () => {
    const made = await makeTrashed();
    const back = await untrash(made.id);
    const changed = await app.patch(
      `${path}/${made.id}`,
      { name: `新 ${noun} ${count}` },
      { ifMatch: back.headers.etag },
    );
    expect(changed.status).toBe(200);
    const put = await app.put(`${path}/by-external-id/${made.externalId}`, { name: `换 ${noun} ${count}` });
    expect(put).toMatchObject({ status: 200, body: { id: made.id } });
  });

  it('in a dry run stay there', async () => {
    const made = await makeTrashed();
    const answer = await app.post(`${path}/${made.id}/untrash?dryRun=true`, undefined, { ifMatch: '*' });
    expect(answer.body).toMatchObject({ id: made.id, trashedAt: null });
    expect(await types()).toEqual([]);
    expect((await app.get(`${path}/${made.id}`)).status).toBe(404);
  });

  it.each(['viewer', 'writer'])('are not taken out by a %s: 403', async (as) => {
    const made = await makeTrashed();
    expect((await untrash(made.id, as)).body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect(await types()).toEqual([]);
  });
});

describe('a section below another', () => {
  const untrash = (id: string, as = 'editor') =>
    app.post(`/v1/sections/${id}/untrash`, undefined, { as, ifMatch: '*' });
  const trash = (id: string) => app.delete(`/v1/sections/${id}`, { ifMatch: '*' });

  it('that is in the trash itself is not taken out before it: 422 that points at the parent', async () => {
    const top = await makeSection(app);
    const below = await makeSection(app, { parent: top.id });
    for (const { id } of [below, top]) expect((await trash(id)).status).toBe(204);
    await app.newEvents();
    const refused = await untrash(below.id);
    expect(refused.body).toMatchObject({
      status: 422,
      code: 'reference.not_found',
      errors: [{ pointer: '/parent', code: 'not_found' }],
    });
    expect(await types()).toEqual([]);
    expect((await app.get(`/v1/sections/${below.id}`)).status).toBe(404);
    expect((await untrash(top.id)).status).toBe(200);
    const back = await untrash(below.id);
    expect(back.body).toMatchObject({ parent: { id: top.id }, breadcrumb: [{ slug: top.slug }, { slug: below.slug }] });
  });

  it('comes out or its parent goes in, never both, when both happen at once', async () => {
    for (let round = 0; round < 6; round += 1) {
      const top = await makeSection(app);
      const below = await makeSection(app, { parent: top.id });
      await trash(below.id);
      const [out, gone] = await Promise.all([untrash(below.id), trash(top.id)]);
      expect([
        [200, 409],
        [422, 204],
      ]).toContainEqual([out.status, gone.status]);
    }
  });

  it('outside of a key’s sections is out of its reach, inside it is not', async () => {
    const [inside, outside] = [await makeSection(app), await makeSection(app)];
    const as = await app.createKey({ name: 'limited', role: 'editor', sections: [inside.id] });
    const [mine, other] = [
      await makeSection(app, { parent: inside.id }),
      await makeSection(app, { parent: outside.id }),
    ];
    for (const { id } of [mine, other]) await trash(id);
    expect((await untrash(other.id, as)).status).toBe(403);
    expect((await untrash(mine.id, as)).status).toBe(200);
  });
});
