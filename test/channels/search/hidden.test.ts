// Search is no oracle: whatever an asker may not read, its answers are those of a newsroom that does not have it, byte by
// byte.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countWords } from '../../../src/channels/search/index/counting.ts';
import { countedMax } from '../../../src/channels/search/match/facts.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection, makeSource, publish } from '../../support/factories.ts';
import { multiply, pathOf } from './asking.ts';

let app: TestApp;
let limitedEditor: string;
const secrets: Record<string, string> = {};

const hour = 3_600_000;
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const act = async (id: string, action: string, body?: object) => {
  app.clock.advance(1000);
  const answer = await app.post(`/v1/articles/${id}/${action}`, body, { ifMatch: '*' });
  expect(answer.status, answer.text).toBe(200);
};

/** Each way to be hidden from the public: a word that is in such an article only. */
const states: Record<string, (input: { title: string }) => Promise<unknown>> = {
  'a draft': (input) => makeArticle(app, input),
  'the draft of a public article': async ({ title }) => {
    const { id } = await makePublished(app, { title: '港口新闻', section: 'gang-kou' });
    expect((await app.patch(`/v1/articles/${id}`, { title }, { ifMatch: '*' })).status).toBe(200);
  },
  'what was public before': async ({ title }) => {
    const { id } = await makePublished(app, { title, section: 'gang-kou' });
    await app.patch(`/v1/articles/${id}`, { title: '港口新闻' }, { ifMatch: '*' });
    await act(id, 'publish');
  },
  'what is scheduled': async (input) => publish(app, await makeArticle(app, input), { at: fromNow(1000 * hour) }),
  'a scheduled update': async ({ title }) => {
    const { id } = await makePublished(app, { title: '港口新闻', section: 'gang-kou' });
    await app.patch(`/v1/articles/${id}`, { title }, { ifMatch: '*' });
    await act(id, 'publish', { at: fromNow(1000 * hour) });
  },
  'what is embargoed': (input) => makeArticle(app, { ...input, embargoUntil: fromNow(1000 * hour) }),
  'what is unpublished': async (input) => act((await makePublished(app, input)).id, 'unpublish'),
  'what is retracted': async (input) =>
    act((await makePublished(app, input)).id, 'retract', { notice: '撤回', reason: '待查' }),
  'what is expired': async (input) => {
    await makePublished(app, input, { until: fromNow(hour) });
    app.clock.advance(hour);
  },
  'what is in the trash': async (input) => {
    const { id } = await makePublished(app, input);
    app.clock.advance(1000);
    expect((await app.delete(`/v1/articles/${id}`, { ifMatch: '*' })).status).toBeLessThan(300);
  },
};

// Of one length, and cut alike; none has a character of the others.
const words = ['犰狳', '鸸鹋', '鹈鹕', '貔貅', '獬豸', '鹧鸪', '螳螂', '蜈蚣', '蟾蜍', '蚯蚓'];
const nowhere = '蝙蝠';
const nowhereName = '霹雳';

beforeAll(async () => {
  // What was answered before is not answered again.
  app = await createTestApp(import.meta.url, { CACHE_SIZE_BYTES: '0' });
  await makeSection(app, { name: '港口', slug: 'gang-kou' });
  await makeSection(app, { name: '体育', slug: 'ti-yu' });
  const source = await makeSource(app, { name: '早报' });
  const editor = await makeEditor(app, { name: '周记者' });
  limitedEditor = await app.createKey({ name: '体育编辑', role: 'editor', sections: ['ti-yu'] });
  const around = {
    section: 'gang-kou',
    source: source.slug,
    credits: [{ role: 'reporter', editor: editor.slug }],
    tags: ['两会'],
  };
  for (const title of ['港口新闻', '港口繁忙', '码头新闻']) await makePublished(app, { ...around, title });
  for (const [n, [state, hide]] of Object.entries(states).entries()) {
    secrets[state] = words[n]!;
    await hide({ ...around, title: `${words[n]}出没港口` });
  }
});
afterAll(() => app.close());

const everything = 'count=exact&facets=section,source,editor,tag,year&highlight=true';
const queries = (word: string) => [
  word,
  `"${word}"`,
  `"${word}出没"`,
  `title:${word}`,
  [...word][0]!,
  `${word}出没港口新闻`,
  `${word}新闻繁忙`,
  `港口 新闻 ${word}`,
  `港口 ${word} 码头 新闻`,
  `港口 ${word}`,
  `港口 OR ${word}`,
  `港口 -${word}`,
  `港口 -"${word}出没"`,
];

/** Whoever asks, and what is hidden from them. */
const askers: [string, () => { as?: string }][] = [
  ['nobody', () => ({})],
  ['a viewer', () => ({ as: 'viewer' })],
  ['an editor', () => ({ as: 'editor' })],
];

/** The answers without anything hidden are the same for every state. */
const asked = new Map<string, Promise<Answer>>();
function askOnce(path: string, options: { as?: string }): Promise<Answer> {
  const key = `${path} ${options.as}`;
  if (!asked.has(key)) asked.set(key, app.get(path, options));
  return asked.get(key)!;
}

