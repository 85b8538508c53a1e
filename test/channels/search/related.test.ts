// What to read beside an article: what the newsroom put there, then what is most like it; only what the public sees.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveBack, takeBack } from '../../resources/articles/taking-back.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished, makeSection, publish } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const path = (name: string, more = '') => `/v1/articles/${name}/related${more && `?${more}`}`;
async function related(name: string, more = 'fields=title'): Promise<{ id: string; relation: string }[]> {
  const answer = await app.get(path(name, more));
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data;
}
const idsOf = async (name: string, more?: string) => (await related(name, more)).map(({ id }) => id);
const minute = 60_000;
const hour = 60 * minute;
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const act = async (id: string, action: string, body?: object) => {
  app.clock.advance(1000);
  const answer = await app.post(`/v1/articles/${id}/${action}`, body, { ifMatch: '*' });
  expect(answer.status, answer.text).toBe(200);
};
const patch = (id: string, body: object) => app.patch(`/v1/articles/${id}`, body, { ifMatch: '*' });
const trash = (id: string) => app.delete(`/v1/articles/${id}`, { ifMatch: '*' });

// Of each theme several reports, which have its words, and some of their own.
const themes = {
  harbour: ['集装箱码头吞吐量创新高', '港口新航线开通', '自动化码头桥吊装卸集装箱', '远洋货轮靠泊港口码头'],
  medicine: ['疫苗接种点延长开放时间', '社区医院推广家庭医生签约', '三甲医院疫苗门诊预约', '家庭医生上门接种疫苗'],
};
type Theme = keyof typeof themes;
const bodies: Record<Theme, string> = {
  harbour: '码头调度员介绍，集装箱货轮靠泊之后，桥吊连续作业，港口航线通达各大洲。',
  medicine: '医院护士介绍，疫苗接种实行预约，家庭医生负责随访，社区居民十分满意。',
};
let count = 0;
/** Words that nothing else has. */
const own = () => {
  count += 1;
  // In letters: a number would be a word of its own, and the letters before it one that others have.
  const mark = [...String(count)].map((digit) => 'qwzpkgxvjb'[Number(digit)]).join('');
  return ['alpha', 'beta', 'gamma', 'delta', 'sigma'].map((word) => `${word}${mark}`).join(' ');
};
const report = (theme: Theme, n: number, more: object = {}) => ({
  title: themes[theme][n]!,
  body: { text: `${themes[theme][n]}。${bodies[theme]}${own()} ${own()} ${own()}` },
  ...more,
});

/** Published reports of both themes, away from those of other tests: words of its own are in all of one theme. */
async function makeReports(theme: Theme, more: object = {}) {
  const made = [];
  for (let n = 0; n < themes[theme].length; n += 1) made.push(await makePublished(app, report(theme, n, more)));
  return made;
}

