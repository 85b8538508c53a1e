// Who reads an embargoed draft, and until when it is hidden from everybody else.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Principal } from '../../../src/platform/auth/principal.ts';
import { refuseUses } from '../../../src/platform/records/uses.ts';
import { tagRecord } from '../../../src/resources/tags/record.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection, makeTag, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const minute = 60_000;
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();

async function embargo(article: { id: string }, until: string | null = fromNow(minute)): Promise<string | null> {
  const statement = 'update article set embargo_until = $2::timestamptz where id = $1::uuid';
  await app.deps.db.sql.rows(statement, [article.id, until]);
  return until;
}

const read = (article: { id: string }, as: string) => app.get(`/v1/articles/${article.id}?perspective=draft`, { as });
const statusFor = async (article: { id: string }, as: string) => (await read(article, as)).status;

it('editors and admins read it, with the instant; viewers and foreign writers do not', async () => {
  const article = await makeArticle(app);
  const until = await embargo(article);
  for (const as of ['editor', 'admin']) expect((await read(article, as)).body.embargoUntil).toBe(until);
  for (const as of ['viewer', 'writer']) expect(await statusFor(article, as)).toBe(404);
});

it('it is hidden to the last millisecond, and there at the very instant', async () => {
  const article = await makeArticle(app);
  await embargo(article);
  const list = async () =>
    (await app.get(`/v1/articles?perspective=draft&ids=${article.id}&count=exact`, { as: 'viewer' })).body.page.total;
  app.clock.advance(minute - 1);
  expect([await statusFor(article, 'viewer'), await list()]).toEqual([404, 0]);
  app.clock.advance(1);
  expect([await statusFor(article, 'viewer'), await list()]).toEqual([200, 1]);
});

it('a schedule at the end of the embargo gives the public the article at that instant, and to nobody before', async () => {
  const article = await makeArticle(app, { title: '准时' });
  await embargo(article);
  await publish(app, article, { at: fromNow(minute) });
  app.clock.advance(minute - 1);
  expect((await app.get(`/v1/articles/${article.id}`)).status).toBe(404);
  app.clock.advance(1);
  expect((await app.get(`/v1/articles/${article.id}`)).body.title).toBe('准时');
  expect(await statusFor(article, 'viewer')).toBe(200);
});

it('a writer reads and changes its own, with whichever key of the same service or editor', async () => {
  const editor = (await makeEditor(app)).id;
  const [one, two] = [
    await app.createKey({ name: '一', role: 'writer', editor }),
    await app.createKey({ name: '二', role: 'writer', editor }),
  ];
  const service = () => app.createKey({ name: '门户', role: 'writer', service: 'portal' });
  for (const [maker, other] of [
    [one, two],
    [await service(), await service()],
  ]) {
    const article = await makeArticle(app, {}, maker);
    await embargo(article);
    expect(await statusFor(article, other!)).toBe(200);
    const changed = await app.patch(`/v1/articles/${article.id}`, { genre: 'x' }, { as: other, ifMatch: article.etag });
    expect(changed.status).toBe(200);
  }
});

it('a service that is called like an editor’s id does not own what the editor made', async () => {
  const editor = (await makeEditor(app)).id;
  const article = await makeArticle(app, {}, await app.createKey({ name: '记者', role: 'writer', editor }));
  await embargo(article);
  const impostor = await app.createKey({ name: 'x', role: 'writer', service: editor });
  expect(await statusFor(article, impostor)).toBe(404);
});

it('a writer whose key is limited to other sections does not read its own embargoed draft', async () => {
  const [mine, other] = [await makeSection(app), await makeSection(app)];
  const everywhere = await app.createKey({ name: 'x', role: 'writer', service: 'bureau' });
  const limited = await app.createKey({ name: 'x', role: 'writer', service: 'bureau', sections: [mine.id] });
  const [inside, outside] = [
    await makeArticle(app, { section: mine.id }, everywhere),
    await makeArticle(app, { section: other.id }, everywhere),
  ];
  for (const article of [inside, outside]) await embargo(article);
  expect([await statusFor(inside, limited), await statusFor(outside, limited)]).toEqual([200, 404]);
});

