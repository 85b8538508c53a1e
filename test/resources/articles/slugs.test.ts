import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const rename = (made: { id: string; etag: string }, slug: string) =>
  app.patch(`/v1/articles/${made.id}`, { slug }, { ifMatch: made.etag });
const publicStatus = async (slug: string) => (await app.get(`/v1/articles/${slug}`)).status;

/** An article that is public under `second` and was public under `first`. */
async function makeMoved(first: string, second: string) {
  const made = await makePublished(app, { slug: first });
  const renamed = await rename(made, second);
  app.clock.advance(1000);
  return publish(app, { id: made.id, etag: renamed.headers.etag! });
}

describe('a slug that is made', () => {
  it.each([
    ['青岛再开放 推进胶东一体化', 'qing-dao-zai-kai-fang-tui-jin-jiao-dong-yi-ti-hua'],
    ['重庆与长沙', 'chong-qing-yu-chang-sha'],
    ['iPhone 15 发布', 'iphone-15-fa-bu'],
    ['绿色旅游', 'lv-se-lv-you'],
  ])('%s is spelled in pinyin', async (title, slug) => {
    expect((await makeArticle(app, { title })).slug).toBe(slug);
  });

  it.each(['……', '🙂🙂', 'новости'])('%s has nothing to spell, so the slug is a short id', async (title) => {
    const made = await makeArticle(app, { title });
    expect(made.slug).toMatch(/^[0-9a-z]{12}$/);
  });

  it.each(['draft', 'ids', 'publish'])(
    'the title "%s" is a reserved word, so its slug gets a suffix',
    async (title) => {
      expect((await makeArticle(app, { title })).slug).toMatch(new RegExp(`^${title}-\\d+$`));
    },
  );

  it('that collides gets the next suffix', async () => {
    const slugs = [];
    for (let i = 0; i < 3; i += 1) slugs.push((await makeArticle(app, { title: '两会' })).slug);
    expect(slugs).toEqual(['liang-hui', 'liang-hui-2', 'liang-hui-3']);
  });

  it('of 20 articles of one title made at the same time is different for each; none is refused', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.post('/v1/articles', { title: '快讯' })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(answers.map(({ body }) => body.slug).toSorted()).toEqual(
      ['kuai-xun', ...Array.from({ length: 19 }, (_, i) => `kuai-xun-${i + 2}`)].toSorted(),
    );
  });

  it('is still found when fifty articles have the title', async () => {
    for (let i = 0; i < 50; i += 1) await makeArticle(app, { title: '天气' });
    const made = await makeArticle(app, { title: '天气' });
    expect(made.slug).toMatch(/^tian-qi-51-[0-9a-z]{12}$/);
  });
});

describe('a slug that is given', () => {
  it.each([
    ['a UUID', '0195f2a0-0000-7000-8000-000000000001'],
    ['a UUID without hyphens', '0195f2a0000070008000000000000001'],
    ['a reserved word', 'by-external-id'],
    ['capital letters', 'Liang-Hui'],
    ['a blank', 'liang hui'],
    ['a slash', 'liang/hui'],
    ['a percent sign', 'liang%2fhui'],
    ['dots', '..'],
    ['a hyphen at the end', 'liang-'],
    ['two hyphens', 'liang--hui'],
    ['nothing', ''],
    ['121 characters', 'a'.repeat(121)],
    ['a full-width letter', 'ａbc'],
  ])('as %s is refused by create and change, nothing is written', async (_name, slug) => {
    const made = await makeArticle(app);
    await app.newEvents();
    for (const answer of [await app.post('/v1/articles', { title: 'x', slug }), await rename(made, slug)]) {
      expect(answer.body).toMatchObject({ status: 400, code: 'request.invalid' });
      expect(answer.body.errors[0].pointer).toBe('/slug');
    }
    expect(await app.newEvents()).toEqual([]);
  });

  it('in Chinese characters is kept as it is', async () => {
    const made = await makePublished(app, { slug: '两会-青岛' });
    const answer = await app.get(`/v1/articles/${encodeURIComponent('两会-青岛')}`);
    expect(answer.body).toMatchObject({ id: made.id, slug: '两会-青岛' });
  });

  it.each([
    ['a draft', {}, false],
    ['a public article', { title: '公开' }, true],
  ])('that %s has is a 409 that does not name the holder', async (_name, input, isPublic) => {
    const slug = `zhan-yong-${isPublic}`;
    const holder = await (isPublic ? makePublished : makeArticle)(app, { ...input, slug });
    const other = await makeArticle(app);
    await app.newEvents();
    for (const answer of [await app.post('/v1/articles', { title: 'x', slug }), await rename(other, slug)]) {
      expect(answer.body).toMatchObject({
        status: 409,
        code: 'article.slug_taken',
        errors: [{ pointer: '/slug', code: 'slug_taken' }],
      });
      expect(answer.text).not.toContain(holder.id);
      expect(answer.text).not.toContain(holder.body.title);
    }
    expect(await app.newEvents()).toEqual([]);
  });

  it('of 10 articles that ask for one slug at the same time exactly one gets it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => app.post('/v1/articles', { title: `第 ${i}`, slug: 'zhi-you-yi-ge' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'article.slug_taken')).toHaveLength(9);
  });
});

