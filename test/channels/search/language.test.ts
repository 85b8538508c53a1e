// What a query finds, and what it does not: each line of the query language, over HTTP.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeEditor } from '../../support/factories.ts';
import { askingOf } from './asking.ts';

let app: TestApp;
const { ask, found, namesIn, publish } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  const reporter = await makeEditor(app, { name: '刘莹莹' });
  const articles: Record<string, object> = {
    port: { title: '青岛港启用自动化码头', body: { text: '集装箱由机器人搬运，吞吐量增长3.5%。' } },
    beer: { title: '青岛啤酒节开幕', body: { text: '游客来自重庆和长沙，码头之外也很热闹。' } },
    apple: { title: '烟台苹果丰收', body: { text: '果农说，2026箱苹果当天运往青岛。' } },
    network: { title: '复杂性研讨会侧记', body: { text: '会后记者采访了汪小帆教授和他的学生。' } },
    english: { title: 'Cities are growing', body: { text: 'Engineers connected the bridges. Prices rose 35%.' } },
    typhoon: { title: '臺灣颱風過境', body: { text: '氣象專家發布預警，體育賽事延後。' } },
    mobile: { title: '5G 走进乡村', summary: 'ＧＤＰ 增速回升', body: { text: 'COVID-19 过后，共有12个县接入。' } },
    chongqing: { title: '重庆火锅', body: { text: '麻辣鲜香。' } },
    changsha: {
      title: '长沙臭豆腐',
      body: { text: '外焦里嫩。' },
      credits: [{ role: 'reporter', editor: reporter.slug }],
    },
    gems: {
      title: '宝石展',
      kicker: '珊瑚',
      subtitle: '琥珀',
      summary: '玛瑙',
      credits: [{ role: 'photographer', name: '欧阳雪峰' }],
      body: {
        html:
          '<h2>翡翠</h2><p>碧玺</p><ul><li>石榴石</li></ul>' +
          '<figure><img src="https://news.test/a.jpg" alt=""><figcaption>橄榄石</figcaption></figure>' +
          '<table><tr><th>名称</th></tr><tr><td>蓝宝石</td></tr></table>',
      },
    },
  };
  for (const [name, input] of Object.entries(articles)) await publish(name, input);
});
afterAll(() => app.close());

const told = async (q: string) => {
  const answer = await ask(q);
  const { dropped, relaxed, terms } = answer.body.query;
  return { found: namesIn(answer).toSorted(), dropped, relaxed, terms };
};

describe('terms', () => {
  it.each([
    ['青岛 苹果', ['apple']],
    ['青岛　码头', ['beer', 'port']],
    ['青岛\t启用\n码头', ['port']],
    ['青岛', ['apple', 'beer', 'port']],
  ])('stand apart by blanks, and all have to be there: %j', async (q, names) => {
    expect(await found(q)).toEqual(names);
  });

  it('of two nothing is dropped', async () => {
    expect(await told('烟台 啤酒')).toEqual({ found: [], dropped: [], relaxed: [], terms: ['烟台', '啤酒'] });
  });

  it('a term of two words has both of them', async () => {
    expect(await told('烟台苹果')).toMatchObject({ found: ['apple'], relaxed: [] });
    expect(await told('青岛苹果')).toMatchObject({ found: ['apple'], relaxed: [] });
    expect(await told('啤酒苹果')).toMatchObject({ found: [], relaxed: [], dropped: [] });
  });

  it('of a term of three words or more the most are enough where nothing has all, which is told', async () => {
    const q = '青岛码头火星';
    const { found: names, relaxed, dropped } = await told(q);
    expect({ relaxed, dropped }).toEqual({ relaxed: [q], dropped: [] });
    expect(names).toEqual(expect.arrayContaining(['beer', 'port']));
    for (const name of ['english', 'gems', 'typhoon']) expect(names).not.toContain(name);
  });

  it('of three words written together all have to be there where something has them', async () => {
    expect(await told('青岛自动化码头')).toMatchObject({ found: ['port'], relaxed: [] });
  });
});