it('of a public article whose draft it may not read, a key is shown what the public sees', async () => {
  const known = await makePublished(app, { title: '公开的题', slug: 'gong-kai-de' });
  const patch = { title: '更名的秘密', slug: 'mi-mi-de' };
  const changed = await app.patch(`/v1/articles/${known.id}`, patch, { ifMatch: known.etag });
  expect(changed.status).toBe(200);
  const host = await makeArticle(app, { related: [known.id] });
  await embargo(known);
  expect((await app.get('/v1/articles/gong-kai-de')).status).toBe(200);
  const shown = await read(host, 'viewer');
  expect(shown.body.related).toMatchObject([{ id: known.id, slug: 'gong-kai-de', title: '公开的题' }]);
  expect(shown.text).not.toContain('秘密');
  expect(await statusFor(known, 'viewer')).toBe(404);
  for (const name of [known.id, 'gong-kai-de']) {
    const answer = await app.patch(`/v1/articles/${name}`, { genre: 'x' }, { as: 'writer', ifMatch: '*' });
    expect(answer.body).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect(answer.text).not.toContain('embargo');
  }
  expect((await app.patch('/v1/articles/mi-mi-de', { genre: 'x' }, { as: 'writer', ifMatch: '*' })).status).toBe(404);
});

it('a tag that an embargoed draft made is seen by who may read the draft', async () => {
  const article = await makeArticle(app, { tags: ['绝密并购'] });
  const { slug } = article.body.tags[0];
  const find = async (as: string) => {
    const one = await app.get(`/v1/tags/${slug}?perspective=draft`, { as });
    const list = await app.get('/v1/tags?perspective=draft&limit=100', { as });
    const listed = list.body.data.some((tag: { slug: string }) => tag.slug === slug);
    return [one.status, listed];
  };
  expect(await find('viewer')).toEqual([200, true]);
  await embargo(article);
  expect(await find('viewer')).toEqual([404, false]);
  expect(await find('writer')).toEqual([404, false]);
  expect(await find('editor')).toEqual([200, true]);
  const service = await app.createKey({ name: 'x', role: 'writer', service: 'editor' });
  expect(await find(service)).toEqual([200, true]);
  app.clock.advance(minute);
  expect(await find('viewer')).toEqual([200, true]);
});

it('a key that is limited to sections sees no tag that a draft elsewhere made', async () => {
  const [mine, other] = [await makeSection(app), await makeSection(app)];
  const key = await app.createKey({ name: 'x', role: 'editor', sections: [mine.id] });
  const made = await makeArticle(app, { section: other.id, tags: ['别处的密谋'] });
  const path = `/v1/tags/${made.body.tags[0].slug}?perspective=draft`;
  expect((await app.get(path, { as: key })).status).toBe(404);
  await app.patch(`/v1/articles/${made.id}`, { section: mine.id }, { ifMatch: made.etag });
  expect((await app.get(path, { as: key })).status).toBe(200);
});

it('a record stays in use by what a key may not read, which is not named to it', async () => {
  const tag = await makeTag(app);
  const [open, hidden] = [await makeArticle(app, { tags: [tag.id] }), await makeArticle(app, { tags: [tag.id] })];
  await embargo(hidden);
  const refusal = async (role: Principal['role']) => {
    const act = { ...app.act(), principal: { ...app.act().principal, role } };
    return refuseUses(app.deps.db.sql, tagRecord, tag.id, act).catch((error: unknown) => error);
  };
  expect(await refusal('editor')).toMatchObject({ code: 'tag.in_use', extensions: { usedBy: [{}, {}] } });
  const told = await refusal('viewer');
  expect(told).toMatchObject({ code: 'tag.in_use', extensions: { usedBy: [{ id: open.id }] } });
  expect(JSON.stringify(told)).not.toContain(hidden.id);
  expect(JSON.stringify(told)).not.toContain(hidden.body.title);
  expect(JSON.stringify(told)).toContain('something that this key may not read');
});

it('a section stays in use by a schedule whose draft was moved out of reach, which is not named', async () => {
  const [mine, other] = [await makeSection(app), await makeSection(app)];
  const child = await makeSection(app, { parent: mine.id });
  const key = await app.createKey({ name: 'x', role: 'editor', sections: [mine.id] });
  const made = await makeArticle(app, { title: '排期中的秘密', section: child.id });
  const scheduled = await publish(app, made, { at: fromNow(minute) });
  const moved = { section: other.id, title: '搬走的秘密' };
  await app.patch(`/v1/articles/${made.id}`, moved, { ifMatch: scheduled.etag });
  const trash = () => app.delete(`/v1/sections/${child.id}`, { as: key, ifMatch: '*' });
  const answer = await trash();
  expect(answer).toMatchObject({ status: 409, body: { code: 'section.in_use', usedBy: [] } });
  for (const word of [made.id, '秘密', made.slug]) expect(answer.text).not.toContain(word);
  app.clock.advance(minute);
  expect((await trash()).body).toMatchObject({ usedBy: [{ id: made.id, name: '排期中的秘密' }] });
});
