// Fields that are well formed and still wrong: dates that do not exist, names of nothing, names that are taken, trees
// that bite their tail, preconditions that do not hold. Each names the field, and nothing of the request is kept.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallOptions, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, makeTag } from '../../support/factories.ts';
import { type Expected, expectRefused } from './refusals.ts';

type Made = Awaited<ReturnType<typeof makeArticle>>;

let app: TestApp;
let article: Made;
let root: Made;
let child: Made;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  root = await makeSection(app, { name: '产经', slug: 'chan-jing', externalId: 'cms-1' });
  child = await makeSection(app, { name: '青岛', slug: 'qing-dao', parent: root.slug });
  await makeTag(app, { name: '两会', slug: 'liang-hui' });
  await makePublished(app, { title: '青岛再开放', slug: 'live' });
  const taken = await makeArticle(app, { title: '草稿', slug: 'reserved', externalId: 'cms-1' });
  article = await makeArticle(app, { title: '工业互联网', tags: ['两会'] });
  expect(taken.slug).toBe('reserved');
});
afterAll(() => app.close());

type Target = { method: string; path: () => string; as?: string; ifMatch?: () => string };
const createArticle: Target = { method: 'POST', path: () => '/v1/articles' };
const createSection: Target = { method: 'POST', path: () => '/v1/sections' };
const createKey: Target = { method: 'POST', path: () => '/v1/api-keys', as: 'admin' };
const patchArticle: Target = {
  method: 'PATCH',
  path: () => `/v1/articles/${article.id}`,
  ifMatch: () => article.etag,
};
const publishArticle: Target = { ...patchArticle, method: 'POST', path: () => `/v1/articles/${article.id}/publish` };
const patchRoot: Target = { method: 'PATCH', path: () => '/v1/sections/chan-jing', ifMatch: () => root.etag };

function send({ method, path, as = 'editor', ifMatch }: Target, body: unknown, more: CallOptions = {}) {
  return () => app.call(method, path(), { as, body, ...(ifMatch && { ifMatch: ifMatch() }), ...more });
}

const noDates = [
  '2026-02-30',
  '2026-02-30T10:00:00Z',
  '2027-02-29T00:00:00+08:00',
  '2026-13-01T00:00:00Z',
  '2026-00-10T00:00:00Z',
  '2026-04-31',
  '2026-05-27T24:00:00Z',
  '2026-05-27T23:60:00Z',
  '2026-06-30T23:59:60Z',
  '2026-05-27T00:00:00+99:00',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-01:00',
  '+012026-05-27T00:00:00Z',
  'tomorrow',
  '1780000000000',
  "2026-05-27'; select 1 --",
];
describe('a date that does not exist is refused', () => {
  it.each(noDates)('as the start or end of a publication, or the expiry of a key: %s', async (date) => {
    const refused = (pointer: string): Expected => ({ status: 400, code: 'request.invalid', pointer });
    await expectRefused(app, send(publishArticle, { at: date }), refused('/at'));
    await expectRefused(app, send(publishArticle, { until: date }), refused('/until'));
    const key = { name: 'k', role: 'viewer', expiresAt: date };
    await expectRefused(app, send(createKey, key), refused('/expiresAt'));
  });
});

const missing = (pointer: string): Expected => ({
  status: 422,
  code: 'reference.not_found',
  pointer,
  fault: 'not_found',
});
const nobody = '0195f2a0-0000-7000-8000-0000000000ff';
type Row = [name: string, target: Target, body: object, expected: Expected];

const relations: Row[] = [nobody, 'nowhere', "'; drop table section; --", '\u{1f9a2}'].flatMap((name): Row[] => [
  [`section ${name}`, createArticle, { title: '新', section: name, tags: ['新标签'] }, missing('/section')],
  [`source ${name}`, createArticle, { title: '新', source: name, tags: ['新标签'] }, missing('/source')],
  [
    `editor ${name}`,
    createArticle,
    { title: '新', credits: [{ role: 'author', editor: name }], tags: ['新标签'] },
    missing('/credits/0/editor'),
  ],
  [`related ${name}`, createArticle, { title: '新', related: [name], tags: ['新标签'] }, missing('/related/0')],
  [`section ${name} in a patch`, patchArticle, { section: name, tags: ['新标签'] }, missing('/section')],
  [`parent ${name}`, createSection, { name: '新', parent: name }, missing('/parent')],
  [`parent ${name} in a patch`, patchRoot, { parent: name }, missing('/parent')],
  [`key's editor ${name}`, createKey, { name: 'k', role: 'viewer', editor: name }, missing('/editor')],
  [`key's section ${name}`, createKey, { name: 'k', role: 'viewer', sections: [name] }, missing('/sections/0')],
]);
describe('something that does not exist is a 422 that points at it, and no new tag or key stays behind:', () => {
  it.each(relations)('%s', async (_name, target, body, expected) => {
    await expectRefused(app, send(target, body), expected);
  });

  it('every name of one request that is missing, at once', async () => {
    const credits = [
      { role: 'author', editor: 'nobody' },
      { role: 'editor', name: '刘莹莹' },
      { role: 'editor', editor: 'noone' },
    ];
    const body = { title: '新', section: 'nowhere', source: 'none', credits };
    const answer = await expectRefused(app, send(createArticle, body), missing('/section'));
    const pointers = answer.body.errors.map((fault: { pointer: string }) => fault.pointer);
    expect(pointers.toSorted()).toEqual(['/credits/0/editor', '/credits/2/editor', '/section', '/source']);
  });
});

