// When the most of a question is enough and how much that is, and which of several terms is dropped.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished, makeSource } from '../../support/factories.ts';
import { askingOf } from './asking.ts';

let app: TestApp;
const { ask, namesIn, publish } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  for (let n = 0; n < 10; n += 1) await makePublished(app, { title: `动态${n}`, body: { text: '与此无关' } });
});
afterAll(() => app.close());

const fill = async (texts: Record<string, string>) => {
  for (const [name, text] of Object.entries(texts)) await publish(name, { title: '见闻', body: { text } });
};
const told = async (q: string) => {
  const answer = await ask(q, 'fields=id');
  const { dropped, relaxed } = answer.body.query;
  return { found: namesIn(answer).toSorted(), dropped, relaxed };
};

describe('the most of a term is enough, though something has all of it, where it is', () => {
  it.each([
    ['of four words', '珊瑚玛瑙翡翠鹿', '珊瑚，玛瑙，翡翠'],
    ['of eight characters', '集装箱起重机堆场', '集装箱，起重机'],
    ['a question', '怎么修理雾号', '雾号'],
  ])('%s', async (_what, q, most) => {
    await fill({ [`all of ${q}`]: `${q}。`, [`most of ${q}`]: most });
    expect(await told(q)).toEqual({ found: [`all of ${q}`, `most of ${q}`], dropped: [], relaxed: [q] });
  });

  it('and not where it is shorter, and puts none', async () => {
    await fill({ all: '海豹企鹅白鲸', most: '海豹，企鹅' });
    expect(await told('海豹企鹅白鲸')).toEqual({ found: ['all'], dropped: [], relaxed: [] });
  });
});

describe('the most is three tenths by rarity', () => {
  it('two of four words alike, and not one of them', async () => {
    await fill({ four: '猎豹羚羊河马斑马', two: '猎豹，羚羊', one: '河马', 'another one': '斑马' });
    expect((await told('猎豹羚羊河马斑马')).found).toEqual(['four', 'two']);
  });

  it('of which a word that nothing has takes no more than the others', async () => {
    await fill({ telescope: '望远镜', microscope: '显微镜' });
    expect((await told('望远镜显微镜放大镜')).found).toEqual(['microscope', 'telescope']);
  });

  it('of which a word that only puts the question takes less', async () => {
    await fill({ pencil: '铅笔', rubber: '橡皮', ruler: '尺子' });
    expect((await told('怎么铅笔橡皮尺子')).found).toEqual(['pencil', 'rubber', 'ruler']);
  });

  it('or to belong to what is called so', async () => {
    const source = await makeSource(app, { name: '青岛海洋观察周刊' });
    await publish('of the source', { title: '别处见闻', source: source.slug });
    await fill({ half: '海洋，观察，青岛' });
    expect(await told('青岛海洋观察周刊')).toMatchObject({ found: ['half', 'of the source'] });
  });
});

it('of a relaxed term what has more of its words comes before what has fewer again and again', async () => {
  await fill({ often: '铜鼓，竹笛。'.repeat(9), more: '铜鼓，古筝，唢呐' });
  for (const [n, text] of ['竹笛', '古筝', '唢呐'].entries()) await fill({ [`one ${n}`]: text });
  const answer = await ask('铜鼓竹笛古筝唢呐', 'fields=id');
  expect(namesIn(answer).slice(0, 2)).toEqual(['more', 'often']);
});

describe('of terms that something lacks', () => {
  it('that one is dropped which says least', async () => {
    await fill({ 'without the common one': '白鹭，燕隼', 'without a rare one': '海鸥，燕隼' });
    for (const name of ['gull', 'another gull', 'a third']) await fill({ [name]: '海鸥' });
    expect(await told('白鹭 海鸥 燕隼')).toEqual({
      found: ['without the common one'],
      dropped: ['海鸥'],
      relaxed: [],
    });
  });

  it('of a choice that counts which says less', async () => {
    await fill({ 'without either': '陨石，极光', 'without the other': '日食，极光' });
    for (const name of ['eclipse', 'another eclipse', 'a third eclipse']) await fill({ [name]: '日食' });
    await fill({ meteorite: '陨石' });
    expect(await told('日食 OR 月晕 陨石 极光')).toMatchObject({
      found: ['without either'],
      dropped: ['日食', '月晕'],
    });
  });

  it('none is dropped for what is excluded', async () => {
    await fill({ rotten: '山楂，石榴，腐烂', fresh: '石榴，柿子', persimmon: '柿子', 'another persimmon': '柿子' });
    expect(await told('山楂 石榴 柿子 -腐烂')).toEqual({ found: ['fresh'], dropped: ['山楂'], relaxed: [] });
  });

  it('one is dropped, and of a term of several words the most are enough all the same', async () => {
    await fill({ whole: '航模飞艇帆船，罗盘', part: '航模，飞艇，罗盘' });
    expect(await told('航模飞艇帆船 罗盘 火星')).toEqual({
      found: ['part', 'whole'],
      dropped: ['火星'],
      relaxed: ['航模飞艇帆船'],
    });
  });

  it('one is dropped also where nothing has all of a term of several words', async () => {
    await fill({ kite: '灯笼，风筝，磁石' });
    expect(await told('灯笼风筝陀螺 磁石 彗星')).toEqual({
      found: ['kite'],
      dropped: ['彗星'],
      relaxed: ['灯笼风筝陀螺'],
    });
  });

  it('one is dropped also beside a term that is the name of what something belongs to', async () => {
    const source = await makeSource(app, { name: '深海潜水考察周刊' });
    await publish('of that source', { title: '近处见闻', source: source.slug, body: { text: '六分仪' } });
    expect(await told('深海潜水考察周刊 六分仪 银河')).toMatchObject({ found: ['of that source'], dropped: ['银河'] });
  });
});