describe('similar articles', () => {
  let harbour: { id: string; slug: string }[];
  let medicine: { id: string }[];
  beforeAll(async () => {
    harbour = await makeReports('harbour');
    medicine = await makeReports('medicine');
  });

  it('are those about the same, without the article itself', async () => {
    for (const of of [harbour, medicine]) {
      for (const { id } of of) {
        const others = of.map((other) => other.id).filter((other) => other !== id);
        const found = await related(id);
        expect(found.map((item) => item.id).toSorted()).toEqual(others.toSorted());
        expect(found.every(({ relation }) => relation === 'similar')).toBe(true);
      }
    }
  });

  it('are found by the slug as well, and look as in lists', async () => {
    const { body: list } = await app.get(`/v1/articles?ids=${(await idsOf(harbour[0]!.id)).join(',')}`);
    const { body } = await app.get(path(harbour[0]!.slug));
    expect(body).toEqual({ data: list.data.map((item: object) => ({ ...item, relation: 'similar' })) });
    const [sparse] = (await related(harbour[0]!.id, 'fields=slug&body=text')) as object[];
    expect(Object.keys(sparse!)).toEqual(['id', 'slug', 'relation']);
    const [full] = (await related(harbour[0]!.id, 'body=text')) as { body?: { text?: string } }[];
    expect(JSON.stringify(full!.body)).toContain('桥吊');
  });

  it('are as many as asked for at most, the same ones first', async () => {
    const all = await idsOf(harbour[0]!.id);
    expect(await idsOf(harbour[0]!.id, 'fields=id&limit=2')).toEqual(all.slice(0, 2));
    expect(all).toHaveLength(3);
  });

  it('are those with more of the same words first', async () => {
    const words = '鲸鲨 潜水员 珊瑚礁 海龟 水母';
    const { id } = await makePublished(app, { title: words, body: { text: `${words} ${own()} ${own()} ${own()}` } });
    const make = async (some: string) =>
      (await makePublished(app, { title: own(), body: { text: `${some} ${own()} ${own()} ${own()} ${own()}` } })).id;
    const [two, four, three] = [
      await make('鲸鲨 潜水员'),
      await make('鲸鲨 潜水员 珊瑚礁 海龟'),
      await make('珊瑚礁 海龟 水母'),
    ];
    expect(await idsOf(id)).toEqual([four, three, two]);
  });

  it('are of the same section and with the same tags rather than not', async () => {
    const section = await makeSection(app);
    const make = async (more: object) =>
      (
        await makePublished(app, {
          title: '雪橇犬比赛',
          body: { text: `雪橇犬 极地 ${own()} ${own()} ${own()}` },
          ...more,
        })
      ).id;
    const plain = await make({});
    const tagged = await make({ tags: ['极地运动'] });
    const filed = await make({ section: section.id, tags: ['极地运动'] });
    const newest = await make({});
    const subject = await make({ section: section.id, tags: ['极地运动'] });
    const found = await idsOf(subject);
    expect(found.slice(0, 2)).toEqual([filed, tagged]);
    expect(found.slice(2).toSorted()).toEqual([plain, newest].toSorted());
  });

  it('are the fresher ones of those that are as similar', async () => {
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      made.push(
        (await makePublished(app, { title: '热气球节', body: { text: `热气球 升空 ${own()} ${own()} ${own()}` } })).id,
      );
      app.clock.advance(20 * 24 * hour);
    }
    const { id } = await makePublished(app, {
      title: '热气球节',
      body: { text: `热气球 升空 ${own()} ${own()} ${own()}` },
    });
    expect(await idsOf(id)).toEqual(made.toReversed());
  });

  it('are none where nothing else is about it', async () => {
    const { id } = await makePublished(app, { title: own(), body: { text: own() } });
    expect(await related(id)).toEqual([]);
  });
});

describe('the same story told again', () => {
  const story =
    '新华社记者从天文台获悉，郭守敬望远镜观测到一颗超富锂巨星，其锂含量约为同类恒星的三千倍。研究团队认为，这一发现改变了人们对恒星演化的认识，成果发表在《自然·天文》杂志。';

  it('is left out, a follow-up is not', async () => {
    const { id } = await makePublished(app, { title: '郭守敬望远镜发现超富锂巨星', body: { text: story } });
    const again = await makePublished(app, {
      title: '我国郭守敬望远镜发现超富锂巨星',
      body: { text: `本报讯 ${story.replace('获悉', '了解到')}` },
    });
    const followUp = await makePublished(app, {
      title: '超富锂巨星怎么来的',
      body: { text: '郭守敬望远镜的科学家解释，超富锂巨星的锂从何而来：恒星内部的对流把锂带到表面，过程很短。' },
    });
    expect(await idsOf(id)).toEqual([followUp.id]);
    expect(await idsOf(again.id)).toEqual([followUp.id]);
    expect([[id], [again.id]]).toContainEqual(await idsOf(followUp.id));
  });

  it('is not a form that was filled in again, about somebody else', async () => {
    const welcome = (guest: string) => ({
      title: `总理举行仪式欢迎${guest}访华`,
      body: {
        text: `${guest}抵达时，礼兵列队致敬。两国领导人登上检阅台，军乐团奏两国国歌，天安门广场鸣放礼炮。${guest}在陪同下检阅仪仗队，并观看分列式。随后${guest}会见记者，${guest}夫人参观故宫，${guest}一行还将访问外地。`,
      },
    });
    const one = await makePublished(app, welcome('zarkonia queen mirabel'));
    const two = await makePublished(app, welcome('quendor duke fensworth'));
    const about = await makePublished(app, { title: 'Who is zarkonia queen mirabel?' });
    expect((await idsOf(one.id)).toSorted()).toEqual([two.id, about.id].toSorted());
  });

  it('is shown where the newsroom put it there', async () => {
    const text = `${story}${own()}`;
    const first = await makePublished(app, { title: '重复的稿件甲', body: { text } });
    const second = await makePublished(app, { title: '重复的稿件乙', body: { text }, related: [first.id] });
    expect((await related(second.id))[0]).toMatchObject({ id: first.id, relation: 'curated' });
  });
});