const conflict = (code: string, pointer: string): Expected => ({ status: 409, code, pointer });
const taken: Row[] = [
  [
    'slug of a public article',
    createArticle,
    { title: '新', slug: 'live', tags: ['新标签'] },
    conflict('article.slug_taken', '/slug'),
  ],
  [
    'slug of a draft',
    createArticle,
    { title: '新', slug: 'reserved', tags: ['新标签'] },
    conflict('article.slug_taken', '/slug'),
  ],
  [
    'slug in a patch',
    patchArticle,
    { slug: 'live', title: '另一个', tags: ['新标签'] },
    conflict('article.slug_taken', '/slug'),
  ],
  [
    'external id',
    createArticle,
    { title: '新', externalId: 'cms-1', tags: ['新标签'] },
    conflict('article.external_id_taken', '/externalId'),
  ],
  [
    'external id in a patch',
    patchArticle,
    { externalId: 'cms-1', title: '另一个' },
    conflict('article.external_id_taken', '/externalId'),
  ],
  ['slug of a section', createSection, { name: '新', slug: 'chan-jing' }, conflict('section.slug_taken', '/slug')],
  [
    'slug of a section in a patch',
    patchRoot,
    { slug: 'qing-dao', name: '新' },
    conflict('section.slug_taken', '/slug'),
  ],
  [
    'external id of a section',
    createSection,
    { name: '新', externalId: 'cms-1' },
    conflict('section.external_id_taken', '/externalId'),
  ],
  [
    'name of a tag',
    { ...createSection, path: () => '/v1/tags' },
    { name: '两会' },
    conflict('tag.name_taken', '/name'),
  ],
];
describe('what another one has is a 409 that does not name the holder:', () => {
  it.each(taken)('%s', async (_name, target, body, expected) => {
    const answer = await expectRefused(app, send(target, body), expected);
    expect(answer.text).not.toMatch(new RegExp([article.id, root.id, '草稿', '青岛再开放'].join('|')));
  });
});

describe('a section cannot come to lie', () => {
  it.each([
    ['below itself', () => root.slug],
    ['below itself, by its id', () => root.id],
    ['below its child', () => child.slug],
  ])('%s', async (_name, parent) => {
    await expectRefused(app, send(patchRoot, { parent: parent() }), conflict('section.cycle', '/parent'));
  });
});

describe('If-Match', () => {
  const targets: [string, Target, object][] = [
    ['patching an article', patchArticle, { title: '另一个' }],
    ['publishing', publishArticle, {}],
    ['patching a section', patchRoot, { name: '另一个' }],
  ];
  const headers: [name: string, value: string | undefined, expected: Expected][] = [
    ['that is missing', undefined, { status: 428, code: 'request.precondition_required' }],
    ['of an older revision', '"r0"', { status: 412, code: 'request.precondition_failed' }],
    ['of a revision yet to come', '"r99"', { status: 412, code: 'request.precondition_failed' }],
    ['that is weak', 'W/"r1"', { status: 412, code: 'request.precondition_failed' }],
    ['of a public answer', '"abcdefghijklmnopqrstuv"', { status: 412, code: 'request.precondition_failed' }],
    ['with a huge number', `"r${'9'.repeat(300)}"`, { status: 412, code: 'request.precondition_failed' }],
    ['without quotes', 'r1', { status: 400, code: 'request.invalid_header', pointer: '!If-Match' }],
    ['with one quote', '"r1', { status: 400, code: 'request.invalid_header', pointer: '!If-Match' }],
    ['that is empty', '', { status: 400, code: 'request.invalid_header', pointer: '!If-Match' }],
    [
      'of ten thousand commas',
      ','.repeat(10_000),
      { status: 400, code: 'request.invalid_header', pointer: '!If-Match' },
    ],
    ['with SQL', '"r1" or 1=1', { status: 400, code: 'request.invalid_header', pointer: '!If-Match' }],
  ];
  describe.each(headers)('%s is refused when', (_name, value, expected) => {
    it.each(targets)('%s', async (_target, { ifMatch: _ifMatch, ...target }, body) => {
      const more = value === undefined ? {} : { headers: { 'If-Match': value } };
      await expectRefused(app, send(target, body, more), expected);
    });
  });
});

