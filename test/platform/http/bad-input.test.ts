// Bodies that are no request at all, on every kind of write: each is a problem with a stable code, and nothing is written.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type CallOptions, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle } from '../../support/factories.ts';
import { type Expected, expectRefused } from './refusals.ts';

let app: TestApp;
let article: { id: string; etag: string };
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  article = await makeArticle(app, { title: '青岛再开放', slug: 'qing-dao' });
});
afterAll(() => app.close());

type Write = {
  name: string;
  method: string;
  path: () => string;
  as: string;
  text: string;
  ifMatch?: () => string;
  isBodyOptional?: boolean;
};

/** A write of each kind, with the field that takes a line of text. */
const writes: Write[] = [
  { name: 'article create', method: 'POST', path: () => '/v1/articles', as: 'editor', text: 'title' },
  {
    name: 'article patch',
    method: 'PATCH',
    path: () => `/v1/articles/${article.id}`,
    as: 'editor',
    text: 'title',
    ifMatch: () => article.etag,
  },
  {
    name: 'publish',
    method: 'POST',
    path: () => `/v1/articles/${article.id}/publish`,
    as: 'editor',
    text: 'at',
    ifMatch: () => article.etag,
    isBodyOptional: true,
  },
  { name: 'section create', method: 'POST', path: () => '/v1/sections', as: 'editor', text: 'name' },
  { name: 'api key create', method: 'POST', path: () => '/v1/api-keys', as: 'admin', text: 'name' },
];

type Fault = [name: string, body: (field: string) => CallOptions, expected: (field: string) => Expected];

const invalid = (pointer: string, fault?: string): Expected => ({
  status: 400,
  code: 'request.invalid',
  pointer,
  ...(fault !== undefined && { fault }),
});
const notText = (field: string) => invalid(`/${field}`, 'invalid_type');
const badJson = (): Expected => ({ status: 400, code: 'request.invalid_json' });
const badText = (pointer?: string) => (): Expected => ({
  status: 400,
  code: 'request.invalid_text',
  ...(pointer !== undefined && { pointer, fault: 'invalid_text' }),
});
const badTextAt = (field: string): Expected => badText(`/${field}`)();
const tooDeep = (): Expected => ({ status: 400, code: 'request.too_deep' });
const tooLarge = (): Expected => ({ status: 413, code: 'request.too_large' });
const wrongType = (): Expected => ({ status: 415, code: 'request.unsupported_media_type' });
const nest = (open: string, close: string, inner = '1') => open.repeat(100_000) + inner + close.repeat(100_000);