describe('curated articles', () => {
  it('come first, in their order, and are not told twice', async () => {
    const [one, two, three, four] = await makeReports('harbour');
    const far = await makePublished(app, { title: own(), body: { text: own() } });
    const { id } = await makePublished(app, report('harbour', 0, { related: [far.id, three!.id, one!.id] }));
    const found = await related(id, 'fields=id&limit=20');
    expect(found.slice(0, 3)).toEqual([far, three, one].map((article) => ({ id: article!.id, relation: 'curated' })));
    const rest = found.slice(3).map((item) => item.id);
    expect(rest).toContain(two!.id);
    expect(rest).toContain(four!.id);
    expect(new Set([id, ...found.map((item) => item.id)]).size).toBe(found.length + 1);
    expect(await related(id, 'fields=id&limit=2')).toEqual(found.slice(0, 2));
  });

  it('are those of the version that the public reads', async () => {
    const [before, after] = [await makePublished(app, { title: own() }), await makePublished(app, { title: own() })];
    const { id } = await makePublished(app, { title: own(), related: [before.id] });
    app.clock.advance(1000);
    await patch(id, { related: [after.id] });
    expect(await idsOf(id)).toEqual([before.id]);
    await act(id, 'publish', { at: fromNow(minute) });
    expect(await idsOf(id)).toEqual([before.id]);
    app.clock.advance(minute);
    expect(await idsOf(id)).toEqual([after.id]);
  });
});

describe.each(['curated', 'similar'] as const)('a %s article', (relation) => {
  /** Another article, and one that it stands beside, which `isShown` looks at. */
  async function makePair(order: object | null, more: object = {}) {
    const words = own();
    const text = { text: `${words} ${words} ${own()}` };
    const other = await makeArticle(app, { title: words, body: text, ...more });
    const subject = await makePublished(app, {
      title: words,
      body: { text: `${words} ${own()} ${own()}` },
      ...(relation === 'curated' && { related: [other.id] }),
    });
    app.clock.advance(1000);
    const isShown = async () => {
      const found = await related(subject.id);
      expect(found).toEqual(found.length === 0 ? [] : [{ id: other.id, title: words, relation }]);
      return found.length === 1;
    };
    expect(await isShown()).toBe(false);
    if (order !== null) await publish(app, other, order);
    return { id: other.id, isShown };
  }

  it('is shown as long as the public sees it', async () => {
    const { id, isShown } = await makePair({});
    expect(await isShown()).toBe(true);
    await act(id, 'unpublish');
    expect(await isShown()).toBe(false);
    await act(id, 'publish');
    expect(await isShown()).toBe(true);
    app.clock.advance(1000);
    await takeBack(app, id);
    expect(await isShown()).toBe(false);
    app.clock.advance(1000);
    await giveBack(app, id);
    app.clock.advance(1000);
    expect(await isShown()).toBe(true);
    await trash(id);
    app.clock.advance(1000);
    expect(await isShown()).toBe(false);
  });

  it('is shown from its scheduled start to its end, by the clock alone', async () => {
    const { isShown } = await makePair({ at: fromNow(minute), until: fromNow(2 * minute) });
    expect(await isShown()).toBe(false);
    app.clock.advance(minute);
    expect(await isShown()).toBe(true);
    // A second has passed since the times were set.
    app.clock.advance(minute - 1001);
    expect(await isShown()).toBe(true);
    app.clock.advance(1);
    expect(await isShown()).toBe(false);
  });

  it('does not give way to one that is more like it, which the public does not see', async () => {
    const words = own();
    const text = { text: `${words} ${own()}` };
    const hidden = await makeArticle(app, { title: words, body: { text: words } });
    const shown = await makePublished(app, { title: own(), body: text });
    const more = relation === 'curated' ? { related: [hidden.id, shown.id] } : {};
    const { id } = await makePublished(app, { title: words, body: text, ...more });
    expect(await related(id, 'fields=id&limit=1')).toEqual([{ id: shown.id, relation }]);
  });

  it('is kept back by an embargo', async () => {
    const { id, isShown } = await makePair(null, { embargoUntil: fromNow(hour) });
    expect(await isShown()).toBe(false);
    await act(id, 'publish', { at: fromNow(2 * hour) });
    app.clock.advance(hour);
    expect(await isShown()).toBe(false);
    app.clock.advance(hour);
    expect(await isShown()).toBe(true);
  });
});

