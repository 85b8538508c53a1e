// Keys that read drafts search the working copies: all that they may read, nothing else, and never from a cache.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection } from '../../support/factories.ts';
import { askingOf, pathOf } from './asking.ts';

let app: TestApp;
const { ask, found, ranked, publish, call } = askingOf(() => app);
const keys: Record<string, string> = {};

const hour = 3_600_000;
const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const draft = 'perspective=draft';
const everything = `${draft}&count=exact&facets=section,source,editor,tag,year&highlight=true`;

async function make(name: string, input: object, as?: string) {
  const made = await makeArticle(app, input, as);
  call(made.id, name);
  return made;
}

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await makeSection(app, { name: '财经', slug: 'cai-jing' });
  await makeSection(app, { name: '港口', slug: 'gang-kou', parent: 'cai-jing' });
  await makeSection(app, { name: '体育', slug: 'ti-yu' });
  const own = await makeEditor(app, { name: '作者甲' });
  const key = (name: string, role: 'viewer' | 'writer' | 'editor', more: object = {}) =>
    app.createKey({ name, role, ...more } as never);
  keys.finance = await key('财经旁观', 'viewer', { sections: ['cai-jing'] });
  keys.sport = await key('体育编辑', 'editor', { sections: ['ti-yu'] });
  keys.writer = await key('作者', 'writer', { editorId: own.id });
  for (const [name, section] of [
    ['finance', 'cai-jing'],
    ['harbour', 'gang-kou'],
    ['sport', 'ti-yu'],
    ['nowhere', undefined],
  ] as const)
    await make(name, { title: '鲸鱼草稿', section, tags: [`标签${name}`] });
  await publish('public', { title: '鲸鱼见报', section: 'ti-yu' });
  await make('embargoed', { title: '海豚禁发', section: 'cai-jing', embargoUntil: fromNow(hour) });
  await make('own', { title: '海豚自写', embargoUntil: fromNow(hour) }, keys.writer);
});
afterAll(() => app.close());

describe('whose working copies are found', () => {
  it.each([
    ['a viewer', () => 'viewer', ['finance', 'harbour', 'nowhere', 'public', 'sport']],
    ['an admin', () => 'admin', ['finance', 'harbour', 'nowhere', 'public', 'sport']],
    ['a viewer of a branch', () => keys.finance!, ['finance', 'harbour']],
    ['an editor of a section', () => keys.sport!, ['public', 'sport']],
  ])('%s: those of its sections', async (_who, as, names) => {
    expect(await found('鲸鱼', draft, as())).toEqual(names);
    expect(await found('鲸鱼', `${draft}&sort=-publishedAt`, as())).toEqual(names);
    const { body } = await ask('鲸鱼', everything, as());
    const { section, tag, year } = body.facets;
    const counted = (values: { count: number }[]) => values.reduce((sum, { count }) => sum + count, 0);
    expect(body.page.total).toBe(names.length);
    expect(tag.values.map(({ name }: { name: string }) => name.replace('标签', '')).toSorted()).toEqual(
      names.filter((name) => name !== 'public'),
    );
    expect(section.values.some(({ slug }: { slug: string }) => slug === 'ti-yu')).toBe(names.includes('sport'));
    expect(counted(year.values)).toBe(names.includes('public') ? 1 : 0);
  });

  it('a section that a key is not limited to has nothing in it for that key', async () => {
    const { body } = await ask('鲸鱼', `${everything}&section=ti-yu`, keys.finance);
    expect([body.data, body.page.total, body.facets.tag.values]).toEqual([[], 0, []]);
  });

  it.each([
    ['an editor', () => 'editor', ['embargoed', 'own']],
    ['an admin', () => 'admin', ['embargoed', 'own']],
    ['a viewer', () => 'viewer', []],
    ['a writer', () => 'writer', []],
    ['its writer', () => keys.writer!, ['own']],
    ['an editor of another section', () => keys.sport!, []],
  ])('embargoed ones only with the right to: %s', async (_who, as, names) => {
    expect(await found('海豚', draft, as())).toEqual(names);
    const { body } = await ask('海豚', everything, as());
    expect(body.page.total).toBe(names.length);
    const rare = (await ask('鲸鱼 草稿 海豚', draft, keys.finance)).body;
    expect(rare.query.dropped).toEqual(['海豚']);
  });

  it('an embargoed one is for all readers of drafts once its embargo is over', async () => {
    const before = app.clock.now();
    app.clock.advance(hour);
    expect(await found('海豚', draft, 'viewer')).toEqual(['embargoed', 'own']);
    app.clock.set(before);
  });

  it('drafts that a key may not read are as if they were not, byte by byte', async () => {
    const mixed = (word: string) => [word, `鲸鱼 草稿 ${word}`, `${word}鲸鱼草稿`, `鲸鱼 -${word}`, `"${word}"`];
    await make('secret', { title: '鸸鹋出没', section: 'ti-yu' });
    for (const [n, q] of mixed('鸸鹋').entries()) {
      const seen = (await ask(q, everything, keys.finance)).text.replaceAll('鸸鹋', '□');
      const absent = (await ask(mixed('貔貅')[n]!, everything, keys.finance)).text.replaceAll('貔貅', '□');
      expect([q, seen]).toEqual([q, absent]);
    }
    expect(await found('鸸鹋', draft, 'viewer')).toEqual(['secret']);
  });
});