describe('a slug that only drafts have used', () => {
  it('is released when the draft takes another, and can be given to the next', async () => {
    const made = await makeArticle(app, { slug: 'cao-gao' });
    expect((await rename(made, 'cao-gao-er')).status).toBe(200);
    expect((await app.get('/v1/articles/cao-gao?perspective=draft', { as: 'viewer' })).status).toBe(404);
    const next = await app.post('/v1/articles', { title: '接手', slug: 'cao-gao' });
    expect(next.status).toBe(201);
  });

  it('is a 404 to the public, also when the article is public under another', async () => {
    const made = await makeArticle(app, { slug: 'wei-gong-kai' });
    expect(await publicStatus('wei-gong-kai')).toBe(404);
    const absent = await app.get('/v1/articles/gen-ben-mei-you');
    const hidden = await app.get('/v1/articles/wei-gong-kai');
    const { requestId: _a, ...one } = absent.body;
    const { requestId: _b, ...two } = hidden.body;
    expect(two).toEqual(one);
    const live = await publish(app, made);
    await rename(live, 'jiang-lai-de');
    expect(await publicStatus('jiang-lai-de')).toBe(404);
    expect(await publicStatus('wei-gong-kai')).toBe(200);
  });

  it('of a scheduled article is a 404 until the instant, and released when it is called off', async () => {
    const made = await makeArticle(app, { slug: 'ding-shi' });
    const scheduled = await publish(app, made, { at: new Date(app.clock.now().getTime() + 60_000).toISOString() });
    expect(await publicStatus('ding-shi')).toBe(404);
    const renamed = await rename(scheduled, 'ding-shi-er');
    // The scheduled version still needs its slug.
    expect((await app.post('/v1/articles', { title: 'x', slug: 'ding-shi' })).status).toBe(409);
    const off = await app.post(`/v1/articles/${made.id}/unpublish`, undefined, { ifMatch: renamed.headers.etag });
    expect(off.status).toBe(200);
    expect((await app.post('/v1/articles', { title: 'x', slug: 'ding-shi' })).status).toBe(201);
  });

  it('can be taken back by the article while nobody else took it', async () => {
    const made = await makeArticle(app, { slug: 'lai' });
    const away = await rename(made, 'qu');
    const back = await rename({ id: made.id, etag: away.headers.etag! }, 'lai');
    expect(back.body.slug).toBe('lai');
  });
});

describe('a slug that the public has seen', () => {
  it('answers 301 to the current one for ever, with a short lifetime of its own and the query kept', async () => {
    const moved = await makeMoved('jiu-zhi', 'xin-zhi');
    const answer = await app.get('/v1/articles/jiu-zhi?body=text&fields=title');
    expect(answer.status).toBe(301);
    expect(answer.headers.location).toBe('https://news.test/v1/articles/xin-zhi?body=text&fields=title');
    expect(answer.headers['cache-control']).toMatch(/^public, max-age=60, s-maxage=60, /);
    expect(answer.headers['surrogate-key']).toContain(`article:${moved.id}`);
    app.clock.advance(10 * 365 * 86_400_000);
    expect(await publicStatus('jiu-zhi')).toBe(301);
    app.clock.advance(-10 * 365 * 86_400_000);
  });

  it('a chain of three leads to the last in one step', async () => {
    const second = await makeMoved('yi-zhi', 'er-zhi');
    const renamed = await rename(second, 'san-zhi');
    app.clock.advance(1000);
    await publish(app, { id: second.id, etag: renamed.headers.etag! });
    for (const old of ['yi-zhi', 'er-zhi']) {
      expect((await app.get(`/v1/articles/${old}`)).headers.location).toBe('https://news.test/v1/articles/san-zhi');
    }
  });

  it('moves only when the renamed version is published, not when the draft is renamed', async () => {
    const made = await makePublished(app, { slug: 'xian-zhi' });
    const renamed = await rename(made, 'hou-zhi');
    expect(await publicStatus('xian-zhi')).toBe(200);
    app.clock.advance(1000);
    await publish(app, { id: made.id, etag: renamed.headers.etag! });
    expect(await publicStatus('xian-zhi')).toBe(301);
    expect(await publicStatus('hou-zhi')).toBe(200);
  });

  it.each(['unpublished', 'trashed'])('is never given to another article, also when its own is %s', async (how) => {
    const moved = await makeMoved(`zhan-${how}`, `zhan-${how}-er`);
    app.clock.advance(1000);
    if (how === 'trashed') await app.delete(`/v1/articles/${moved.id}`, { ifMatch: moved.etag });
    else await app.post(`/v1/articles/${moved.id}/unpublish`, undefined, { ifMatch: moved.etag });
    for (const slug of [`zhan-${how}`, `zhan-${how}-er`]) {
      expect((await app.post('/v1/articles', { title: 'x', slug })).body).toMatchObject({ code: 'article.slug_taken' });
      // What is not public any more does not tell that it was.
      expect(await publicStatus(slug)).toBe(404);
    }
  });

  it('can be taken again by its own article', async () => {
    const moved = await makeMoved('hui-jia', 'chu-men');
    const back = await rename(moved, 'hui-jia');
    app.clock.advance(1000);
    await publish(app, { id: moved.id, etag: back.headers.etag! });
    expect(await publicStatus('hui-jia')).toBe(200);
    expect((await app.get('/v1/articles/chu-men')).headers.location).toBe('https://news.test/v1/articles/hui-jia');
  });

  it('names the working copy for writes as well', async () => {
    const moved = await makeMoved('jiu-ming', 'xin-ming');
    const answer = await app.patch('/v1/articles/jiu-ming', { genre: 'x' }, { ifMatch: moved.etag });
    expect(answer.body).toMatchObject({ id: moved.id, slug: 'xin-ming' });
  });
});
