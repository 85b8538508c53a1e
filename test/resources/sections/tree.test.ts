// The tree of sections: paths are right whatever is moved, no move makes a cycle, and a limited key stays in its branch.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished, makeSection } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

type Made = Awaited<ReturnType<typeof makeSection>>;
const slugsOf = (crumbs: { slug: string }[]) => crumbs.map(({ slug }) => slug);
const breadcrumb = async (id: string) => slugsOf((await app.get(`/v1/sections/${id}`)).body.breadcrumb);
const etagOf = async (id: string) =>
  (await app.get(`/v1/sections/${id}?perspective=draft`, { as: 'viewer' })).headers.etag!;
const move = async (section: { id: string }, parent: string | null, as = 'editor') =>
  app.patch(`/v1/sections/${section.id}`, { parent }, { ifMatch: await etagOf(section.id), as });

/** A chain of sections, each below the one before. */
async function makeChain(...names: string[]): Promise<Made[]> {
  const chain: Made[] = [];
  for (const slug of names) chain.push(await makeSection(app, { slug, parent: chain.at(-1)?.slug ?? null }));
  return chain;
}

describe('a breadcrumb', () => {
  it('runs from the root to the section itself, for a parent named by slug or by id', async () => {
    const [a, b] = await makeChain('bc-a', 'bc-b');
    const c = await makeSection(app, { slug: 'bc-c', parent: b!.id });
    expect(slugsOf(c.body.breadcrumb)).toEqual(['bc-a', 'bc-b', 'bc-c']);
    expect(c.body.parent).toEqual({ id: b!.id, slug: 'bc-b', name: b!.body.name });
    expect(a!.body).toMatchObject({ parent: null, breadcrumb: [{ slug: 'bc-a', name: a!.body.name }] });
  });

  it('takes the new name of a section above', async () => {
    const [a, b] = await makeChain('rename-a', 'rename-b');
    await app.patch(`/v1/sections/${a!.id}`, { name: '新频道', slug: 'renamed-a' }, { ifMatch: a!.etag });
    const { body } = await app.get(`/v1/sections/${b!.id}`);
    expect(body.breadcrumb).toEqual([
      { slug: 'renamed-a', name: '新频道' },
      { slug: 'rename-b', name: b!.body.name },
    ]);
    expect(body.parent).toMatchObject({ slug: 'renamed-a' });
  });

  it('is right at a depth of forty', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `deep-${i + 1}`);
    const chain = await makeChain(...names);
    expect(await breadcrumb(chain.at(-1)!.id)).toEqual(names);
    const [top] = await makeChain('deep-top');
    expect((await move(chain[0]!, top!.slug)).status).toBe(200);
    expect(await breadcrumb(chain.at(-1)!.id)).toEqual(['deep-top', ...names]);
  });
});

describe('moving a branch', () => {
  it('keeps every path below it right, down, up and to the root', async () => {
    const [a, b, c, d] = await makeChain('mv-a', 'mv-b', 'mv-c', 'mv-d');
    const e = await makeSection(app, { slug: 'mv-e', parent: 'mv-c' });
    const [x] = await makeChain('mv-x');
    expect((await move(b!, 'mv-x')).status).toBe(200);
    expect(await breadcrumb(d!.id)).toEqual(['mv-x', 'mv-b', 'mv-c', 'mv-d']);
    expect(await breadcrumb(e.id)).toEqual(['mv-x', 'mv-b', 'mv-c', 'mv-e']);
    expect((await move(c!, null)).status).toBe(200);
    expect(await breadcrumb(d!.id)).toEqual(['mv-c', 'mv-d']);
    expect((await move(a!, d!.id)).status).toBe(200);
    expect(await breadcrumb(a!.id)).toEqual(['mv-c', 'mv-d', 'mv-a']);
    expect(await breadcrumb(x!.id)).toEqual(['mv-x']);
  });

  it('is told as one event that names the parent, and leaves the revisions below as they are', async () => {
    const [, b] = await makeChain('ev-a', 'ev-b');
    const [x] = await makeChain('ev-x');
    const child = await makeSection(app, { parent: 'ev-b' });
    await app.newEvents();
    expect((await move(b!, x!.id)).body).toMatchObject({ revision: 2, parent: { id: x!.id } });
    expect(await app.newEvents()).toMatchObject([
      { type: 'section.updated', subjectId: b!.id, payload: { fields: ['parent'], revision: 2 } },
    ]);
    expect(await etagOf(child.id)).toBe('"r1"');
  });

  it('changes the ETag and Last-Modified of what lies below', async () => {
    const [, b, c] = await makeChain('lm-a', 'lm-b', 'lm-c');
    app.clock.advance(10_000);
    const before = await app.get(`/v1/sections/${c!.id}`);
    app.clock.advance(10_000);
    const moved = app.clock.now();
    await move(b!, null);
    app.clock.advance(10_000);
    const after = await app.get(`/v1/sections/${c!.id}`, { headers: { 'If-None-Match': before.headers.etag! } });
    expect(after.status).toBe(200);
    expect(after.headers['last-modified']).toBe(moved.toUTCString());
    expect(Date.parse(before.headers['last-modified']!)).toBeLessThan(moved.getTime());
  });

  it('moves the published articles below it into and out of the lists of a branch', async () => {
    const [, b] = await makeChain('list-a', 'list-b');
    const [x] = await makeChain('list-x');
    const article = await makePublished(app, { section: 'list-b' });
    const idsIn = async (section: string) =>
      (await app.get(`/v1/articles?section=${section}`)).body.data.map((row: { id: string }) => row.id);
    expect(await idsIn('list-a')).toEqual([article.id]);
    await move(b!, x!.slug);
    expect(await idsIn('list-a')).toEqual([]);
    expect(await idsIn('list-x')).toEqual([article.id]);
    expect(await idsIn('list-b')).toEqual([article.id]);
  });

  it('answers 422 for a parent that is not there or is in the trash', async () => {
    const section = await makeSection(app);
    const gone = await makeSection(app);
    await app.delete(`/v1/sections/${gone.id}`, { ifMatch: gone.etag });
    for (const parent of ['no-such-section', gone.id, gone.slug]) {
      const answer = await move(section, parent);
      expect(answer).toMatchObject({ status: 422, body: { code: 'reference.not_found' } });
      expect(answer.body.errors[0].pointer).toBe('/parent');
    }
  });
});

