// What a query finds where scripts, digits, blanks and signs meet, and what it must not take for the same.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';
import { askingOf, pathOf } from './asking.ts';

let app: TestApp;
const { ask, found, publish } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  const articles: Record<string, [title: string, text: string]> = {
    shares: ['沪市指数创新高', '今天A股放量上涨。'],
    banks: ['银行股集体上涨', '多家银行受益。'],
    together: ['新机对比：iPhone18与华为Mate80', '各有长处。'],
    apart: ['苹果发布新品', '苹果公司今天发布iPhone 18系列。'],
    football: ['国足4比0取胜', '上半场就进了三球。'],
    volleyball: ['女排3比0横扫对手', '比赛用时一小时。'],
    headline: ['烟台苹果出口东南亚 同比增长两成', '果农很高兴。'],
    enabling: ['数字技术赋能中小企业', '转型有了方向。'],
    tax: ['税赋调整方案公布', '企业可以申请。'],
    english: ['Banks’ reserve ratio', 'The company is running well.'],
  };
  for (const [name, [title, text]] of Object.entries(articles)) await publish(name, { title, body: { text } });
});
afterAll(() => app.close());

describe('a query', () => {
  const cases: [q: string, names: string[]][] = [
    // The letter is a part of what is meant.
    ['A股', ['shares']],
    ['title:A股', []],
    // Letters and digits are found together and apart.
    ['iPhone18', ['apart', 'together']],
    ['iPhone 18', ['apart', 'together']],
    ['Mate', ['together']],
    // Another score is another matter.
    ['4比0', ['football']],
    ['5比0', []],
    // Blanks beside Chinese characters say nothing in a phrase, on either side.
    ['"出口东南亚同比增长"', ['headline']],
    ['"出口 东南亚"', ['headline']],
    ['"发布iPhone 18系列"', ['apart']],
    // A word of two characters, one of which may put a question elsewhere.
    ['赋能', ['enabling']],
    // One apostrophe is like another, and words of a phrase are whole ones.
    [`"banks' reserve"`, ['english']],
    ['"running"', ['english']],
    ['"run"', []],
  ];
  it.each(cases)('of %s finds just what has it', async (q, names) => {
    expect(await found(q)).toEqual(names);
  });

  it('of a phrase marks it where it stands, the blank within', async () => {
    const { body } = await ask('"出口东南亚同比增长"', 'highlight=true');
    expect(body.data[0].highlight.title).toBe('烟台苹果<mark>出口东南亚 同比增长</mark>两成');
  });

  it('in which a word is nowhere may be a question all the same', async () => {
    expect(await found('数字技术怎么赋能中小企业饕餮')).toContain('enabling');
  });
});

describe('a text', () => {
  it('that ends in half a character where it is cut off is stored and found', async () => {
    const text = `㈱a${'𠀀'.repeat(60_000)}`;
    const made = await makeArticle(app, { title: '生僻字表', body: { text } });
    const answer = await app.get(pathOf('生僻字表', 'perspective=draft&fields=id'), { as: 'admin' });
    expect(answer.body.data).toEqual([{ id: made.id }]);
  });
});

describe('working copies that are to come', () => {
  it('are on all pages', async () => {
    for (let n = 0; n < 4; n += 1) {
      const { id } = await makeArticle(app, { title: `排定的稿 ${n}` });
      const at = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
      if (n % 2 === 0) await app.post(`/v1/articles/${id}/publish`, { at }, { as: 'admin', ifMatch: '*' });
    }
    for (const sort of ['relevance', '-publishedAt']) {
      const seen: string[] = [];
      let cursor = '';
      do {
        app.clock.advance(1000);
        const path = pathOf('排定', `perspective=draft&fields=id&limit=1&sort=${sort}${cursor && `&cursor=${cursor}`}`);
        const { body } = await app.get(path, { as: 'admin' });
        seen.push(...body.data.map(({ id }: { id: string }) => id));
        cursor = body.page.nextCursor ?? '';
      } while (cursor !== '');
      expect(new Set(seen).size, sort).toBe(4);
    }
  });
});

describe('updatedAfter', () => {
  it('goes by the publication that is seen, though the same version was public before it', async () => {
    const { id } = await makePublished(app, { title: '每日快讯' });
    const begin = app.clock.now().getTime();
    const at = new Date(begin + 7000).toISOString();
    const scheduled = await app.post(`/v1/articles/${id}/publish`, { at }, { as: 'admin', ifMatch: '*' });
    expect(scheduled.status, scheduled.text).toBe(200);
    app.clock.advance(10_000);
    const after = `updatedAfter=${encodeURIComponent(new Date(begin + 5000).toISOString())}&fields=id`;
    const listed = await app.get(`/v1/articles?${after}`);
    expect((await app.get(pathOf('每日快讯', after))).body.data).toEqual(listed.body.data);
    expect(listed.body.data).toEqual([{ id }]);
  });
});

describe('related articles', () => {
  it('are found also where the article has a retelling', async () => {
    const story = '望远镜观测到超富锂巨星，锂含量是同类恒星的三千倍，改变了人们对恒星演化的认识。';
    const more = '望远镜还将继续观测恒星，天文台说明年会有更多超富锂巨星被发现。';
    const first = await makePublished(app, { title: '望远镜发现超富锂巨星', body: { text: story } });
    const other = await makePublished(app, { title: '天文台继续寻找超富锂巨星', body: { text: more } });
    const relatedIds = async () => {
      app.clock.advance(1000);
      const answer = await app.get(`/v1/articles/${first.id}/related?fields=id`);
      return answer.body.data.map(({ id }: { id: string }) => id);
    };
    expect(await relatedIds()).toEqual([other.id]);
    await makePublished(app, { title: '望远镜发现，超富锂巨星', body: { text: story } });
    expect(await relatedIds()).toEqual([other.id]);
  });
});
