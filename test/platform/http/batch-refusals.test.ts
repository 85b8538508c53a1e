// A batch of which one operation fails: nothing of it is there, and the answer names the operation and its own problem.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type CallOptions, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, makeTag } from '../../support/factories.ts';
import { unique } from './every-write.ts';
import { type Expected, expectProblem, fingerprintDatabase } from './refusals.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

type Operation = { name?: string; method: string; path: string; ifMatch?: unknown; body?: unknown };
type Inner = { status: number; code: string; pointer?: string };
const create = (body: object = { title: unique('批') }): Operation => ({ method: 'POST', path: '/v1/articles', body });
const tag = (name = unique('批签')): Operation => ({ method: 'POST', path: '/v1/tags', body: { name } });
const batch = (operations: unknown, options: CallOptions = {}) => app.post('/v1/batch', { operations }, options);

async function expectNothing(call: () => Promise<Answer>, expected: Expected): Promise<Answer> {
  const before = await fingerprintDatabase(app);
  const answer = await call();
  expectProblem(answer, expected);
  expect(await fingerprintDatabase(app)).toEqual(before);
  return answer;
}

/** The bad operation between good ones, in a transaction of SQL alone and in one with Prisma. */
async function expectOperation(bad: Operation, inner: Inner, as = 'editor'): Promise<void> {
  for (const around of [create, tag]) {
    const operations = [around(), bad, around()];
    const expected = { status: 422, code: 'batch.operation_failed' };
    const { body } = await expectNothing(() => batch(operations, { as }), expected);
    expect(body).toMatchObject({ operation: 1, problem: { status: inner.status, code: inner.code } });
    expect(body.detail).toContain(`Operation 1 (${bad.method} ${bad.path}): `);
    expect(body.errors[0].pointer).toBe(inner.pointer ?? '/operations/1');
    await expectSameAlone(bad, body.problem, as);
  }
}

/** The problem inside is the one that the operation answers alone, but for the instant and the request. */
async function expectSameAlone({ method, path, ifMatch, body }: Operation, problem: object, as: string): Promise<void> {
  const alone = await app.call(method, path, {
    as,
    body,
    ...(ifMatch === undefined ? {} : { ifMatch: ifMatch as string }),
  });
  const stable = (value: object) => ({ ...value, requestId: '' });
  expect(stable(problem)).toEqual(stable(alone.body));
}