describe('of three terms or more', () => {
  it('one is dropped where nothing has all, and the answer says which', async () => {
    expect(await told('青岛 啤酒 火星')).toMatchObject({ found: ['beer'], dropped: ['火星'], relaxed: [] });
    expect(await told('火星 苹果 烟台')).toMatchObject({ found: ['apple'], dropped: ['火星'] });
  });

  it('none is dropped where something has all', async () => {
    expect(await told('青岛 游客 开幕')).toMatchObject({ found: ['beer'], dropped: [] });
  });

  it('a third at most is dropped, and as few as possible', async () => {
    expect(await told('青岛 啤酒 火星 木星')).toMatchObject({ found: [], dropped: [] });
    expect(await told('青岛 啤酒 火星 木星 开幕 游客')).toMatchObject({ found: ['beer'], dropped: ['火星', '木星'] });
    expect(await told('青岛 啤酒 火星 重庆 开幕 游客')).toMatchObject({ found: ['beer'], dropped: ['火星'] });
  });

  it('an exclusion is never dropped, and is no term', async () => {
    expect(await told('青岛 啤酒 火星 -开幕')).toMatchObject({ found: [], dropped: [] });
    expect(await told('青岛 火星 -苹果')).toMatchObject({ found: [], dropped: [] });
    expect(await told('青岛 啤酒 火星 -"啤酒节开幕"')).toMatchObject({ found: [], dropped: [] });
  });

  it('a phrase, a title and a choice are dropped as a whole', async () => {
    expect(await told('青岛 啤酒 "火星移民"')).toMatchObject({ found: ['beer'], dropped: ['火星移民'] });
    expect(await told('青岛 啤酒 title:游客')).toMatchObject({ found: ['beer'], dropped: ['游客'] });
    expect(await told('青岛 啤酒 火星 OR 木星')).toMatchObject({ found: ['beer'], dropped: ['火星', '木星'] });
  });
});

describe('an exact phrase', () => {
  it.each([
    ['"青岛啤酒"', ['beer']],
    ['"啤酒青岛"', []],
    // Both words are there, apart.
    ['"青岛码头"', []],
    ['"岛港启"', ['port']],
    ['"酒节开"', ['beer']],
    ['"集装箱由机器人搬运"', ['port']],
    ['"集装箱 机器人"', []],
    ['"connected the bridges"', ['english']],
    ['"connected bridges"', []],
    ['“青岛啤酒”', ['beer']],
    ['„青岛啤酒“', ['beer']],
    ['＂青岛啤酒＂', ['beer']],
    ['「青島啤酒」', ['beer']],
    ['『青岛啤酒』', ['beer']],
    ['"青岛啤酒', ['beer']],
    ['"颱風過境"', ['typhoon']],
    ['"颱風" "體育賽事"', ['typhoon']],
  ])('is found as it stands: %s', async (q, names) => {
    expect(await found(q)).toEqual(names);
    expect((await found(q, 'sort=-publishedAt')).toSorted()).toEqual(names);
  });
});

describe('without', () => {
  it.each([
    ['青岛 -啤酒', ['apple', 'port']],
    ['青岛 －啤酒', ['apple', 'port']],
    ['青岛 -啤酒 -苹果', ['port']],
    ['-啤酒 青岛', ['apple', 'port']],
    ['青岛 -"啤酒节开幕"', ['apple', 'port']],
    ['青岛 -"开幕啤酒节"', ['apple', 'beer', 'port']],
    ['青岛 -title:青岛', ['apple']],
    ['青岛 -title:"青岛港"', ['apple', 'beer']],
    ['青岛 -火星', ['apple', 'beer', 'port']],
    ['豆腐 -刘莹莹', []],
    // Inside of a word it is no sign.
    ['COVID-19', ['mobile']],
  ])('%s', async (q, names) => {
    expect(await found(q)).toEqual(names);
  });
});

describe('in the title', () => {
  it.each([
    ['title:青岛', ['beer', 'port']],
    ['Title:青岛', ['beer', 'port']],
    ['title：青岛', ['beer', 'port']],
    ['标题：青岛', ['beer', 'port']],
    ['標題:青島', ['beer', 'port']],
    ['title:港', ['port']],
    ['title:"青岛啤酒"', ['beer']],
    ['title:"岛啤"', ['beer']],
    ['title:机器人', []],
    ['title:"重庆和长沙"', []],
    ['title:grow', ['english']],
    ['title:bridge', []],
    ['title:刘莹莹', []],
    ['title:青岛 码头', ['beer', 'port']],
    ['title:青岛 title:码头', ['port']],
  ])('%s', async (q, names) => {
    expect(await found(q)).toEqual(names);
  });
});

