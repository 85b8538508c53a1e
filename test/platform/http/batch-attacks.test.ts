// Batches that try to reach what no operation may: other addresses, other methods, names that are none, too much at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type CallOptions, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle } from '../../support/factories.ts';
import { unique } from './every-write.ts';
import { type Expected, expectProblem, expectRefused } from './refusals.ts';

let app: TestApp;
let article: { id: string; slug: string };
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  article = await makeArticle(app, { title: '青岛', slug: 'qing-dao' });
});
afterAll(() => app.close());

type Operation = { name?: unknown; method: string; path: unknown; ifMatch?: unknown; body?: unknown };
const create = (body: object = { title: unique('攻') }): Operation => ({ method: 'POST', path: '/v1/articles', body });
const post = (path: string, options: Partial<Operation> = {}): Operation => ({ method: 'POST', path, ...options });
const batch = (operations: readonly unknown[], options: CallOptions = {}) =>
  app.post('/v1/batch', { operations }, { as: 'admin', ...options });
const invalid = (pointer: string, fault?: string): Expected => ({
  status: 400,
  code: 'request.invalid',
  pointer,
  ...(fault !== undefined && { fault }),
});
const refused = (operations: readonly unknown[], expected: Expected): Promise<Answer> =>
  expectRefused(app, () => batch(operations), expected);

describe('a path that is none', () => {
  it.each([
    ['with a query', '/v1/articles?dryRun=true'],
    ['with an empty query', '/v1/articles?'],
    ['with a fragment', '/v1/articles#x'],
    ['with a host', 'http://127.0.0.1:3000/v1/articles'],
    ['with another host', '//evil.example/v1/articles/../articles?'],
    ['without a slash', 'v1/articles'],
    ['with a blank', '/v1/articles /x'],
    ['with a line break', '/v1/articles\r\nX-Evil: 1'],
    ['with a backslash', '/v1\\articles'],
    ['with an open brace', '/v1/articles/{story/publish'],
    ['with a closing brace', '/v1/articles/story}/publish'],
    ['with empty braces', '/v1/articles/{}/publish'],
    ['with a number for a name', '/v1/articles/{0}/publish'],
    ['with a blank of another script', '/v1/articles\u3000'],
  ])('%s is refused', async (_name, path) => {
    await refused([create(), post(path, { ifMatch: '*' })], invalid('/operations/1/path', 'invalid_value'));
  });

  it.each([
    ['of nothing', '/'],
    ['of no write', '/v1/nothing'],
    ['of a read', '/v1/me'],
    ['of the documentation', '/docs'],
    ['of health', '/health/ready'],
    ['with a slash at the end', '/v1/articles/'],
    ['with two slashes', '/v1//articles'],
    ['in another case', '/V1/Articles'],
    ['with a slash in percent form', '/v1%2Farticles'],
    ['that goes up', '/v1/tags/../articles'],
    ['that goes up in percent form', '/v1/tags/%2e%2e/articles'],
    ['that stays', '/v1/./articles'],
    ['with a parameter of a segment', '/v1/articles;x=1'],
    ['with a broken percent sign', '/v1/articles/%zz/publish'],
    ['with bytes that are not UTF-8', '/v1/articles/%ff/publish'],
    ['with a NUL in percent form behind it', '/v1/articles%00'],
    ['longer than any name', `/v1/articles/${'x'.repeat(501)}/publish`],
    ['of a batch', '/v1/batch'],
    ['of API keys', '/v1/api-keys'],
    ['of API keys, by a detour', '/v1/articles/../api-keys'],
    ['of an import', '/v1/imports/page-text'],
    ['of the purge', '/v1/articles/purge'],
    ['of preview links', '/v1/articles/qing-dao/preview-links'],
  ])('%s is no write that a batch carries out', async (_name, path) => {
    await refused([create(), post(path, { ifMatch: '*' })], invalid('/operations/1/path', 'not_found'));
  });

  it.each([
    ['with a slash', 'qing-dao%2Fpublish'],
    ['that goes up', '..'],
    ['that goes up in percent form', '%2e%2e%2f%2e%2e'],
    ['of a quote', "'%20or%20'1'='1"],
  ])('a name %s inside a path is a name like any other: 404', async (_name, name) => {
    const answer = await expectRefused(app, () => batch([post(`/v1/articles/${name}/publish`, { ifMatch: '*' })]), {
      status: 422,
      code: 'batch.operation_failed',
      pointer: '/operations/0',
    });
    expect(answer.body.problem).toMatchObject({ status: 404, code: 'resource.not_found' });
  });

  it('in percent form or in Chinese means what it means in a request', async () => {
    const made = await makeArticle(app, { externalId: '外部 一' });
    for (const name of [encodeURIComponent('外部 一'), '外部%20一']) {
      const put = { method: 'PUT', path: `/v1/articles/by-external-id/${name}`, body: { title: unique('同') } };
      expect((await batch([put])).body.results[0]).toMatchObject({ status: 200, body: { id: made.id } });
    }
  });

  it.each([7, null, ['/v1/articles'], { $ref: 'x' }, '', ' ', `/${'x'.repeat(1000)}`])(
    '%j is refused',
    async (path) => {
      await refused([{ ...create(), path }], invalid('/operations/0/path'));
    },
  );
});

