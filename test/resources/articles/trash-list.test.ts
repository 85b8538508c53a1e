// The trash of articles: seen by who reads drafts, in lists and one by one, and nowhere else.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection } from '../../support/factories.ts';
import { idsOf } from './newsroom.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

type Made = { id: string; slug: string };

async function makeTrashed(input: object = {}): Promise<Made> {
  const made = await makeArticle(app, input);
  expect((await app.delete(`/v1/articles/${made.id}`, { ifMatch: made.etag })).status).toBe(204);
  return made;
}

const list = (search: string, as?: string) => app.get(`/v1/articles?${search}&count=exact&limit=100`, { as });
const one = (name: string, search: string, as = 'viewer') => app.get(`/v1/articles/${name}?${search}`, { as });

it('holds what was trashed and nothing else, with the instant; other lists of drafts do not', async () => {
  const kept = await makeArticle(app);
  const gone = await makeTrashed();
  const trash = await list('perspective=draft&trashed=true', 'viewer');
  expect(idsOf(trash.body.data)).toContain(gone.id);
  expect(idsOf(trash.body.data)).not.toContain(kept.id);
  expect(trash.body.page.total).toBe(trash.body.data.length);
  expect(trash.body.data[0].trashedAt).toBe(app.clock.now().toISOString());
  expect(trash.headers['cache-control']).toBe('private, no-store');
  for (const search of ['perspective=draft', 'perspective=draft&trashed=false']) {
    const drafts = await list(search, 'viewer');
    expect(idsOf(drafts.body.data)).toContain(kept.id);
    expect(idsOf(drafts.body.data)).not.toContain(gone.id);
    expect(drafts.body.data[0].trashedAt).toBeNull();
  }
  expect((await list(`perspective=draft&trashed=true&ids=${gone.id},${kept.id}`, 'viewer')).body.data).toHaveLength(1);
});

it('one is read by id or slug when the trash is asked for, with the ETag that takes it out again', async () => {
  const gone = await makeTrashed();
  for (const name of [gone.id, gone.slug]) {
    expect((await one(name, 'perspective=draft')).status).toBe(404);
    expect((await one(name, 'perspective=draft&trashed=false')).status).toBe(404);
    const found = await one(name, 'perspective=draft&trashed=true');
    expect(found).toMatchObject({ status: 200, body: { id: gone.id, isPublic: false } });
    expect(found.headers.etag).toBe(`"r${found.body.revision}"`);
  }
  const kept = await makeArticle(app);
  expect((await one(kept.id, 'perspective=draft&trashed=true')).status).toBe(404);
});

it('is no matter of the public, whatever it was before', async () => {
  const made = await makePublished(app);
  await app.delete(`/v1/articles/${made.id}`, { ifMatch: made.etag });
  app.clock.advance(1000);
  for (const name of [made.id, made.slug]) {
    expect((await app.get(`/v1/articles/${name}`)).status).toBe(404);
    const refused = await app.get(`/v1/articles/${name}?trashed=true`);
    expect(refused.body).toMatchObject({ status: 400, errors: [{ pointer: '?trashed', code: 'only_drafts' }] });
    expect((await app.get(`/v1/articles/${name}?perspective=draft&trashed=true`)).status).toBe(401);
  }
  expect((await list('trashed=true')).status).toBe(400);
  expect((await list('perspective=draft&trashed=true')).status).toBe(401);
});

it('shows a key nothing from other sections, and no embargoed one without the right', async () => {
  const [mine, other] = [await makeSection(app), await makeSection(app)];
  const limited = await app.createKey({ name: 'x', role: 'editor', sections: [mine.id] });
  const [inside, outside, hidden] = [
    await makeTrashed({ section: mine.id }),
    await makeTrashed({ section: other.id }),
    await makeTrashed({ section: mine.id }),
  ];
  await app.deps.db.sql.rows(`update article set embargo_until = '2030-01-01' where id = $1::uuid`, [hidden.id]);
  const ids = [inside, outside, hidden].map(({ id }) => id).join();
  const seenBy = async (as: string) => idsOf((await list(`perspective=draft&trashed=true&ids=${ids}`, as)).body.data);
  expect(await seenBy(limited)).toEqual([inside.id, hidden.id]);
  expect(await seenBy('viewer')).toEqual([inside.id, outside.id]);
  expect((await one(outside.id, 'perspective=draft&trashed=true', limited)).status).toBe(404);
  expect((await one(hidden.slug, 'perspective=draft&trashed=true')).status).toBe(404);
});

it('combines with filters, sorts and cursors', async () => {
  const section = await makeSection(app);
  const made: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    app.clock.advance(1000);
    made.push((await makeTrashed({ section: section.id })).id);
  }
  const search = `perspective=draft&trashed=true&section=${section.id}&sort=updatedAt`;
  const first = await app.get(`/v1/articles?${search}&limit=2`, { as: 'viewer' });
  const second = await app.get(`/v1/articles?${search}&limit=2&cursor=${first.body.page.nextCursor}`, { as: 'viewer' });
  expect([...idsOf(first.body.data), ...idsOf(second.body.data)]).toEqual(made);
  const elsewhere = `perspective=draft&section=${section.id}&sort=updatedAt&cursor=${first.body.page.nextCursor}`;
  expect((await list(elsewhere, 'viewer')).body.code).toBe('request.invalid_cursor');
});
