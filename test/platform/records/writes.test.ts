// Creating and changing sections, editors, sources and tags: nothing is lost, nothing is half-written, every change is
// told once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { nouns, nullsOf, othersOf, valuesOf } from './nouns.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const unknownId = '00000000-0000-7000-8000-00000000dead';

describe.each(nouns)('$plural', (noun) => {
  const path = `/v1/${noun.plural}`;
  let count = 0;
  const newName = () => {
    count += 1;
    return `新名 ${count}`;
  };
  const make = async (input: object = {}) => {
    const answer = await app.post(path, { name: newName(), ...input });
    expect(answer.status).toBe(201);
    return answer;
  };

  it('are created with 201, Location and the ETag of the first revision', async () => {
    await app.newEvents();
    const answer = await app.post(path, { name: '两会', externalId: `ext-${noun.noun}`, ...valuesOf(noun) });
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`https://news.test${path}/${answer.body.id}`);
    expect(answer.headers.etag).toBe('"r1"');
    expect(answer.headers['cache-control']).toBe('private, no-store');
    const now = app.clock.now().toISOString();
    expect(answer.body).toMatchObject({
      slug: 'liang-hui',
      name: '两会',
      externalId: `ext-${noun.noun}`,
      revision: 1,
      createdAt: now,
      updatedAt: now,
      ...valuesOf(noun),
    });
    expect(await app.newEvents()).toMatchObject([
      {
        type: `${noun.noun}.created`,
        subjectId: answer.body.id,
        actorId: 'editor',
        payload: { revision: 1, slug: 'liang-hui', name: '两会' },
      },
    ]);
  });

  it('get a slug from their name, with a suffix where it is taken', async () => {
    const bodies = [{ name: '重庆' }, { name: '重庆!' }, { name: '重庆?' }];
    const slugs = [];
    for (const body of bodies) slugs.push((await app.post(path, body)).body.slug);
    expect(slugs).toEqual(['chong-qing', 'chong-qing-2', 'chong-qing-3']);
  });

  it('all come through when ten of one name are created at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => app.post(path, { name: `同名${'.'.repeat(i)}` })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map((answer) => answer.body.slug)).size).toBe(10);
  });

  it.each(['slug', 'externalId'])('answer 409 for a %s that another one has, and write nothing', async (field) => {
    const code = field === 'slug' ? 'slug_taken' : 'external_id_taken';
    const value = `taken-${field.toLowerCase()}`;
    await make({ [field]: value });
    const other = await make();
    await app.newEvents();
    const created = await app.post(path, { name: newName(), [field]: value });
    const changed = await app.patch(`${path}/${other.body.id}`, { [field]: value }, { ifMatch: '"r1"' });
    for (const answer of [created, changed]) {
      expect(answer).toMatchObject({ status: 409, body: { code: `${noun.noun}.${code}` } });
      expect(answer.body.errors[0].pointer).toBe(`/${field}`);
    }
    expect(await app.newEvents()).toEqual([]);
  });

  it('keep what a patch does not name, take what it sets, and clear what it nulls', async () => {
    const made = await make({ externalId: `keep-${noun.noun}`, ...valuesOf(noun) });
    app.clock.advance(1000);
    await app.newEvents();
    const set = await app.patch(`${path}/${made.body.id}`, othersOf(noun), { ifMatch: '"r1"' });
    expect(set).toMatchObject({ status: 200, body: { externalId: `keep-${noun.noun}`, name: made.body.name } });
    expect(set.body).toMatchObject(othersOf(noun));
    const cleared = await app.patch(
      `${path}/${made.body.id}`,
      { externalId: null, ...nullsOf(noun) },
      { ifMatch: set.headers.etag! },
    );
    expect(cleared).toMatchObject({ status: 200, body: { name: made.body.name, externalId: null, ...nullsOf(noun) } });
    expect(cleared.body.updatedAt).toBe(app.clock.now().toISOString());
    expect(cleared.body.createdAt).toBe(made.body.createdAt);
    const events = await app.newEvents();
    expect(events.at(-1)).toMatchObject({
      type: `${noun.noun}.updated`,
      subjectId: made.body.id,
      payload: { revision: cleared.body.revision, fields: ['externalId', ...Object.keys(noun.own)] },
    });
  });

  it('take no null for a name or slug, which cannot be cleared', async () => {
    const made = await make();
    for (const field of ['name', 'slug']) {
      const answer = await app.patch(`${path}/${made.body.id}`, { [field]: null }, { ifMatch: '"r1"' });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: `/${field}` }] } });
    }
  });

  it('keep their slug when the name changes', async () => {
    const made = await make();
    const name = newName();
    const answer = await app.patch(`${path}/${made.body.id}`, { name }, { ifMatch: '"r1"' });
    expect(answer.body).toMatchObject({ name, slug: made.body.slug, revision: 2 });
  });

  it('are neither changed nor told about by a patch that changes nothing', async () => {
    const made = await make(valuesOf(noun));
    await app.newEvents();
    app.clock.advance(1000);
    const patch = { name: made.body.name, ...valuesOf(noun) };
    const answer = await app.patch(`${path}/${made.body.id}`, patch, { ifMatch: '"r1"' });
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"r1"' }, body: made.body });
    expect(await app.newEvents()).toEqual([]);
  });

  it('are changed by slug as by id', async () => {
    const made = await make();
    const answer = await app.patch(`${path}/${made.body.slug}`, { name: newName() }, { ifMatch: '"r1"' });
    expect(answer).toMatchObject({ status: 200, body: { id: made.body.id, revision: 2 } });
  });

  it.each([
    ['absent', undefined, 428, 'request.precondition_required'],
    ['no list of entity tags', 'r1', 400, 'request.invalid_header'],
    ['weak', 'W/"r1"', 412, 'request.precondition_failed'],
    ['of another revision', '"r7"', 412, 'request.precondition_failed'],
  ])('stay as they are when If-Match is %s', async (_what, ifMatch, status, code) => {
    const made = await make();
    await app.newEvents();
    for (const method of ['PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { name: '不该写入' } : undefined;
      const answer = await app.call(method, `${path}/${made.body.id}`, { as: 'editor', ifMatch, body });
      expect(answer).toMatchObject({ status, body: { code } });
    }
    expect(await app.newEvents()).toEqual([]);
    const read = await app.get(`${path}/${made.body.id}?perspective=draft`, { as: 'viewer' });
    expect(read.body).toEqual(made.body);
  });

  it.each(['"r1"', '*', '"r9", "r1"'])('are changed when If-Match is %s', async (ifMatch) => {
    const made = await make();
    const answer = await app.patch(`${path}/${made.body.id}`, { name: newName() }, { ifMatch });
    expect(answer.status).toBe(200);
  });

  it('tell in a 412 which fields changed since, by whom, and the current ETag', async () => {
    const made = await make();
    const target = `${path}/${made.body.id}`;
    await app.patch(target, { name: newName() }, { ifMatch: '"r1"' });
    await app.patch(target, { externalId: `moved-${noun.noun}` }, { ifMatch: '"r2"', as: 'admin' });
    const stale = await app.patch(target, { slug: 'too-late' }, { ifMatch: '"r2"' });
    expect(stale.status).toBe(412);
    expect(stale.body.currentETag).toBe('"r3"');
    expect(stale.body.changes).toMatchObject([{ fields: ['externalId'], by: { type: 'service', id: 'admin' } }]);
    expect(stale.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(['/externalId']);
    const older = await app.patch(target, { slug: 'too-late' }, { ifMatch: '"r1"' });
    expect(older.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(['/name', '/externalId']);
  });

  it('let exactly one of five writers of one revision through', async () => {
    const made = await make();
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        app.patch(`${path}/${made.body.id}`, { name: `争 ${noun.noun} ${i}` }, { ifMatch: '"r1"' }),
      ),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 412, 412, 412, 412]);
  });

  it('are created by external id on the first PUT and replaced whole on the next, the slug kept', async () => {
    const target = `${path}/by-external-id/cms-${noun.noun}`;
    const created = await app.put(target, { name: newName(), ...valuesOf(noun) });
    expect(created).toMatchObject({ status: 201, body: { externalId: `cms-${noun.noun}`, ...valuesOf(noun) } });
    expect(created.headers.location).toBe(`https://news.test${path}/${created.body.id}`);
    const name = newName();
    const replaced = await app.put(target, { name });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ id: created.body.id, slug: created.body.slug, name, ...nullsOf(noun) });
    expect(replaced.headers.etag).toBe('"r2"');
    await app.newEvents();
    const again = await app.put(target, { name });
    expect(again).toMatchObject({ status: 200, headers: { etag: '"r2"' } });
    expect(await app.newEvents()).toEqual([]);
  });

  it('hold a PUT to its If-Match, if it has one', async () => {
    const target = `${path}/by-external-id/match-${noun.noun}`;
    expect((await app.put(target, { name: newName() }, { ifMatch: '"r1"' })).status).toBe(404);
    await app.put(target, { name: newName() });
    expect((await app.put(target, { name: newName() }, { ifMatch: '"r4"' })).status).toBe(412);
    expect((await app.put(target, { name: newName() }, { ifMatch: '"r1"' })).status).toBe(200);
  });

  it('are one when eight first PUTs of one external id come at once', async () => {
    const target = `${path}/by-external-id/race-${noun.noun}`;
    const name = newName();
    const answers = await Promise.all(Array.from({ length: 8 }, () => app.put(target, { name })));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  });

  it.each([
    ['PATCH', { name: 'x' }],
    ['DELETE', undefined],
  ])('answer 404 to a %s of what is not there', async (method, body) => {
    for (const name of [unknownId, 'no-such-thing']) {
      const answer = await app.call(method, `${path}/${name}`, { as: 'editor', ifMatch: '*', body });
      expect(answer).toMatchObject({ status: 404, body: { code: 'resource.not_found' } });
    }
  });
});

it('tags answer 409 for a name that another one has', async () => {
  await app.post('/v1/tags', { name: '唯一' });
  const twin = await app.post('/v1/tags', { name: '唯一' });
  expect(twin).toMatchObject({ status: 409, body: { code: 'tag.name_taken', errors: [{ pointer: '/name' }] } });
});

it.each(['editors', 'sources', 'tags'])(
  '%s, shared by all sections, are made but not changed by a limited key',
  async (plural) => {
    const section = await app.post('/v1/sections', { name: `限 ${plural}` });
    const key = await app.createKey({ name: 'limited', role: 'editor', sections: [section.body.id] });
    const made = await app.post(`/v1/${plural}`, { name: `共有 ${plural}` }, { as: key });
    expect(made.status).toBe(201);
    await app.newEvents();
    for (const answer of [
      await app.patch(`/v1/${plural}/${made.body.id}`, { name: '改' }, { as: key, ifMatch: '"r1"' }),
      await app.delete(`/v1/${plural}/${made.body.id}`, { as: key, ifMatch: '"r1"' }),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.outside_sections' } });
    }
    expect(await app.newEvents()).toEqual([]);
  },
);
