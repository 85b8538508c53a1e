// Nothing that the public does not see is suggested, in any state and at any instant; what it sees is, from the next
// request on. And whatever is typed is answered.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveBack, takeBack } from '../../resources/articles/taking-back.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import {
  makeArticle,
  makeEditor,
  makePublished,
  makeSection,
  makeSource,
  makeTag,
  publish,
} from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const path = (q: string, more = '') => `/v1/search/suggest?q=${encodeURIComponent(q)}${more}`;
/** One is enough for the newest to be looked at only; more are asked of the index. */
async function texts(q: string): Promise<string[]> {
  const [all, first] = [await app.get(path(q)), await app.get(path(q, '&limit=1'))];
  expect([all.status, first.status], all.text).toEqual([200, 200]);
  expect(first.body.data).toEqual(all.body.data.slice(0, 1));
  return all.body.data.map(({ text }: { text: string }) => text);
}
const hour = 3_600_000;
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const act = async (id: string, action: string, body?: object) => {
  app.clock.advance(1000);
  const answer = await app.post(`/v1/articles/${id}/${action}`, body, { ifMatch: '*' });
  expect(answer.status, answer.text).toBe(200);
};
const patch = (where: string, body: object) => app.patch(`/v1/${where}`, body, { ifMatch: '*' });
const trash = (where: string) => app.delete(`/v1/${where}`, { ifMatch: '*', as: 'admin' });
const untrash = (where: string) => app.post(`/v1/${where}/untrash`, undefined, { ifMatch: '*', as: 'admin' });

let count = 0;
/** A word that nothing else has. */
const word = () => {
  count += 1;
  return `walrus${count}x`;
};

describe('the title of an article', () => {
  it('is suggested as long as the public sees it, and not before or after', async () => {
    const title = word();
    const draft = await makeArticle(app, { title });
    expect(await texts(title)).toEqual([]);
    await publish(app, draft);
    expect(await texts(title)).toEqual([title]);
    await act(draft.id, 'unpublish');
    expect(await texts(title)).toEqual([]);
    await act(draft.id, 'publish');
    expect(await texts(title)).toEqual([title]);
    app.clock.advance(1000);
    await takeBack(app, draft.id);
    expect(await texts(title)).toEqual([]);
    app.clock.advance(1000);
    await giveBack(app, draft.id);
    app.clock.advance(1000);
    expect(await texts(title)).toEqual([title]);
    app.clock.advance(1000);
    await trash(`articles/${draft.id}`);
    expect(await texts(title)).toEqual([]);
    await untrash(`articles/${draft.id}`);
    expect(await texts(title)).toEqual([]);
  });

  it('is suggested from its scheduled start to its end, by the clock alone', async () => {
    const title = word();
    const draft = await makeArticle(app, { title });
    await publish(app, draft, { at: fromNow(hour), until: fromNow(2 * hour) });
    expect(await texts(title)).toEqual([]);
    app.clock.advance(hour - 1);
    expect(await texts(title)).toEqual([]);
    app.clock.advance(1);
    expect(await texts(title)).toEqual([title]);
    app.clock.advance(hour - 1);
    expect(await texts(title)).toEqual([title]);
    app.clock.advance(1);
    expect(await texts(title)).toEqual([]);
  });

  it('is kept back by an embargo', async () => {
    const title = word();
    const { id } = await makeArticle(app, { title, embargoUntil: fromNow(hour) });
    await act(id, 'publish', { at: fromNow(2 * hour) });
    expect(await texts(title)).toEqual([]);
    app.clock.advance(hour);
    expect(await texts(title)).toEqual([]);
    app.clock.advance(hour);
    expect(await texts(title)).toEqual([title]);
  });

  it('is the one of today: no working copy, none to come, none that was', async () => {
    const [before, after] = [word(), word()];
    const { id } = await makePublished(app, { title: before });
    app.clock.advance(1000);
    await patch(`articles/${id}`, { title: after });
    expect([await texts(before), await texts(after)]).toEqual([[before], []]);
    await act(id, 'publish', { at: fromNow(hour) });
    expect([await texts(before), await texts(after)]).toEqual([[before], []]);
    app.clock.advance(hour);
    expect([await texts(before), await texts(after)]).toEqual([[], [after]]);
  });
});