describe('an operation in the middle that fails undoes all, and is named with its problem:', () => {
  it('404', () =>
    expectOperation(
      { method: 'POST', path: '/v1/articles/mei-you/publish', ifMatch: '*' },
      { status: 404, code: 'resource.not_found' },
    ));

  it('428', async () => {
    const made = await makeArticle(app);
    const bad = { method: 'PATCH', path: `/v1/articles/${made.id}`, body: { urgency: 1 } };
    await expectOperation(bad, { status: 428, code: 'request.precondition_required' });
  });

  it('412, with the fields that changed since', async () => {
    const made = await makeArticle(app);
    await app.patch(`/v1/articles/${made.id}`, { kicker: '肩' }, { ifMatch: made.etag });
    const bad = { method: 'PATCH', path: `/v1/articles/${made.id}`, ifMatch: made.etag, body: { urgency: 1 } };
    await expectOperation(bad, {
      status: 412,
      code: 'request.precondition_failed',
      pointer: '/operations/1/body/kicker',
    });
  });

  it('400 of a malformed condition', async () => {
    const made = await makeArticle(app);
    const bad = { method: 'DELETE', path: `/v1/articles/${made.id}`, ifMatch: 'r1' };
    await expectOperation(bad, { status: 400, code: 'request.invalid_header', pointer: '/operations/1/ifMatch' });
  });

  it('409 of a taken slug', async () => {
    const { slug } = await makeArticle(app);
    const inner = { status: 409, code: 'article.slug_taken', pointer: '/operations/1/body/slug' };
    await expectOperation(create({ title: '一', slug }), inner);
  });

  it('409 of a taken external id', async () => {
    const externalId = unique('外号');
    await makeArticle(app, { externalId });
    const inner = { status: 409, code: 'article.external_id_taken', pointer: '/operations/1/body/externalId' };
    await expectOperation(create({ title: '一', externalId }), inner);
  });

  it('409 of a taken name', async () => {
    const { body } = await makeTag(app);
    const inner = { status: 409, code: 'tag.name_taken', pointer: '/operations/1/body/name' };
    await expectOperation(tag(body.name), inner);
  });

  it('409 of a circle of sections', async () => {
    const upper = await makeSection(app);
    const lower = await makeSection(app, { parent: upper.id });
    const bad = { method: 'PATCH', path: `/v1/sections/${upper.id}`, ifMatch: '*', body: { parent: lower.id } };
    await expectOperation(bad, { status: 409, code: 'section.cycle', pointer: '/operations/1/body/parent' });
  });

  it('409 of an embargo', async () => {
    const made = await makeArticle(app, { embargoUntil: '2030-01-01T00:00:00Z' });
    const bad = { method: 'POST', path: `/v1/articles/${made.id}/publish`, ifMatch: '*' };
    await expectOperation(bad, { status: 409, code: 'article.embargoed', pointer: '/operations/1/body/at' });
  });

  it('409 of publications that would overlap, which only the database sees', async () => {
    const made = await makeArticle(app);
    const at = (minutes: number) => new Date(app.clock.now().getTime() + minutes * 60_000);
    const row = {
      articleId: made.id,
      version: 1,
      title: '一',
      publishedAt: at(0),
      createdAt: at(0),
      createdByService: 'x',
      view: '{}',
    };
    await app.deps.db.prisma.publication.createMany({
      data: [
        { ...row, id: app.deps.newId(), visibleFrom: at(10), visibleUntil: at(20) },
        { ...row, id: app.deps.newId(), visibleFrom: at(30), visibleUntil: null },
      ],
    });
    const body = { at: at(5).toISOString(), replaceScheduled: true };
    const bad = { method: 'POST', path: `/v1/articles/${made.id}/publish`, ifMatch: '*', body };
    const pointer = '/operations/1/body/at';
    await expectOperation(bad, { status: 409, code: 'article.publication_overlap', pointer });
  });

  it('422 of what is not there', async () => {
    const inner = { status: 422, code: 'reference.not_found', pointer: '/operations/1/body/section' };
    await expectOperation(create({ title: '一', section: 'mei-you' }), inner);
  });

  it('400 of a body whose blocks are none', async () => {
    const body = { title: '一', body: { blocks: [{ _type: 'nonsense' }] } };
    const answer = await expectNothing(() => batch([create(), create(body)]), { status: 400, code: 'request.invalid' });
    expect(answer.body.errors[0].pointer).toMatch(/^\/operations\/1\/body\/body/);
  });
});

it('is an exclusion constraint that has one name in the whole schema, as the driver of Prisma drops it', async () => {
  const rows = await app.deps.db.sql.rows(`select conname::text as name from pg_constraint where contype = 'x'`, []);
  expect(rows).toEqual([{ name: 'publication_overlap_excl' }]);
});