describe('a name', () => {
  const submit = (name: string) => post(`/v1/articles/{${name}}/submit`, { ifMatch: '*' });

  it.each(['', '0', 'a b', 'a.b', '$ref', '__proto__', 'é', '名', 'a'.repeat(51), 7, null, {}])(
    '%j is none',
    async (name) => {
      await refused([{ ...create(), name }], invalid('/operations/0/name'));
    },
  );

  it('of no operation, of a later one, or of the operation itself is refused where it stands', async () => {
    const unknown = (pointer: string) => invalid(pointer, 'unknown_name');
    await refused([create(), submit('x')], unknown('/operations/1/path'));
    await refused([submit('x'), { ...create(), name: 'x' }], unknown('/operations/0/path'));
    await refused([{ ...submit('x'), name: 'x' }], unknown('/operations/0/path'));
    await refused([submit('constructor')], unknown('/operations/0/path'));
    const inBody = create({ title: '一', related: ['qing-dao', { $ref: 'x' }] });
    await refused([inBody], unknown('/operations/0/body/related/1'));
    await refused(
      [create({ title: '一', metadata: { 'a/b~c': { $ref: 'toString' } } })],
      unknown('/operations/0/body/metadata/a~1b~0c'),
    );
    await refused([post('/v1/articles/qing-dao/submit', { ifMatch: { $ref: 'x' } })], unknown('/operations/0/ifMatch'));
  });

  it('stands in one pair of braces', async () => {
    const path = '/v1/articles/{{x}}/submit';
    await refused(
      [{ ...create(), name: 'x' }, post(path, { ifMatch: '*' })],
      invalid('/operations/1/path', 'invalid_value'),
    );
  });

  it('may be given once', async () => {
    await refused(
      [
        { ...create(), name: 'x' },
        { ...create(), name: 'x' },
      ],
      invalid('/operations/1/name', 'name_taken'),
    );
  });

  it('for what answers with nothing stands for nothing', async () => {
    const trash = { name: 'x', method: 'DELETE', path: `/v1/articles/${article.id}`, ifMatch: '*' };
    await refused([trash], invalid('/operations/0/name', 'no_id'));
  });

  it('stands for an id: not for a whole body, a number, an instant or a choice', async () => {
    const named = { ...create(), name: 'x' };
    await refused([named, { ...create(), body: { $ref: 'x' } }], invalid('/operations/1/body'));
    await refused([named, create({ title: '一', urgency: { $ref: 'x' } })], invalid('/operations/1/body/urgency'));
    const at = { ifMatch: '*', body: { at: { $ref: 'x' } } };
    const answer = await expectRefused(app, () => batch([named, post('/v1/articles/{x}/publish', at)]), {
      status: 422,
      code: 'batch.operation_failed',
      pointer: '/operations/1/body/at',
    });
    expect(answer.body.problem.status).toBe(400);
  });

  it('whose operation has no ETag is no condition: 428', async () => {
    const comment = { ...post('/v1/articles/qing-dao/comments', { body: { text: '好' } }), name: 'x' };
    const submitted = post('/v1/articles/qing-dao/submit', { ifMatch: { $ref: 'x' } });
    const expected = { status: 422, code: 'batch.operation_failed' };
    const answer = await expectRefused(app, () => batch([comment, submitted]), expected);
    expect(answer.body).toMatchObject({ operation: 1, problem: { status: 428 } });
  });

  it.each([7, [], {}, { $ref: 7 }, { $ref: '' }, { $ref: '#/x' }, { $ref: 'x', also: 1 }, { $ref: ['x'] }, null, ''])(
    'as a condition is a text or one reference, not %j',
    async (ifMatch) => {
      const call = () => batch([post('/v1/articles/qing-dao/submit', { ifMatch })]);
      const answer = await expectRefused(app, call, { status: 400, code: 'request.invalid' });
      expect(answer.body.errors[0].pointer).toMatch(/^\/operations\/0\/ifMatch/);
    },
  );
});

