// The trash of sections, editors, sources and tags: seen by who reads drafts, and nowhere else.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { nouns } from './nouns.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

describe.each(nouns)('the trash of $plural', ({ plural }) => {
  const path = `/v1/${plural}`;
  let count = 0;
  const make = async () => {
    count += 1;
    const answer = await app.post(path, { name: `名 ${plural} ${count}` });
    expect(answer.status).toBe(201);
    return answer.body as { id: string; slug: string };
  };
  const makeTrashed = async () => {
    const record = await make();
    expect((await app.delete(`${path}/${record.id}`, { ifMatch: '*' })).status).toBe(204);
    return record;
  };
  const list = (search: string, as?: string) => app.get(`${path}?limit=100&count=exact&${search}`, { as });
  const ids = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);

  it('holds what was trashed and nothing else, with the instant', async () => {
    const [kept, gone] = [await make(), await makeTrashed()];
    const { body, headers } = await list('perspective=draft&trashed=true', 'viewer');
    expect(ids(body)).toEqual([gone.id]);
    expect(body.page.total).toBe(1);
    expect(body.data[0].trashedAt).toBe(app.clock.now().toISOString());
    expect(headers['cache-control']).toBe('private, no-store');
    for (const search of ['perspective=draft', 'perspective=draft&trashed=false']) {
      const drafts = (await list(search, 'viewer')).body;
      expect(ids(drafts)).toContain(kept.id);
      expect(ids(drafts)).not.toContain(gone.id);
      expect(drafts.data[0].trashedAt).toBeNull();
    }
    const both = (await list(`perspective=draft&trashed=true&ids=${kept.id},${gone.id}`, 'viewer')).body;
    expect(ids(both)).toEqual([gone.id]);
  });

  it('shows one by id or slug, with its ETag, when it is asked for', async () => {
    const [kept, gone] = [await make(), await makeTrashed()];
    for (const name of [gone.id, gone.slug]) {
      expect((await app.get(`${path}/${name}?perspective=draft`, { as: 'viewer' })).status).toBe(404);
      const found = await app.get(`${path}/${name}?perspective=draft&trashed=true`, { as: 'viewer' });
      expect(found).toMatchObject({ status: 200, body: { id: gone.id, revision: 2 } });
      expect(found.headers.etag).toBe('"r2"');
    }
    expect((await app.get(`${path}/${kept.id}?perspective=draft&trashed=true`, { as: 'viewer' })).status).toBe(404);
  });

  it('is no matter of the public', async () => {
    const gone = await makeTrashed();
    for (const address of [`${path}?trashed=true`, `${path}/${gone.id}?trashed=true`, `${path}?trashed=false`]) {
      for (const as of [undefined, 'admin']) {
        const { body } = await app.get(address, { as });
        expect(body).toMatchObject({ status: 400, errors: [{ pointer: '?trashed', code: 'only_drafts' }] });
      }
    }
    expect((await list('perspective=draft&trashed=true')).status).toBe(401);
    expect((await app.get(`${path}/${gone.id}?perspective=draft&trashed=true`)).status).toBe(401);
    expect((await app.get(`${path}/${gone.id}`)).status).toBe(404);
  });

  it('has cursors of its own', async () => {
    for (let i = 0; i < 3; i += 1) {
      await makeTrashed();
      await make();
    }
    const first = (await app.get(`${path}?perspective=draft&trashed=true&limit=2`, { as: 'viewer' })).body;
    const cursor = `limit=2&cursor=${first.page.nextCursor}`;
    const second = await app.get(`${path}?perspective=draft&trashed=true&${cursor}`, { as: 'viewer' });
    expect(second.status).toBe(200);
    expect(ids(second.body).some((id) => ids(first).includes(id))).toBe(false);
    const elsewhere = await app.get(`${path}?perspective=draft&${cursor}`, { as: 'viewer' });
    expect(elsewhere.body.code).toBe('request.invalid_cursor');
  });
});