describe('rights are judged for each operation:', () => {
  const forbidden: Inner = { status: 403, code: 'auth.forbidden' };

  it('a viewer writes nothing', async () => {
    const expected = { status: 422, code: 'batch.operation_failed' };
    for (const operation of [create(), tag()]) {
      const answer = await expectNothing(() => batch([operation], { as: 'viewer' }), expected);
      expect(answer.body).toMatchObject({ operation: 0, problem: forbidden });
    }
  });

  it('a writer who publishes what was just written is refused, and nothing is written', async () => {
    const operations = [
      { ...create(), name: 'mine' },
      { method: 'POST', path: '/v1/articles/{mine}/publish', ifMatch: { $ref: 'mine' } },
    ];
    const call = () => batch(operations, { as: 'writer' });
    const answer = await expectNothing(call, { status: 422, code: 'batch.operation_failed' });
    expect(answer.body).toMatchObject({ operation: 1, problem: forbidden });
    expect((await batch(operations)).status).toBe(200);
  });

  it('a writer changes own drafts, and none of others', async () => {
    const own = await makeArticle(app, {}, 'writer');
    const others = await makeArticle(app);
    const patch = (id: string) => ({ method: 'PATCH', path: `/v1/articles/${id}`, ifMatch: '*', body: { urgency: 1 } });
    const expected = { status: 422, code: 'batch.operation_failed' };
    const both = await expectNothing(() => batch([patch(own.id), patch(others.id)], { as: 'writer' }), expected);
    expect(both.body).toMatchObject({ operation: 1, problem: forbidden });
    expect((await batch([patch(own.id)], { as: 'writer' })).status).toBe(200);
  });

  it('a key of one section writes there and nowhere else, and does not learn of drafts elsewhere', async () => {
    const inside = await makeSection(app);
    const outside = await makeSection(app);
    const key = await app.createKey({ name: unique('section'), role: 'editor', sections: [inside.id] });
    const hidden = await makeArticle(app, { section: outside.id });
    const shown = await makePublished(app, { section: outside.id });
    const patch = (id: string) => ({ method: 'PATCH', path: `/v1/articles/${id}`, ifMatch: '*', body: { urgency: 1 } });
    const good = create({ title: '一', section: inside.id });
    const attempts: [Operation, Inner][] = [
      [create({ title: '一', section: outside.id }), { status: 403, code: 'auth.outside_sections' }],
      [patch(hidden.id), { status: 404, code: 'resource.not_found' }],
      [patch(shown.id), { status: 403, code: 'auth.outside_sections' }],
    ];
    for (const [bad, inner] of attempts) {
      const call = () => batch([good, bad], { as: key });
      const answer = await expectNothing(call, { status: 422, code: 'batch.operation_failed' });
      expect(answer.body).toMatchObject({ operation: 1, problem: inner });
    }
    const moved = [
      { ...good, name: 'mine' },
      { method: 'PATCH', path: '/v1/articles/{mine}', ifMatch: { $ref: 'mine' }, body: { section: outside.id } },
    ];
    const answer = await expectNothing(() => batch(moved, { as: key }), {
      status: 422,
      code: 'batch.operation_failed',
    });
    expect(answer.body).toMatchObject({ operation: 1, problem: { code: 'auth.outside_sections' } });
    expect((await batch([good], { as: key })).status).toBe(200);
  });

  it('no key, a wrong key: 401, as everywhere', async () => {
    await expectNothing(() => batch([create()], { as: undefined }), { status: 401, code: 'auth.missing' });
    await expectNothing(() => batch([create()], { as: 'mh_x' }), { status: 401, code: 'auth.invalid' });
  });
});

describe('what is no fault of an operation stays what it is:', () => {
  it('500', async () => {
    const { sql } = app.deps.db;
    await sql.rows(
      `create function break_it() returns trigger language plpgsql as $$ begin raise 'broken'; end $$`,
      [],
    );
    await sql.rows('create trigger break_it before insert on article for each row execute function break_it()', []);
    for (const other of [create(), tag()]) {
      await expectNothing(() => batch([other, create()]), { status: 500, code: 'server.error' });
    }
    await sql.rows('drop trigger break_it on article', []);
  });

  it('400 of the batch itself', async () => {
    const invalid = { status: 400, code: 'request.invalid' };
    await expectNothing(() => batch([]), { ...invalid, pointer: '/operations', fault: 'too_small' });
    const many = Array.from({ length: 101 }, () => create());
    await expectNothing(() => batch(many), { ...invalid, pointer: '/operations', fault: 'too_big' });
    await expectNothing(() => batch({}), { ...invalid, pointer: '/operations' });
    await expectNothing(() => batch([null]), { ...invalid, pointer: '/operations/0' });
    await expectNothing(() => batch([{ ...create(), method: 'GET' }]), { ...invalid, pointer: '/operations/0/method' });
    await expectNothing(() => batch([{ ...create(), when: 1 }]), { ...invalid, pointer: '/operations/0/when' });
  });

  it('faults of shape are told together, each with its place', async () => {
    const operations = [
      create({ titel: '一' }),
      create(),
      { method: 'PATCH', path: '/v1/articles/x', ifMatch: '*', body: { urgency: 12 } },
      { method: 'DELETE', path: '/v1/articles/x', ifMatch: '*', body: { why: 1 } },
    ];
    const answer = await expectNothing(() => batch(operations), { status: 400, code: 'request.invalid' });
    expect(answer.body.errors).toMatchObject([
      { pointer: '/operations/0/body/title' },
      { pointer: '/operations/0/body/titel', code: 'unknown_field' },
      { pointer: '/operations/2/body/urgency' },
      { pointer: '/operations/3/body', code: 'unknown_field' },
    ]);
  });
});