describe('the name of a tag', () => {
  it('that a draft made on the way is suggested once the article is public', async () => {
    const [made, scheduled] = [word(), word()];
    const draft = await makeArticle(app, { tags: [made] });
    expect(await texts(made)).toEqual([]);
    app.clock.advance(1000);
    await publish(app, draft);
    expect(await texts(made)).toEqual([made]);
    await publish(app, await makeArticle(app, { tags: [scheduled] }), { at: fromNow(hour) });
    expect(await texts(scheduled)).toEqual([]);
    app.clock.advance(hour);
    expect(await texts(scheduled)).toEqual([scheduled]);
  });

  it('does not give way to secret ones that fit better', async () => {
    const start = word();
    const { id } = await makeTag(app, { name: `${start} and a long name` });
    await makeArticle(app, { tags: Array.from({ length: 20 }, (_, n) => `${start}${n}`) });
    const answer = await app.get(path(start, '&limit=1'));
    expect(answer.body.data).toMatchObject([{ type: 'tag', id }]);
  });
});

describe.each([
  ['section', makeSection],
  ['editor', makeEditor],
  ['source', makeSource],
  ['tag', makeTag],
] as const)('the name of a %s', (noun, make) => {
  it('is the one of today, at once, and none in the trash', async () => {
    const [before, after] = [word(), word()];
    const { id } = await make(app, { name: before });
    const where = `${noun}s/${id}`;
    expect(await texts(before)).toEqual([before]);
    app.clock.advance(1000);
    await patch(where, { name: after, slug: `slug-of-${after}` });
    expect([await texts(before), await texts(after)]).toEqual([[], [after]]);
    expect((await app.get(path(after))).body.data[0].slug).toBe(`slug-of-${after}`);
    app.clock.advance(1000);
    await trash(where);
    expect(await texts(after)).toEqual([]);
    app.clock.advance(1000);
    await untrash(where);
    expect(await texts(after)).toEqual([after]);
  });
});

describe('an answer', () => {
  it('is kept like a list, until a noun changes whose names are suggested', async () => {
    const name = word();
    const first = await app.get(path(name));
    expect(first.headers['cache-control']).toBe((await app.get('/v1/articles')).headers['cache-control']);
    const keys = first.headers['surrogate-key']!.split(' ');
    for (const noun of ['articles', 'sections', 'sources', 'editors', 'tags']) expect(keys).toContain(noun);
    expect((await app.get(path(name))).headers['cache-status']).toContain('hit');
    expect((await app.get(path(name), { headers: { 'If-None-Match': first.headers.etag! } })).status).toBe(304);
    await makeTag(app, { name });
    expect(await texts(name)).toEqual([name]);
  });

  it('does not depend on who asks', async () => {
    const title = word();
    await makeArticle(app, { title });
    for (const as of ['viewer', 'writer', 'editor', 'admin'] as const)
      expect((await app.get(path(title), { as })).body.data).toEqual([]);
  });
});

describe('whatever is typed', () => {
  it.each([
    ['quotes and a word', `'鲸"鱼`],
    ['an apostrophe', "o'br"],
    ['backslashes', "\\'\\ 鲸"],
    ['SQL', "'; drop table article; --"],
    ['the language of Postgres', "a & !b | c:* <-> 'd':A"],
    ['marks of the index', '^a ~b @c'],
    ['an emoji and a word', '🐋鲸'],
    ['a family of emoji in a name', '👨‍👩‍👧 鲸'],
    ['right to left', 'حوت'],
    ['Cyrillic', 'кит'],
    ['a rare character', '𠮷野家'],
    ['combining marks', 'é̂̃a'],
    ['many words', 'a '.repeat(199)],
    ['one long word', 'a'.repeat(400)],
    ['many characters', '鲸'.repeat(400)],
    ['many endings', 'ingly'.repeat(80)],
    ['percent signs', '%_%'.replaceAll('_', 'a')],
  ])('is answered: %s', async (_what, q) => {
    expect((await app.get(path(q))).status).toBe(200);
  });

  it.each([
    ['nothing', ''],
    ['a blank', ' '],
    ['only signs', '…!"#-—'],
    ['a quote', '"'],
    ['only an emoji', '🐋'],
    ['10 kB', 'a'.repeat(10_000)],
    ['a NUL', 'a\0'],
  ])('is refused clearly where there is no word to look for, or too many: %s', async (_what, q) => {
    const answer = await app.get(path(q));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'request.invalid', errors: [{ pointer: '?q' }] });
  });

  it.each([
    ['half of a pair', '/v1/search/suggest?q=%ED%A0%BD'],
    ['no q', '/v1/search/suggest'],
    ['q twice', '/v1/search/suggest?q=a&q=b'],
    ['a limit of none', path('a', '&limit=0')],
    ['a limit above 20', path('a', '&limit=21')],
    ['a perspective', path('a', '&perspective=draft')],
    ['an unknown parameter', path('a', '&type=tag')],
  ])('is refused clearly: %s', async (_what, address) => {
    expect((await app.get(address, { as: 'admin' })).status).toBe(400);
  });
});