describe('an article that the public does not see', () => {
  const withoutIds = ({ status, body }: Answer) => ({ status, body: { ...body, requestId: '' } });

  it.each([
    ['a draft', async () => (await makeArticle(app)).id],
    ['one to come', async () => (await publish(app, await makeArticle(app), { at: fromNow(hour) })).id],
    ['none', async () => '0195f2a0-0000-7000-8000-00000000ffff'],
    ['a slug that is none', async () => 'no-such-slug'],
    [
      'one in the trash',
      async () => {
        const { id } = await makePublished(app);
        app.clock.advance(1000);
        await trash(id);
        return id;
      },
    ],
    [
      'one that ended',
      async () => {
        const { id } = await makePublished(app, {}, { until: fromNow(1000) });
        app.clock.advance(1000);
        return id;
      },
    ],
  ])('answers as reading it does: %s', async (_what, make) => {
    const name = await make();
    const answer = await app.get(path(name));
    expect(answer.status).toBe(404);
    expect(withoutIds(answer)).toEqual(withoutIds(await app.get(`/v1/articles/${name}`)));
    // Whoever reads drafts is told the same.
    expect((await app.get(path(name), { as: 'admin' })).status).toBe(404);
  });

  it('answers 410 with the notice where it was retracted', async () => {
    const { id } = await makePublished(app);
    app.clock.advance(1000);
    await takeBack(app, id);
    const answer = await app.get(path(id));
    expect(answer.status).toBe(410);
    expect(withoutIds(answer)).toEqual(withoutIds(await app.get(`/v1/articles/${id}`)));
  });

  it('answers 301 under a former slug, with the address of the same question', async () => {
    const article = await makePublished(app, { slug: '旧-slug' });
    app.clock.advance(1000);
    await patch(article.id, { slug: '新-slug' });
    await act(article.id, 'publish');
    const answer = await app.get(path(encodeURIComponent('旧-slug'), 'limit=3&fields=title'));
    expect(answer.status).toBe(301);
    const location = `https://news.test/v1/articles/${encodeURIComponent('新-slug')}/related?fields=title&limit=3`;
    expect(answer.headers.location).toBe(location);
    expect((await app.get(location.slice('https://news.test'.length))).status).toBe(200);
    const { headers } = await app.get(`/v1/articles/${encodeURIComponent('旧-slug')}?fields=title`);
    expect(headers.location).toBe(`https://news.test/v1/articles/${encodeURIComponent('新-slug')}?fields=title`);
  });
});

describe('an answer', () => {
  it('is kept as the article is, until any article changes', async () => {
    const { id } = await makePublished(app, report('medicine', 0));
    const first = await app.get(path(id));
    expect(first.headers['cache-control']).toBe((await app.get(`/v1/articles/${id}`)).headers['cache-control']);
    const keys = first.headers['surrogate-key']!.split(' ');
    expect(keys).toEqual(expect.arrayContaining(['articles', `article:${id}`]));
    expect((await app.get(path(id))).headers['cache-status']).toContain('hit');
    expect((await app.get(path(id), { headers: { 'If-None-Match': first.headers.etag! } })).status).toBe(304);
    app.clock.advance(1000);
    const other = await makePublished(app, report('medicine', 3));
    expect(await idsOf(id, 'fields=id&limit=20')).toContain(other.id);
  });

  it('is not kept longer than what it shows', async () => {
    const words = own();
    const { id } = await makePublished(app, { title: words, body: { text: own() } });
    app.clock.advance(1000);
    await makePublished(app, { title: words, body: { text: `${own()} ${own()}` } }, { until: fromNow(7000) });
    expect((await app.get(path(id))).headers['cache-control']).toContain('max-age=7,');
  });

  it.each([
    ['a limit of none', 'limit=0'],
    ['a limit above 20', 'limit=21'],
    ['half a limit', 'limit=1.5'],
    ['a field that is none', 'fields=secret'],
    ['drafts', 'perspective=draft'],
    ['the past', 'asOf=2020-01-01'],
    ['half of a pair', 'fields=%ED%A0%BD'],
  ])('is refused clearly: %s', async (_what, more) => {
    const { id } = await makePublished(app);
    expect((await app.get(path(id, more), { as: 'admin' })).status).toBe(400);
  });

  it.each(["'; drop table article; --", '"', '🐋', '\\', 'a'.repeat(200), "a' & !b | c:*"])(
    'is a 404 where the name is nonsense: %s',
    async (name) => {
      expect((await app.get(path(encodeURIComponent(name)))).status).toBe(404);
    },
  );

  it('is given for articles made of signs, quotes, emoji or nothing but a title', async () => {
    for (const title of ["'; drop table article; --", '🐋🐋', '\\\\', '…', "a' & !b | c:* ^a ~b @c", '𠮷']) {
      const slug = own().replaceAll(' ', '-');
      const { id } = await makePublished(app, { title, body: { text: title }, slug });
      expect((await app.get(path(id))).status, title).toBe(200);
    }
  });
});
