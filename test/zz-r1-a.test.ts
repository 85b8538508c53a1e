import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from './support/app.ts';
import { makeArticle, makePublished, makeSection, publish } from './support/factories.ts';
let app: TestApp;
beforeAll(async () => { app = await createTestApp(import.meta.url); });
afterAll(() => app.close());
const show = (n: string, a: any) => console.log(n, a.status, JSON.stringify(a.body)?.slice(0, 900));

it('related judged at past', async () => {
  const rel = await makePublished(app, { title: 'rel' });
  const a = await makeArticle(app, { title: 'main', related: [rel.id] });
  const r = await app.post(`/v1/articles/${a.id}/publish`, { at: '2001-01-01T00:00:00Z' }, { ifMatch: a.etag });
  console.log('WARN past-at', JSON.stringify(r.body.warnings));
});
it('last-modified of draft tags', async () => {
  app.clock.advance(60_000);
  const before = (await app.get('/v1/articles')).headers['last-modified'];
  app.clock.advance(60_000);
  await makeArticle(app, { tags: ['秘密标签'] });
  app.clock.advance(60_000);
  console.log('LM', before, (await app.get('/v1/articles')).headers['last-modified']);
  app.clock.advance(60_000);
  await makeArticle(app, {});
  app.clock.advance(60_000);
  console.log('LM plain draft', (await app.get('/v1/articles')).headers['last-modified']);
});
it('long path idem', async () => {
  const chars = Array.from({ length: 200 }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20000))).join('');
  const p = encodeURIComponent(chars);
  const r = await app.post(`/v1/articles/${p}/comments`, { text: 'x' }, { headers: { 'Idempotency-Key': 'k1' } });
  show('IDEM long', r);
  const r2 = await app.put(`/v1/articles/by-external-id/${p}`, { title: 'x' }, { headers: { 'Idempotency-Key': 'k'.repeat(200) } });
  show('IDEM put', r2);
  const padded = [...'a'.repeat(200)].map((c) => '%61').join('');
  const r3 = await app.post(`/v1/articles/${padded}/comments`, { text: 'x' }, { headers: { 'Idempotency-Key': 'k1' } });
  show('IDEM pad', r3);
  const ext = Array.from({ length: 200 }, () => String.fromCodePoint(0x800 + Math.floor(Math.random() * 50000))).join('').toWellFormed();
  show('long external id', await app.put(`/v1/articles/by-external-id/${encodeURIComponent(ext)}`, { title: 'x' }, { headers: { 'Idempotency-Key': Array.from({length:200},()=>String.fromCharCode(33+Math.floor(Math.random()*94))).join('').replaceAll('"','x') } }));
});
it('mixed batch life', async () => {
  const r = await app.post('/v1/batch', { operations: [
    { name: 'sec', method: 'POST', path: '/v1/sections', body: { name: '批' } },
    { name: 'a', method: 'POST', path: '/v1/articles', body: { title: '批稿', section: { $ref: 'sec' }, tags: ['新批'], credits: [{ role: 'author', name: '某' }], body: { markdown: '一\n\n二' }, metadata: { x: 1 } } },
    { method: 'POST', path: '/v1/articles/{a}/comments', body: { text: '好' } },
    { name: 'b', method: 'POST', path: '/v1/articles', body: { title: '批稿二', related: [{ $ref: 'a' }] } },
    { name: 'p', method: 'POST', path: '/v1/articles/{a}/publish', ifMatch: { $ref: 'a' } },
    { name: 'c', method: 'POST', path: '/v1/articles/{a}/correct', ifMatch: { $ref: 'p' }, body: { note: 'n', changes: { summary: 's' } } },
    { name: 'r', method: 'POST', path: '/v1/articles/{a}/retract', ifMatch: { $ref: 'c' }, body: { notice: 'n', reason: 'r' } },
    { name: 'i', method: 'POST', path: '/v1/articles/{a}/reinstate', ifMatch: { $ref: 'r' } },
    { name: 's', method: 'POST', path: '/v1/articles/{a}/restore', ifMatch: { $ref: 'i' }, body: { version: 1 } },
    { name: 'sc', method: 'POST', path: '/v1/articles/{a}/publish', ifMatch: { $ref: 's' }, body: { at: '2030-01-01T00:00:00Z', until: '2031-01-01T00:00:00Z' } },
    { name: 'us', method: 'POST', path: '/v1/articles/{a}/unschedule', ifMatch: { $ref: 'sc' } },
    { name: 'su', method: 'POST', path: '/v1/articles/{a}/submit', ifMatch: { $ref: 'us' }, body: { comment: 'c' } },
    { method: 'DELETE', path: '/v1/articles/{a}', ifMatch: { $ref: 'su' } },
    { method: 'PUT', path: '/v1/articles/by-external-id/x1', body: { title: 'ext' } },
  ] });
  show('MIXED', r);
  console.log(r.body.results?.map((x: any) => x.status));
});
it('mixed batch conflicts', async () => {
  const a = await makeArticle(app, { title: 'x', slug: 'taken-slug', externalId: 'ext-t' });
  const sec = { method: 'POST', path: '/v1/sections', body: { name: '批二' } };
  show('slug', await app.post('/v1/batch', { operations: [sec, { method: 'POST', path: '/v1/articles', body: { title: 'y', slug: 'taken-slug' } }] }));
  show('slug sql', await app.post('/v1/batch', { operations: [{ method: 'POST', path: '/v1/articles', body: { title: 'y', slug: 'taken-slug' } }] }));
  show('ext', await app.post('/v1/batch', { operations: [sec, { method: 'POST', path: '/v1/articles', body: { title: 'y', externalId: 'ext-t' } }] }));
  show('ext idem', await app.post('/v1/batch', { operations: [sec, { method: 'POST', path: '/v1/articles', body: { title: 'y', externalId: 'ext-t' } }] }, { headers: { 'Idempotency-Key': 'bb' } }));
  show('patch slug', await app.post('/v1/batch', { operations: [sec, { name: 'n', method: 'POST', path: '/v1/articles', body: { title: 'y' } }, { method: 'PATCH', path: '/v1/articles/{n}', ifMatch: { $ref: 'n' }, body: { slug: 'taken-slug' } }] }));
  show('sec slug', await app.post('/v1/batch', { operations: [{ ...sec, body: { name: 'q', slug: 'q1' } }, { ...sec, body: { name: 'q', slug: 'q1' } }] }));
  show('nul', await app.post('/v1/batch', { operations: [{ method: 'POST', path: '/v1/articles/%00/comments', body: { text: 'x' } }] }));
  show('badpct', await app.post('/v1/batch', { operations: [{ method: 'POST', path: '/v1/articles/%E0%A4%A/comments', body: { text: 'x' } }] }));
});
