// What comes first: the rules of thumb that a reader would name, one pair of articles for each.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished, makeSource } from '../../support/factories.ts';
import { askingOf } from './asking.ts';

const dayMs = 24 * 3_600_000;

/** Makes a newsroom, each time with the very same articles. */
async function fill(app: TestApp, publish: ReturnType<typeof askingOf>['publish']): Promise<void> {
  const at = (days: number) => app.clock.set(new Date(Date.parse('2026-05-27T06:00:00.000Z') - days * dayMs));
  const filler = '这是一段与此无关的文字，谈的是天气。';
  at(400);
  for (let n = 0; n < 12; n += 1) await makePublished(app, { title: `港口动态${n}`, body: { text: filler } });
  const source = await makeSource(app, { name: '琥珀通讯社' });
  // Of equal ones that made last comes first: so the better one of a pair is made first, and no pair is in order by chance.
  const pairs: Record<string, object> = {
    'whale in the title': { title: '鲸鱼搁浅', body: { text: filler } },
    'whale in the summary': { title: '海边见闻', summary: '鲸鱼', body: { text: filler } },
    'whale in the body': { title: '海边新闻', body: { text: `鲸鱼。${filler}` } },
    'often in the body': { title: '水族馆', body: { text: `海豹，海豹，海豹，海豹。${filler}` } },
    'once in the body': { title: '水族箱', body: { text: `海豹，鱼，虾，蟹。${filler}` } },
    'the rare word': { title: '新闻', body: { text: '翡翠。' } },
    'the common word': { title: '新闻', body: { text: '天气。' } },
    'in order': { title: '论坛', body: { text: `潮汐能发电研究。${filler}` } },
    scattered: { title: '讲坛', body: { text: `潮汐能，研究，发电。${filler}` } },
    'often, apart': { title: '村里', body: { text: `${'榕树，村委会。'.repeat(4)}${filler}` } },
    'once, in order': { title: '村中', body: { text: `榕树村委会。${filler}` } },
    'amber in the text': { title: '琥珀展览', body: { text: filler } },
    'amber as its source': { title: '车展', source: source.slug, body: { text: filler } },
  };
  for (const [name, input] of Object.entries(pairs)) {
    at(400);
    await publish(name, input);
  }
  for (const [name, days] of [
    ['a year old', 365],
    ['a month old', 30],
    ['of today', 0],
  ] as const) {
    at(days);
    await publish(name, { title: '火山喷发', body: { text: filler } });
  }
  at(365);
  await publish('old, in its title', { title: '彗星来了', body: { text: filler } });
  at(0);
  await publish('new, in its body', { title: '夜空', body: { text: `彗星。${filler}` } });
}

describe('with the weights as they are', () => {
  let app: TestApp;
  const asking = askingOf(() => app);
  const { ranked } = asking;
  beforeAll(async () => {
    app = await createTestApp(import.meta.url);
    await fill(app, asking.publish);
  });
  afterAll(() => app.close());

  it.each([
    [
      'the title before the summary, and that before the body',
      '鲸鱼',
      ['whale in the title', 'whale in the summary', 'whale in the body'],
    ],
    ['often before once', '海豹', ['often in the body', 'once in the body']],
    ['words in their order before the same ones apart', '潮汐能发电研究', ['in order', 'scattered']],
    ['often before once in order', '榕树村委会', ['often, apart', 'once, in order']],
    ['what is called so before what belongs to it', '琥珀', ['amber in the text', 'amber as its source']],
    ['the fresher one of equals', '火山喷发', ['of today', 'a month old', 'a year old']],
    ['a title before a body, though it is older', '彗星', ['old, in its title', 'new, in its body']],
  ])('%s', async (_what, q, names) => {
    expect(await ranked(q)).toEqual(names);
  });

  it('the rarer of two words', async () => {
    const order = await ranked('天气 OR 翡翠');
    expect(order[0]).toBe('the rare word');
    expect(order).toContain('the common word');
  });

  it('by date nothing of this counts', async () => {
    expect(await ranked('彗星', 'sort=-publishedAt')).toEqual(['new, in its body', 'old, in its title']);
  });

  it('the same question has the same order, again and again', async () => {
    const first = await ranked('港口');
    app.clock.advance(11 * 60_000);
    expect(await ranked('港口')).toEqual(first);
  });
});

describe.each([
  [
    'bodies count as much as titles',
    { SEARCH_BODY_WEIGHT: '1', SEARCH_TITLE_WEIGHT: '0.1', SEARCH_FRESHNESS_WEIGHT: '0' },
    '鲸鱼',
    'whale in the body',
  ],
  [
    'what is beside the title counts more than it',
    { SEARCH_BESIDE_WEIGHT: '1', SEARCH_TITLE_WEIGHT: '0.1' },
    '鲸鱼',
    'whale in the summary',
  ],
  ['the order of words counts tenfold', { SEARCH_PHRASE_WEIGHT: '10' }, '榕树村委会', 'once, in order'],
  [
    'freshness counts tenfold, and a year is no time',
    { SEARCH_FRESHNESS_WEIGHT: '10', SEARCH_FRESHNESS_DAYS: '3650' },
    '彗星',
    'old, in its title',
  ],
  ['freshness counts tenfold', { SEARCH_FRESHNESS_WEIGHT: '10' }, '彗星', 'new, in its body'],
  ['what belongs to a name counts tenfold', { SEARCH_NAME_WEIGHT: '10' }, '琥珀', 'amber as its source'],
])('configured so that %s', (_what, environment, q, first) => {
  let app: TestApp;
  const asking = askingOf(() => app);
  beforeAll(async () => {
    app = await createTestApp(import.meta.url, environment);
    await fill(app, asking.publish);
  });
  afterAll(() => app.close());

  it('another one comes first', async () => {
    expect((await asking.ranked(q))[0]).toBe(first);
  });
});