describe('one of several', () => {
  it.each([
    ['启用 OR 苹果', ['apple', 'port']],
    ['启用 | 苹果', ['apple', 'port']],
    ['启用 OR 火锅 OR 苹果', ['apple', 'chongqing', 'port']],
    ['青岛 启用 OR 开幕', ['beer', 'port']],
    ['"啤酒节" OR title:苹果', ['apple', 'beer']],
    ['火星 OR "青岛啤酒"', ['beer']],
    ['启用 OR 苹果 -青岛', []],
    ['OR 启用 OR', ['port']],
  ])('%s', async (q, names) => {
    expect(await found(q)).toEqual(names);
  });

  it('in small letters it is a word', async () => {
    expect(await found('cities or bridges')).toEqual(['english']);
    expect(await found('启用 or 苹果')).toEqual([]);
  });
});

describe('words', () => {
  it.each([
    ['one character', '港', ['port']],
    ['one character of a word', '岛', ['apple', 'beer', 'port']],
    ['one character that is nowhere', '猫', []],
    ['two characters', '码头', ['beer', 'port']],
    ['two characters of two words', '酒节', ['beer']],
    ['two characters that do not follow each other', '岛节', []],
    ['the shorter word in a longer one', '研讨', ['network']],
    ['a whole number', '2026', ['apple']],
    ['a number that is nowhere', '2025', []],
    ['a part of a number', '202', []],
    ['a percentage', '3.5%', ['port']],
    ['a number with a point', '3.5', ['port']],
    ['another percentage', '35%', ['english']],
    ['a number with what it counts', '12个', ['mobile']],
    ['a number with something else', '12只', []],
    ['a digit and a letter', '5G', ['mobile']],
    ['the same in small letters', '5g', ['mobile']],
    ['another digit', '4G', []],
    ['an abbreviation', 'GDP', ['mobile']],
    ['an abbreviation of full width', 'ＧＤＰ', ['mobile']],
    ['an abbreviation in small letters', 'gdp', ['mobile']],
    ['another abbreviation', 'GNP', []],
    ['letters and a number', 'COVID-19', ['mobile']],
    ['the same with another number', 'COVID-18', []],
    ['Latin letters among Chinese', '5G走进乡村', ['mobile']],
    ['a name that no dictionary has', '汪小帆', ['network']],
    ['a part of such a name', '小帆', ['network']],
    ['such a name with its title', '汪小帆教授', ['network']],
    ['its characters in another order', '帆小汪', []],
    ['another name of the same characters', '汪帆', []],
    ['an English word in another number', 'city', ['english']],
    ['an English word in another form', 'grows', ['english']],
    ['an English verb in another tense', 'connecting bridge', ['english']],
    ['another English word', 'citizen', []],
  ])('%s: %s', async (_what, q, names) => {
    expect(await found(q)).toEqual(names);
  });

  it.each([
    ['台湾', ['typhoon']],
    ['臺灣', ['typhoon']],
    ['台風', ['typhoon']],
    ['气象专家', ['typhoon']],
    ['"发布预警"', ['typhoon']],
    ['体育', ['typhoon']],
    ['青島', ['apple', 'beer', 'port']],
    ['碼頭', ['beer', 'port']],
    ['臺北', []],
  ])('Traditional finds Simplified and back: %s', async (q, names) => {
    expect(await found(q)).toEqual(names);
  });

  it.each([
    ['qingdao', ['beer', 'port']],
    ['QingDao', ['beer', 'port']],
    ['chongqing', ['chongqing']],
    ['zhongqing', []],
    ['changsha', ['changsha']],
    ['zhangsha', []],
    ['liuyingying', ['changsha']],
    ['qingdao 码头', ['beer', 'port']],
    ['title:qingdao', ['beer', 'port']],
    ['jiqiren', []],
  ])('pinyin finds titles and names, not bodies: %s', async (q, names) => {
    expect(await found(q)).toEqual(names);
  });

  it.each(['宝石展', '珊瑚', '琥珀', '玛瑙', '欧阳雪峰', '翡翠', '碧玺', '石榴石', '橄榄石', '蓝宝石'])(
    'of every field are looked for: %s',
    async (q) => {
      expect(await found(q)).toEqual(['gems']);
    },
  );
});