describe('what is searched', () => {
  it('is the working copy, and not what the public sees of it', async () => {
    const { id } = await publish('both', { title: '信天翁起飞', body: { text: '旧文' } });
    await app.patch(`/v1/articles/${id}`, { title: '军舰鸟起飞', body: { text: '新文' } }, { ifMatch: '*' });
    expect([await found('信天翁', draft, 'viewer'), await found('军舰鸟', draft, 'viewer')]).toEqual([[], ['both']]);
    expect([await found('信天翁'), await found('军舰鸟')]).toEqual([['both'], []]);
    const { body } = await ask('军舰鸟', draft, 'viewer');
    expect(body.data[0]).toMatchObject({ id, title: '军舰鸟起飞', state: 'draft', hasUnpublishedChanges: true });
  });

  it('of several versions the newest alone, each article once', async () => {
    const made = await make('many', { title: '鸬鹚一' });
    for (const title of ['鸬鹚二', '鸬鹚三']) await app.patch(`/v1/articles/${made.id}`, { title }, { ifMatch: '*' });
    expect(await found('鸬鹚', draft, 'viewer')).toEqual(['many']);
    expect(await found('"鸬鹚二"', draft, 'viewer')).toEqual([]);
    const rows = await app.deps.db.sql.rows('select version from search_document where article_id = $1', [made.id]);
    expect(rows).toEqual([{ version: 3 }]);
  });

  it('by date comes first what was never public', async () => {
    expect((await ranked('鲸鱼', `${draft}&sort=-publishedAt`, 'viewer')).at(-1)).toBe('public');
  });

  it('within the filters of lists, by what the working copies refer to', async () => {
    expect(await found('鲸鱼', `${draft}&section=cai-jing`, 'viewer')).toEqual(['finance', 'harbour']);
    expect(await found('鲸鱼', `${draft}&section=cai-jing&sectionOnly=true`, 'viewer')).toEqual(['finance']);
    expect(await found('鲸鱼', `${draft}&publishedAfter=2020-01-01`, 'viewer')).toEqual(['public']);
    expect(await found('鲸鱼', `${draft}&updatedAfter=2020-01-01`, 'viewer')).toHaveLength(5);
    expect(await found('鲸鱼', `${draft}&updatedAfter=${fromNow(0)}`, 'viewer')).toEqual([]);
  });
});

describe('who may ask', () => {
  it('nobody without a key, and no key that is none', async () => {
    const path = pathOf('鲸鱼', draft);
    expect((await app.get(path)).status).toBe(401);
    expect((await app.get(path, { as: 'mh_nobody' })).status).toBe(401);
  });

  it('a key that asks for what is public gets what everybody gets', async () => {
    const path = pathOf('鲸鱼', 'perspective=published');
    const [open, keyed] = [await app.get(path), await app.get(path, { as: 'admin' })];
    expect(keyed.text).toBe(open.text);
    expect(keyed.headers['cache-control']).toBe(open.headers['cache-control']);
  });
});

describe('answers about drafts', () => {
  it('are private, not stored, and without what caches go by', async () => {
    const { headers } = await ask('鲸鱼', everything, 'viewer');
    expect(headers['cache-control']).toBe('private, no-store');
    for (const name of ['surrogate-key', 'cache-status', 'last-modified', 'age']) expect(headers[name]).toBeUndefined();
  });

  it('are made anew each time, for each key', async () => {
    expect(await found('鹈鹕', draft, 'viewer')).toEqual([]);
    const made = await make('new', { title: '鹈鹕筑巢', section: 'ti-yu' });
    expect(await found('鹈鹕', draft, 'viewer')).toEqual(['new']);
    expect(await found('鹈鹕', draft, keys.finance)).toEqual([]);
    expect(await found('鹈鹕')).toEqual([]);
    expect((await app.delete(`/v1/articles/${made.id}`, { ifMatch: '*' })).status).toBeLessThan(300);
    expect(await found('鹈鹕', draft, 'viewer')).toEqual([]);
  });

  it('link to their next page with the perspective', async () => {
    const first = await ask('鲸鱼', `${draft}&limit=2`, 'viewer');
    const [, address] = /^<https:\/\/news\.test(\/[^>]+)>/.exec(first.headers.link!)!;
    const next = await app.get(address!, { as: 'viewer' });
    expect(next.body.data).toHaveLength(2);
    expect((await app.get(address!)).status).toBe(401);
  });

  it('leave articles out that were made public meanwhile by nobody else: a publication is found by both', async () => {
    await makePublished(app, { title: '琵鹭现身' });
    expect((await ask('琵鹭', draft, 'viewer')).body.data).toHaveLength(1);
    expect((await ask('琵鹭')).body.data).toHaveLength(1);
  });
});
