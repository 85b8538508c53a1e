// Pinyin with blanks or apostrophes in it finds what it finds without, and takes nothing from those who typed English.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeEditor } from '../../support/factories.ts';
import { askingOf, pathOf } from './asking.ts';

let app: TestApp;
const { ask, found, publish, ranked } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  const editor = await makeEditor(app, { name: '汪小帆' });
  const articles: Record<string, object> = {
    port: { title: '青岛港启用新航线', body: { text: '集装箱运往各地。' } },
    sessions: { title: '青岛举行两会', tags: ['青岛'], body: { text: '会期四天。' } },
    tagged: { title: '啤酒的香气', tags: ['青岛'], body: { text: '麦芽与酒花。' } },
    mentioned: { title: '海边的一天', body: { text: '从青岛出发，两会之后。' } },
    wall: { title: '西安城墙马拉松', body: { text: '跑者众多。' } },
    square: { title: '天安门广场的清晨', body: { text: '升旗。' } },
    strategy: { title: '发展战略公布', body: { text: '新阶段。' } },
    credited: { title: '复杂性研讨', body: { text: '侧记。' }, credits: [{ role: 'reporter', editor: editor.slug }] },
    grottoes: { title: '龙门石窟修缮完工', body: { text: '石匠说。' } },
    film: { title: 'Short film about long men', body: { text: 'They can do it in the sun, and run.' } },
    island: { title: 'Long Island sound', body: { text: 'You can hear the men sing a long song.' } },
    hotel: { title: 'Xi’an and its walls', body: { text: 'The walls of Xi’an.' } },
    apart: { title: 'Qing vases', body: { text: 'The Dao of clay.' } },
  };
  for (const [name, input] of Object.entries(articles)) await publish(name, input);
});
afterAll(() => app.close());

const qingdao = ['port', 'sessions', 'tagged'];

describe('with blanks', () => {
  it.each(['qing dao', 'Qing Dao', 'QING　DAO', ' qing\tdao ', 'ｑｉｎｇ ｄａｏ'])(
    'it finds what it finds without, and what has the words apart: %j',
    async (q) => {
      expect(await found('qingdao')).toEqual(qingdao);
      expect(await found(q)).toEqual([...qingdao, 'apart'].toSorted());
      expect(await found(q, 'sort=-publishedAt')).toEqual([...qingdao, 'apart'].toSorted());
    },
  );

  it('it is ranked as without', async () => {
    expect((await ranked('qing dao')).filter((name) => name !== 'apart')).toEqual(await ranked('qingdao'));
  });

  it.each([
    ['qing dao liang hui', ['sessions']],
    ['qingdao liang hui', ['sessions']],
    ['qing dao lianghui', ['sessions']],
    ['liang hui qing dao', ['sessions']],
    ['青岛 liang hui', ['sessions']],
    ['qing dao 两会', ['sessions']],
    ['qing dao gang', ['port']],
    ['wang xiao fan', ['credited']],
    ['wang xiaofan', ['credited']],
    ['zhan lve', ['strategy']],
    ['zhan lue', ['strategy']],
    ['tian an men guang chang', ['square']],
    ['dao qing', ['apart']],
    ['qing', ['apart']],
    ['qing dao huo guo', []],
  ])('words, names and what they are together are found: %s', async (q, names) => {
    expect(await found(q)).toEqual(names);
  });

  it('the answer names the terms as they were typed', async () => {
    const { query } = (await ask('qing dao Liang hui')).body;
    expect(query).toEqual({ terms: ['qing', 'dao', 'Liang', 'hui'], dropped: [], relaxed: [], isCut: false });
  });

  it('what it stands for is marked', async () => {
    const { data } = (await ask('title:qing dao', 'highlight=true&fields=title')).body;
    const titles = data.map(({ highlight }: { highlight: { title: string } }) => highlight.title);
    expect(titles).toEqual(expect.arrayContaining(['<mark>青岛</mark>举行两会', '<mark>青岛</mark>港启用新航线']));
  });

  it('it is counted, and goes on from page to page', async () => {
    const names: string[] = [];
    let next: string | null = pathOf('qing dao', 'limit=1&count=exact&fields=id');
    while (next !== null) {
      const { body } = await app.get(next);
      expect(body.page.total).toBe(4);
      names.push(...body.data.map(({ id }: { id: string }) => id));
      const { nextCursor } = body.page;
      next = nextCursor && pathOf('qing dao', `limit=1&count=exact&fields=id&cursor=${encodeURIComponent(nextCursor)}`);
    }
    expect(new Set(names).size).toBe(4);
  });
});

describe('with an apostrophe', () => {
  it.each(["xi'an", 'xi’an', "Xi'An", 'Ｘｉ＇ａｎ'])('it finds what it finds without: %s', async (q) => {
    expect(await found('xian')).toEqual(['wall']);
    expect(await found(q)).toEqual(['hotel', 'wall']);
  });

  it.each([
    ["tian'anmen", ['square']],
    ["tian'an men", ['square']],
    ["title:xi'an", ['hotel', 'wall']],
    ["xi'an chengqiang", ['wall']],
  ])('beside other words as well: %s', async (q, names) => {
    expect(await found(q)).toEqual(names);
  });
});

describe('in the title', () => {
  it.each([
    ['title:qing dao', ['apart', 'port', 'sessions']],
    ['title:qing title:dao', ['port', 'sessions']],
    ['标题：liang title:hui', ['sessions']],
    ['title:wang xiaofan', []],
  ])('it finds titles alone: %s', async (q, names) => {
    expect(await found(q)).toEqual(names);
  });
});

describe('it is not joined', () => {
  it.each([
    ['in a phrase', '"qing dao"', []],
    ['beside a phrase', 'qing "dao"', ['apart']],
    ['of what is excluded', '新航线 -qing -dao', ['port']],
    ['of a choice', 'wang OR xi an', ['hotel']],
  ])('%s', async (_where, q, names) => {
    expect(await found(q)).toEqual(names);
  });
});

describe('English that may be read as pinyin', () => {
  it.each([
    ['long men', ['film', 'island', 'grottoes']],
    ['can do', ['film']],
    ['sun run', ['film']],
    ['long island', ['island']],
    ['long song', ['island']],
    ['men can', ['film', 'island']],
  ])('finds English, before anything else: %s', async (q, names) => {
    const order = await ranked(q);
    expect(order.toSorted()).toEqual(names.toSorted());
    if (names.includes('grottoes')) expect(order.at(-1)).toBe('grottoes');
  });
});

it('a query of nothing but syllables is answered, in both orders and with everything', async () => {
  const syllables = 'qing dao xi an ha er bin shang hai yan tai ji nan wei hai wei fang'.split(' ');
  for (const q of [syllables.join(' '), syllables.join("'"), 'a '.repeat(199), "zhuang'".repeat(57)]) {
    for (const sort of ['relevance', '-publishedAt'])
      await ask(q, `highlight=true&count=exact&facets=year&sort=${sort}`);
  }
});
