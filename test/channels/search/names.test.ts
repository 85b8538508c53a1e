// What an article belongs to finds it: its section and those above, its source, its people and its tags, by the names that
// they have today.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeEditor, makeSection, makeSource, makeTag } from '../../support/factories.ts';
import { askingOf } from './asking.ts';

let app: TestApp;
const { ask, found, publish } = askingOf(() => app);

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await publish('other', { title: '与此无关', body: { text: '别的文字' } });
});
afterAll(() => app.close());

/** The rows of documents as they stand on disk: whoever writes one makes another of it. */
const documents = () =>
  app.deps.db.sql.rows('select article_id, version, xmin::text, ctid::text from search_document order by 1, 2', []);

type Made = { id: string; slug: string };
const nouns: [string, string, (name: string) => Promise<Made>, (made: Made, name: string) => object][] = [
  ['section', 'sections', (name) => makeSection(app, { name }), ({ slug }) => ({ section: slug })],
  ['source', 'sources', (name) => makeSource(app, { name }), ({ slug }) => ({ source: slug })],
  [
    'editor',
    'editors',
    (name) => makeEditor(app, { name }),
    ({ slug }) => ({ credits: [{ role: 'photographer', editor: slug }] }),
  ],
  ['tag', 'tags', (name) => makeTag(app, { name }), (_made, name) => ({ tags: [name] })],
];

// For each noun: its name, another one, and a third that is in no document either.
const names: Record<string, [string, string]> = {
  section: ['深海探测', '远洋科考'],
  source: ['浪花晚报', '潮汐日报'],
  editor: ['欧阳慕云', '司徒听雨'],
  tag: ['蓝碳交易', '绿电证书'],
};

describe.each(nouns)('the name of a %s', (noun, path, make, refer) => {
  const [name, another] = names[noun]!;
  let record: Made;
  beforeAll(async () => {
    record = await make(name);
    await publish(noun, { title: `属于某处的文章`, ...refer(record, name) });
  });
  const rename = async (to: string) => {
    const answer = await app.patch(`/v1/${path}/${record.id}`, { name: to }, { as: 'admin', ifMatch: '*' });
    expect(answer.status, answer.text).toBe(200);
  };

  it('finds what belongs to it, in each form of the query, and nothing else', async () => {
    for (const q of [name, name.slice(0, 2), `"${name}"`, `属于 ${name}`, `${name} OR 火星`])
      expect([q, await found(q)]).toEqual([q, [noun]]);
    for (const q of [`title:${name}`, `${name} -属于`, `${name} 火星`, another])
      expect([q, await found(q)]).toEqual([q, []]);
    expect(await found(`属于 -${name}`)).not.toContain(noun);
  });

  it('is asked for when the query is: renamed, it is found by the new name at once, and no document is touched', async () => {
    const before = await documents();
    await rename(another);
    expect(await documents()).toEqual(before);
    expect([await found(name), await found(another)]).toEqual([[], [noun]]);
    await rename(name);
    expect(await documents()).toEqual(before);
    expect([await found(name), await found(another)]).toEqual([[noun], []]);
  });

  it('is found in both orders, and counted', async () => {
    const { body } = await ask(name, 'count=exact&sort=-publishedAt&facets=year');
    expect([body.page.total, body.data.length, body.facets.year.values[0].count]).toEqual([1, 1, 1]);
  });
});

it('the name of a section finds what is filed in the branch below it, also after the branch has moved', async () => {
  const top = await makeSection(app, { name: '极地频道' });
  const other = await makeSection(app, { name: '沙漠频道' });
  const middle = await makeSection(app, { name: '冰川', parent: top.slug });
  const low = await makeSection(app, { name: '雪线', parent: middle.slug });
  await publish('glacier', { title: '消融加快', section: low.slug });
  for (const q of ['极地频道', '冰川', '雪线']) expect([q, await found(q)]).toEqual([q, ['glacier']]);
  expect(await found('沙漠频道')).toEqual([]);
  const before = await documents();
  const moved = await app.patch(`/v1/sections/${middle.id}`, { parent: other.slug }, { as: 'admin', ifMatch: '*' });
  expect(moved.status, moved.text).toBe(200);
  expect(await documents()).toEqual(before);
  expect([await found('极地频道'), await found('沙漠频道')]).toEqual([[], ['glacier']]);
});

it('what the public sees belongs where its publication says, not where its draft does', async () => {
  const [here, there] = [await makeTag(app, { name: '古瓷器' }), await makeTag(app, { name: '新漆器' })];
  const made = await publish('moved', { title: '换了标签', tags: [here.slug] });
  await app.patch(`/v1/articles/${made.id}`, { tags: [there.slug] }, { ifMatch: '*' });
  expect([await found('古瓷器'), await found('新漆器')]).toEqual([['moved'], []]);
  const draft = 'perspective=draft';
  expect([await found('古瓷器', draft, 'viewer'), await found('新漆器', draft, 'viewer')]).toEqual([[], ['moved']]);
});

it('a new tag is a name with the article that brings it', async () => {
  await publish('brought', { title: '带来标签', tags: ['量子纠缠态'] });
  expect(await found('量子纠缠态')).toEqual(['brought']);
  expect(await found('liangzi')).toEqual(['brought']);
});

it('a name in Traditional characters, in full width or in another case is the same', async () => {
  const source = await makeSource(app, { name: '環球ＴＩＭＥＳ觀察' });
  await publish('globe', { title: '来自远方', source: source.slug });
  for (const q of ['环球times观察', '環球', 'TIMES', '观察']) expect([q, await found(q)]).toEqual([q, ['globe']]);
});

it('names are found beside words: one term names the source, the other is in the text', async () => {
  const source = await makeSource(app, { name: '星海通讯社' });
  await publish('both', { title: '渔船返航', source: source.slug });
  await publish('only the source', { title: '列车晚点', source: source.slug });
  expect(await found('星海通讯社 渔船')).toEqual(['both']);
  expect(await found('渔船 -星海通讯社')).toEqual([]);
});

it('a title that is typed in pinyin is no name of what the article belongs to', async () => {
  const source = await makeSource(app, { name: '沧浪时报' });
  await publish('by the paper', { title: '雨夹雪', source: source.slug });
  await publish('about the waves', { title: '沧浪亭' });
  expect(await found('canglang')).toEqual(['about the waves', 'by the paper']);
  expect(await found('title:canglang')).toEqual(['about the waves']);
});

it('a person or source in the trash is no name any more', async () => {
  const source = await makeSource(app, { name: '停刊时报' });
  const rows = () => app.deps.db.sql.rows('select 1 from search_name where id = $1', [source.id]);
  expect(await rows()).toHaveLength(1);
  expect((await app.delete(`/v1/sources/${source.id}`, { as: 'admin', ifMatch: '*' })).status).toBeLessThan(300);
  expect(await rows()).toHaveLength(0);
  const back = await app.post(`/v1/sources/${source.id}/untrash`, undefined, { as: 'admin', ifMatch: '*' });
  expect(back.status, back.text).toBe(200);
  expect(await rows()).toHaveLength(1);
});