describe('a cycle', () => {
  it.each([0, 1, 2])('is refused when a section is moved below its own branch, %s levels down', async (levels) => {
    const chain = await makeChain(`cy-${levels}-a`, `cy-${levels}-b`, `cy-${levels}-c`);
    await app.newEvents();
    const answer = await move(chain[0]!, chain[levels]!.id);
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'section.cycle', errors: [{ pointer: '/parent', code: 'cycle' }] },
    });
    expect(await app.newEvents()).toEqual([]);
    expect(await breadcrumb(chain[2]!.id)).toEqual(chain.map((section) => section.slug));
  });

  it('is refused on a PUT by external id as well', async () => {
    const top = await makeSection(app, { externalId: 'cycle-top' });
    const below = await makeSection(app, { parent: top.id });
    const answer = await app.put('/v1/sections/by-external-id/cycle-top', { name: '顶', parent: below.id });
    expect(answer).toMatchObject({ status: 409, body: { code: 'section.cycle' } });
  });

  it('cannot be formed by two moves at once: one is done, the other refused', async () => {
    for (let round = 1; round <= 8; round += 1) {
      const [a, a2] = await makeChain(`race-${round}-a`, `race-${round}-a2`);
      const [b, b2] = await makeChain(`race-${round}-b`, `race-${round}-b2`);
      const answers = await Promise.all([move(a!, b2!.id), move(b!, a2!.id)]);
      expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409]);
      expect(answers.find((answer) => answer.status === 409)!.body.code).toBe('section.cycle');
      const depths = await Promise.all([a2!, b2!].map(async ({ id }) => (await breadcrumb(id)).length));
      expect(depths.toSorted()).toEqual([2, 4]);
    }
  });

  it('is not what many moves within one tree come to, nor do they fail for each other', async () => {
    const root = await makeSection(app);
    const sections = await Promise.all(Array.from({ length: 6 }, () => makeSection(app, { parent: root.id })));
    const moves = sections.flatMap((section, i) => [
      move(section, sections[(i + 1) % sections.length]!.id),
      move(section, root.id),
    ]);
    const statuses = (await Promise.all(moves)).map((answer) => answer.status);
    // 412: a move of the same section came first.
    expect(statuses.filter((status) => ![200, 409, 412].includes(status))).toEqual([]);
    const { body } = await app.get(`/v1/sections?limit=100&ids=${sections.map(({ id }) => id).join(',')}`);
    type Row = { id: string; breadcrumb: { slug: string }[] };
    const known = new Map<string, Row>(body.data.map((row: Row) => [row.id, row]));
    for (const row of body.data) {
      const above = row.parent.id === root.id ? [root.slug] : slugsOf(known.get(row.parent.id)!.breadcrumb);
      expect(slugsOf(row.breadcrumb)).toEqual([...above, row.slug]);
    }
  });
});

describe('a key that is limited to a branch', () => {
  it('makes, changes and moves sections inside it only', async () => {
    const [mine, inner] = await makeChain('own-root', 'own-inner');
    const [foreign] = await makeChain('foreign-root');
    const key = await app.createKey({ name: 'limited', role: 'editor', sections: [mine!.id] });
    const created = await app.post('/v1/sections', { name: '内', parent: 'own-inner' }, { as: key });
    expect(created.status).toBe(201);
    expect((await move(created.body, mine!.id, key)).status).toBe(200);
    await app.newEvents();
    const refused = [
      await app.post('/v1/sections', { name: '外', parent: foreign!.id }, { as: key }),
      await app.post('/v1/sections', { name: '根' }, { as: key }),
      await move(inner!, foreign!.id, key),
      await move(inner!, null, key),
      await move(foreign!, mine!.id, key),
      await app.patch(`/v1/sections/${foreign!.id}`, { name: '改' }, { as: key, ifMatch: '*' }),
      await app.delete(`/v1/sections/${foreign!.id}`, { as: key, ifMatch: '*' }),
    ];
    for (const answer of refused) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.outside_sections' } });
    }
    expect(await app.newEvents()).toEqual([]);
  });

  it('follows its branch when that is moved', async () => {
    const [mine] = await makeChain('follow-root');
    const key = await app.createKey({ name: 'limited', role: 'editor', sections: ['follow-root'] });
    const [elsewhere] = await makeChain('follow-elsewhere');
    await move(mine!, elsewhere!.id);
    expect((await app.post('/v1/sections', { name: '内', parent: 'follow-root' }, { as: key })).status).toBe(201);
    expect((await app.post('/v1/sections', { name: '外', parent: elsewhere!.id }, { as: key })).status).toBe(403);
  });
});