const faults: Fault[] = [
  ['broken JSON', () => ({ body: '{"title": ' }), badJson],
  ['JSON with a trailing comma', (field) => ({ body: `{"${field}": "a",}` }), badJson],
  ['text after the JSON', (field) => ({ body: `{"${field}": "a"} drop` }), badJson],
  ['NaN in JSON', (field) => ({ body: `{"${field}": NaN}` }), badJson],
  ['a blank body', () => ({ body: ' \n\t ' }), badJson],
  ['only a BOM', () => ({ body: Buffer.from([0xef, 0xbb, 0xbf]) }), badJson],
  ['__proto__', () => ({ body: '{"__proto__": {"isAdmin": true}}' }), badJson],
  ['an escaped __proto__', () => ({ body: '{"\\u005f_proto__": {"isAdmin": true}}' }), badJson],
  ['constructor.prototype', () => ({ body: '{"constructor": {"prototype": {"isAdmin": true}}}' }), badJson],
  // The last of two counts (RFC 8259, section 4, lets us choose), and what counts is what is checked.
  ['a duplicate key, the last one wrong', (field) => ({ body: `{"${field}": "a", "${field}": 7}` }), notText],
  ['100,000 nested arrays', (field) => ({ body: `{"${field}": ${nest('[', ']')}}` }), tooDeep],
  ['100,000 nested objects', (field) => ({ body: `{"${field}": ${nest('{"a":', '}')}}` }), tooDeep],
  ['100,000 nested arrays that never end', () => ({ body: '['.repeat(100_000) }), badJson],
  ['a string of 10 MB', (field) => ({ body: { [field]: 'a'.repeat(10_000_000) } }), tooLarge],
  ['10 MB of Chinese in a key', () => ({ body: { ['新'.repeat(3_400_000)]: 1 } }), tooLarge],
  ['a NUL in a value', (field) => ({ body: `{"${field}": "a\\u0000b"}` }), badTextAt],
  ['a NUL in a key', () => ({ body: '{"a\\u0000b": 1}' }), badText('')],
  ['a high surrogate alone', (field) => ({ body: `{"${field}": "a\\ud800"}` }), badTextAt],
  ['a low surrogate alone', (field) => ({ body: `{"${field}": "\\udc00a"}` }), badTextAt],
  ['surrogates in the wrong order', (field) => ({ body: `{"${field}": "\\udc00\\ud800"}` }), badTextAt],
  ['a lone surrogate in a key', () => ({ body: '{"\\udfff": 1}' }), badText('')],
  ['invalid UTF-8', (field) => ({ body: Buffer.from(`{"${field}": "\xff\xfe"}`, 'latin1') }), badText()],
  ['a surrogate in UTF-8', (field) => ({ body: Buffer.from(`{"${field}": "\xed\xa0\x80"}`, 'latin1') }), badText()],
  ['overlong UTF-8', (field) => ({ body: Buffer.from(`{"${field}": "\xc0\xaf"}`, 'latin1') }), badText()],
  ['UTF-16', (field) => ({ body: Buffer.from(`\ufeff{"${field}": "a"}`, 'utf16le') }), badText()],
  ['text/plain', (field) => ({ body: `{"${field}": "a"}`, type: 'text/plain' }), wrongType],
  ['a form', (field) => ({ body: `${field}=a`, type: 'application/x-www-form-urlencoded' }), wrongType],
  ['multipart', () => ({ body: '--x--', type: 'multipart/form-data; boundary=x' }), wrongType],
  ['an unknown media type', () => ({ body: '{}', type: 'application/xml' }), wrongType],
  ['a malformed media type', () => ({ body: '{}', type: 'json' }), wrongType],
  ['an array for the object', () => ({ body: '[]' }), () => invalid('', 'invalid_type')],
  ['a string for the object', () => ({ body: '"text"' }), () => invalid('', 'invalid_type')],
  ['a number for the object', () => ({ body: '42' }), () => invalid('', 'invalid_type')],
  ['true for the object', () => ({ body: 'true' }), () => invalid('', 'invalid_type')],
  ['an unknown field', () => ({ body: { nonsense: 1 } }), () => invalid('/nonsense', 'unknown_field')],
  ['a field with ~ and /', () => ({ body: { 'a~b/c': 1 } }), () => invalid('/a~0b~1c', 'unknown_field')],
  ['a field of the answer', () => ({ body: { id: 'x' } }), () => invalid('/id', 'unknown_field')],
  ['a number for text', (field) => ({ body: { [field]: 7 } }), notText],
  ['an operator for text', (field) => ({ body: { [field]: { contains: 'a' } } }), (field) => invalid(`/${field}`)],
  ['an array for text', (field) => ({ body: { [field]: ['a'] } }), (field) => invalid(`/${field}`)],
  ['empty text', (field) => ({ body: { [field]: '' } }), (field) => invalid(`/${field}`, 'too_small')],
  [
    'text of 100 kB',
    (field) => ({ body: { [field]: 'a'.repeat(100_000) } }),
    (field) => invalid(`/${field}`, 'too_big'),
  ],
];

describe.each(writes)('$name refuses, and writes nothing:', ({ method, path, as, text, ifMatch, isBodyOptional }) => {
  it.each(faults)('%s', async (_name, body, expected) => {
    const options = { as, ...(ifMatch && { ifMatch: ifMatch() }), ...body(text) };
    await expectRefused(app, () => app.call(method, path(), options), expected(text));
  });

  // Where a body may be left out, an empty one is none.
  it.skipIf(isBodyOptional)('an empty body', async () => {
    const options = { as, ...(ifMatch && { ifMatch: ifMatch() }), body: '' };
    await expectRefused(app, () => app.call(method, path(), options), badJson());
  });

  it('a body without a media type', async () => {
    const options = { as, ...(ifMatch && { ifMatch: ifMatch() }), body: '{}', type: '' };
    await expectRefused(app, () => app.call(method, path(), options), wrongType());
  });

  it('a body in a content coding that is not spoken here', async () => {
    const headers = { 'Content-Encoding': 'gzip' };
    const options = { as, ...(ifMatch && { ifMatch: ifMatch() }), body: Buffer.from([0x1f, 0x8b, 0x08]), headers };
    const expected = { status: 415, code: 'request.unsupported_encoding' };
    await expectRefused(app, () => app.call(method, path(), options), expected);
  });
});