describe('a body', () => {
  it.each([
    ['__proto__', '{"__proto__":{"isAdmin":true}}'],
    ['constructor.prototype', '{"constructor":{"prototype":{"isAdmin":true}}}'],
    ['__proto__ inside', '{"title":"一","metadata":{"__proto__":{"$ref":"x"}}}'],
  ])('with %s is no JSON that is read', async (_name, body) => {
    const text = `{"operations":[{"method":"POST","path":"/v1/articles","body":${body}}]}`;
    const call = () => app.call('POST', '/v1/batch', { as: 'admin', body: text });
    await expectRefused(app, call, { status: 400, code: 'request.invalid_json' });
  });

  it.each<[string, unknown, string]>([
    ['of a number', 7, ''],
    ['of a list', [], ''],
    ['with an operator for text', { title: { contains: '一' } }, '/title'],
    ['with an operator for a name', { title: '一', section: { not: null } }, '/section'],
    ['with a reference too many', { title: '一', section: { $ref: 'x', $and: [] } }, '/section'],
    ['with a field of the answer', { title: '一', id: 'x' }, '/id'],
  ])('%s is refused as alone', async (_name, body, pointer) => {
    const alone = await app.post('/v1/articles', body, { as: 'admin' });
    expect(alone.status).toBe(400);
    const answer = await refused([create(), create(body as object)], invalid(`/operations/1/body${pointer}`));
    const pointers = ({ body: problem }: Answer) => problem.errors.map((fault: { pointer: string }) => fault.pointer);
    expect(pointers(answer)).toEqual(pointers(alone).map((each: string) => `/operations/1/body${each}`));
  });

  it('of null is none, as alone', async () => {
    const made = await makeArticle(app);
    const answer = await batch([
      post(`/v1/articles/${made.id}/submit`, { ifMatch: '*', body: null }),
      post(`/v1/articles/${made.id}/approve`, { ifMatch: '*' }),
      { method: 'DELETE', path: `/v1/articles/${made.id}`, ifMatch: '*', body: null },
    ]);
    expect(answer.body.results.map(({ status }: { status: number }) => status)).toEqual([200, 200, 204]);
    await refused([{ ...create(), body: null }], invalid('/operations/0/body', 'invalid_type'));
  });

  it('too large as a whole is a 413', async () => {
    const many = Array.from({ length: 100 }, () => create({ title: '大', body: { text: '大'.repeat(60_000) } }));
    await expectRefused(app, () => batch(many), { status: 413, code: 'request.too_large' });
  });

  it('nested deeper than any document is a 400', async () => {
    const deep = `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`;
    const text = `{"operations":[{"method":"POST","path":"/v1/articles","body":{"title":"一","metadata":${deep}}}]}`;
    const call = () => app.call('POST', '/v1/batch', { as: 'admin', body: text });
    await expectRefused(app, call, { status: 400, code: 'request.too_deep' });
  });

  it('with faults in each of a hundred operations is answered briefly', async () => {
    const many = Array.from({ length: 100 }, () => create({ nonsense: 1, more: 2 }));
    expectProblem(await batch(many), invalid('/operations/0/body/nonsense'));
  });
});

it('the query of a batch is no way to the query of an operation', async () => {
  await expectRefused(app, () => app.post('/v1/batch?publish=true', { operations: [create()] }), invalid('?publish'));
});

it('an Idempotency-Key or If-Match of the request is not that of an operation', async () => {
  const answer = await batch([post('/v1/articles/qing-dao/submit')], { ifMatch: '*' });
  expect(answer.body).toMatchObject({ operation: 0, problem: { status: 428 } });
});