const invalid = (pointer: string): Expected => ({ status: 400, code: 'request.invalid', pointer });
const manyBlocks = Array(2001).fill({ _type: 'block', children: [] });
const values: Row[] = [
  ['an empty title', createArticle, { title: '' }, invalid('/title')],
  ['a title of 501 characters', createArticle, { title: '新'.repeat(501) }, invalid('/title')],
  ['null for the title', patchArticle, { title: null }, invalid('/title')],
  ['no title', createArticle, {}, invalid('/title')],
  ['a slug in capitals', createArticle, { title: '新', slug: 'Qing' }, invalid('/slug')],
  ['a slug with a slash', createArticle, { title: '新', slug: 'a/b' }, invalid('/slug')],
  ['a slug that climbs', createArticle, { title: '新', slug: '..' }, invalid('/slug')],
  ['a slug like a UUID', createArticle, { title: '新', slug: nobody }, invalid('/slug')],
  ['a reserved slug', createArticle, { title: '新', slug: 'by-external-id' }, invalid('/slug')],
  ['a slug as an operator', createArticle, { title: '新', slug: { not: '' } }, invalid('/slug')],
  ['a section as an operator', createArticle, { title: '新', section: { startsWith: '' } }, invalid('/section')],
  ['a parent as an operator', createSection, { name: '新', parent: { not: null } }, invalid('/parent')],
  ['a role that is none', createKey, { name: 'k', role: 'owner' }, invalid('/role')],
  ['a role as an operator', createKey, { name: 'k', role: { in: ['admin'] } }, invalid('/role')],
  ['no sections at all', createKey, { name: 'k', role: 'editor', sections: [] }, invalid('/sections')],
  ['an editor and a service', createKey, { name: 'k', role: 'editor', editor: 'a', service: 'b' }, invalid('/service')],
  ['an expiry in the past', createKey, { name: 'k', role: 'editor', expiresAt: '2020-01-01' }, invalid('/expiresAt')],
  ['an end before the start', publishArticle, { at: '2030-01-02', until: '2030-01-01' }, invalid('/until')],
  ['an end in the past', publishArticle, { until: '2020-01-01' }, invalid('/until')],
  ['a script as an address', createArticle, { title: '新', sourceUrl: 'javascript:alert(1)' }, invalid('/sourceUrl')],
  ['urgency 0', createArticle, { title: '新', urgency: 0 }, invalid('/urgency')],
  ['urgency 1.5', createArticle, { title: '新', urgency: 1.5 }, invalid('/urgency')],
  ['a position beyond every number', createSection, { name: '新', position: 1e300 }, invalid('/position')],
  ['a locale that is none', createArticle, { title: '新', locale: 'Chinese' }, invalid('/locale')],
  [
    'a credit of two',
    createArticle,
    { title: '新', credits: [{ role: 'author', name: 'a', editor: 'b' }] },
    invalid('/credits/0'),
  ],
  [
    'a role of no credit',
    createArticle,
    { title: '新', credits: [{ role: 'boss', name: 'a' }] },
    invalid('/credits/0/role'),
  ],
  ['51 tags', createArticle, { title: '新', tags: Array(51).fill('a') }, invalid('/tags')],
  ['a body in two forms', createArticle, { title: '新', body: { text: 'a', html: 'b' } }, invalid('/body')],
  ['a body in no form', createArticle, { title: '新', body: {} }, invalid('/body')],
  ['a body as text', createArticle, { title: '新', body: 'text' }, invalid('/body')],
  ['2,001 blocks', createArticle, { title: '新', body: { blocks: manyBlocks } }, invalid('/body/blocks')],
  [
    'a block of no kind',
    createArticle,
    { title: '新', body: { blocks: [{ _type: 'iframe' }] } },
    invalid('/body/blocks/0/_type'),
  ],
  ['metadata that is a list', createArticle, { title: '新', metadata: [] }, invalid('/metadata')],
  ['metadata of 33 kB', createArticle, { title: '新', metadata: { a: 'x'.repeat(33_000) } }, invalid('/metadata')],
  ['metadata of 33 kB in a patch', patchArticle, { metadata: { a: 'x'.repeat(33_000) } }, invalid('/metadata')],
];
it.each(values)('refused with a pointer: %s', async (_name, target, body, expected) => {
  await expectRefused(app, send(target, body), expected);
});

it('a request with hundreds of faults names fifty of them, and answers shortly', async () => {
  const body = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field${i}`, i]));
  const answer = await expectRefused(app, send(createArticle, { ...body, title: 7 }), invalid('/title'));
  expect(answer.body.errors).toHaveLength(50);
});