const headersOf = ({ headers }: Answer) =>
  ['cache-control', 'surrogate-key', 'last-modified', 'link', 'vary', 'expires'].map((name) => headers[name]);

describe.each(Object.keys(states))('%s', (state) => {
  it.each(askers)('is as if it were not, to %s who asks for what is public', async (_who, options) => {
    const word = secrets[state]!;
    for (const sort of ['relevance', '-publishedAt']) {
      for (const [n, q] of queries(word).entries()) {
        const seen = await app.get(pathOf(q, `${everything}&sort=${sort}`), options());
        const absent = await askOnce(pathOf(queries(nowhere)[n]!, `${everything}&sort=${sort}`), options());
        expect(seen.status, seen.text).toBe(200);
        const blank = (text: string, of: string) => text.replaceAll(of, '□').replaceAll([...of][0]!, '□');
        expect([q, blank(seen.text, word)]).toEqual([q, blank(absent.text, nowhere)]);
        expect(headersOf(seen)).toEqual(headersOf(absent));
      }
    }
  });

  it('is found by whoever reads its draft, or by nobody', async () => {
    const word = secrets[state]!;
    const { body } = await app.get(pathOf(word, 'perspective=draft'), { as: 'viewer' });
    const isInDraft = !['what was public before', 'what is embargoed', 'what is in the trash'].includes(state);
    expect(body.data).toHaveLength(isInDraft ? 1 : 0);
    const limited = await app.get(pathOf(word, 'perspective=draft'), { as: limitedEditor });
    expect(limited.body.data).toEqual([]);
  });
});

it('a tag that drafts alone have is as unknown as a word that is nowhere', async () => {
  await makeArticle(app, { title: '某事', tags: ['麒麟计划', '凤凰'] });
  await app.deps.segmenter.refresh();
  for (const [hidden, absent] of [
    ['麒麟计划', '貂蝉计划'],
    ['凤凰', nowhereName],
  ] as const) {
    for (const q of [
      (w: string) => w,
      (w: string) => `港口 新闻 ${w}`,
      (w: string) => `${w}港口新闻`,
      (w: string) => `港口 -${w}`,
    ]) {
      const answers = [await app.get(pathOf(q(hidden), everything)), await app.get(pathOf(q(absent), everything))];
      const [seen, other] = answers.map(({ text }, n) => text.replaceAll([hidden, absent][n]!, '□'));
      expect([q(hidden), seen]).toEqual([q(hidden), other]);
    }
  }
});

it('a tag that drafts alone have is no word to the segmenter, so that it changes no answer', async () => {
  const name = '吊车司机招聘登月';
  await makePublished(app, { title: '吊车司机招聘启事' });
  const paths = [name, `${name}计划`, `码头 ${name}`, `"${name}"`].map((q) => pathOf(q, everything));
  const read = () => Promise.all(paths.map(async (path) => (await app.get(path)).text));
  const before = await read();
  const draft = await makeArticle(app, { title: '某事', tags: [name] });
  const isWord = async () => {
    await app.deps.segmenter.refresh();
    return (await app.deps.segmenter.get()).cut(name).length === 1;
  };
  expect([await isWord(), await read()]).toEqual([false, before]);
  await publish(app, draft);
  expect(await isWord()).toBe(true);
});

it('names that drafts alone have take no place among those that are looked for', async () => {
  await makePublished(app, { title: '某处', tags: ['蓝碳交易通告'] });
  const read = async () => (await app.get(pathOf('蓝碳', everything))).text;
  const before = await read();
  expect(JSON.parse(before).page.total).toBe(1);
  const tags = Array.from({ length: 30 }, (_, n) => `蓝碳${n}`);
  await makeArticle(app, { title: '别处', tags });
  expect(await read()).toBe(before);
});

it('what is hidden neither moves nor weighs what is shown: the order, the counts and the cursors stay as they were', async () => {
  const path = pathOf('港口 OR 新闻', `${everything}&limit=1`);
  const read = async () => (await app.get(path)).text;
  const before = await read();
  for (let n = 0; n < 5; n += 1) await makeArticle(app, { title: '港口港口港口', section: 'gang-kou', tags: ['两会'] });
  await publish(app, await makeArticle(app, { title: '港口', section: 'gang-kou' }), { at: fromNow(1000 * hour) });
  expect(await read()).toBe(before);
});

it('how common a word is, which is kept, does not depend on drafts', async () => {
  const { db } = app.deps;
  const shown = await makePublished(app, { title: '海鸥群飞' });
  const hidden = await makeArticle(app, { title: '苍鹰盘旋' });
  for (const { id } of [shown, hidden]) await multiply(app, id, { from: 2, to: 2 * countedMax });
  await db.sql.rows('analyze search_document', []);
  expect(await countWords(db, app.clock.now())).toBe(true);
  const kept = await db.sql.rows<{ word: string }>('select word from search_word', []);
  expect(kept.map(({ word }) => word)).toContain('海鸥');
  expect(kept.map(({ word }) => word)).not.toContain('苍鹰');
});
