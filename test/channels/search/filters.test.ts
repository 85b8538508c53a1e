// The parameters that search shares with lists mean the same here; those that it has not are refused by name.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeEditor, makeSection, makeSource, makeTag } from '../../support/factories.ts';
import { askingOf, pathOf } from './asking.ts';

let app: TestApp;
const { ask, found, publish } = askingOf(() => app);
const made: Record<string, { id: string; slug: string }> = {};
const instants: Record<string, string> = {};
const minute = 60_000;

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  made.section = await makeSection(app, { name: '财经', slug: 'cai-jing' });
  await makeSection(app, { name: '港口', slug: 'gang-kou', parent: 'cai-jing' });
  await makeSection(app, { name: '体育', slug: 'ti-yu' });
  made.source = await makeSource(app, { slug: 'zao-bao' });
  await makeSource(app, { slug: 'wan-bao' });
  made.editor = await makeEditor(app, { slug: 'liu' });
  await makeEditor(app, { slug: 'zhao' });
  made.tag = await makeTag(app, { name: '两会', slug: 'liang-hui' });
  const articles: Record<string, object> = {
    first: { section: 'cai-jing', source: 'zao-bao', credits: [{ role: 'author', editor: 'liu' }], tags: ['两会'] },
    second: { section: 'gang-kou', source: 'wan-bao', credits: [{ role: 'author', editor: 'zhao' }], tags: ['开放'] },
    third: { section: 'ti-yu', credits: [{ role: 'author', name: '刘某' }], tags: ['两会', '开放'] },
    fourth: {},
  };
  for (const [name, input] of Object.entries(articles)) {
    app.clock.advance(minute);
    instants[name] = app.clock.now().toISOString();
    await publish(name, { title: '鲸鱼来了', summary: '摘要', body: { text: '正文' }, ...input });
    await publish(`not ${name}`, { title: '别的', ...input });
  }
  app.clock.advance(minute);
});
afterAll(() => app.close());

describe.each(['relevance', '-publishedAt'])('filters, by %s', (sort) => {
  it.each<[string, string[]]>([
    ['section=cai-jing', ['first', 'second']],
    ['section=cai-jing&sectionOnly=true', ['first']],
    ['section=cai-jing&sectionOnly=false', ['first', 'second']],
    ['section=gang-kou', ['second']],
    ['section=gang-kou,ti-yu', ['second', 'third']],
    ['source=zao-bao', ['first']],
    ['source=zao-bao,wan-bao', ['first', 'second']],
    ['editor=liu', ['first']],
    ['editor=liu,zhao', ['first', 'second']],
    ['tag=liang-hui', ['first', 'third']],
    ['tag=liang-hui, kai-fang', ['first', 'second', 'third']],
    ['tag=liang-hui&section=ti-yu', ['third']],
    ['tag=liang-hui&source=wan-bao', []],
    ['section=no-such-section', []],
    ['source=no-such-source', []],
    ['editor=no-such-editor', []],
    ['tag=no-such-tag', []],
    ['tag=no-such-tag,liang-hui', ['first', 'third']],
    ['tag=00000000-0000-7000-8000-00000000dead', []],
    ['publishedAfter=2026-01-01', ['first', 'fourth', 'second', 'third']],
    ['publishedBefore=2026-01-01', []],
  ])('%s', async (filter, names) => {
    expect(await found('鲸鱼', `${filter}&sort=${sort}`)).toEqual(names);
    const { body } = await ask('鲸鱼', `${filter}&sort=${sort}&count=exact&limit=1`);
    expect(body.page.total).toBe(names.length);
  });

  it.each(['section', 'source', 'editor', 'tag'])('%s takes an id', async (noun) => {
    const { id, slug } = made[noun]!;
    const names = await found('鲸鱼', `${noun}=${slug}&sort=${sort}`);
    expect(names).not.toEqual([]);
    expect(await found('鲸鱼', `${noun}=${id}&sort=${sort}`)).toEqual(names);
    expect(await found('鲸鱼', `${noun}=${id.toUpperCase()}&sort=${sort}`)).toEqual(names);
  });

  it('instants are exclusive, on both sides', async () => {
    const { second, third } = instants;
    expect(await found('鲸鱼', `publishedAfter=${second}&sort=${sort}`)).toEqual(['fourth', 'third']);
    expect(await found('鲸鱼', `publishedBefore=${third}&sort=${sort}`)).toEqual(['first', 'second']);
    expect(await found('鲸鱼', `publishedAfter=${second}&publishedBefore=${third}&sort=${sort}`)).toEqual([]);
  });

  it('updatedAfter goes by the publication that is public now', async () => {
    const before = app.clock.now().toISOString();
    expect(await found('鲸鱼', `updatedAfter=${before}&sort=${sort}`)).toEqual([]);
    app.clock.advance(minute);
    const id = (await ask('鲸鱼', 'section=ti-yu&fields=id')).body.data[0].id;
    await app.patch(`/v1/articles/${id}`, { summary: `改于${before}` }, { ifMatch: '*' });
    expect(await found('鲸鱼', `updatedAfter=${before}&sort=${sort}`)).toEqual([]);
    await app.post(`/v1/articles/${id}/publish`, {}, { ifMatch: '*' });
    expect(await found('鲸鱼', `updatedAfter=${before}&sort=${sort}`)).toEqual(['third']);
    expect(await found('鲸鱼', `publishedAfter=${before}&sort=${sort}`)).toEqual([]);
    app.clock.advance(minute);
  });
});

it('a filter takes part in what is dropped: nothing has all of it within the filter', async () => {
  const drop = async (more: string) => (await ask('鲸鱼 来了 别的', more)).body;
  await publish('all', { title: '鲸鱼来了，别的也来了', section: 'ti-yu' });
  expect((await drop('')).query.dropped).toEqual([]);
  const filtered = await drop('section=cai-jing');
  expect([filtered.query.dropped, filtered.data.length]).toEqual([['别的'], 2]);
});

describe('what is refused, by name', () => {
  it.each([
    ['asOf=2026-01-01T00:00:00Z', '?asOf'],
    ['page=2', '?page'],
    ['offset=10', '?offset'],
    ['ids=0195f2a0-0000-7000-8000-000000000001', '?ids'],
    ['state=draft', '?state'],
    ['trashed=true', '?trashed'],
    ['query=x', '?query'],
    ['sort=title', '?sort'],
    ['sort=publishedAt', '?sort'],
    ['sort=-updatedAt', '?sort'],
    ['sectionOnly=yes', '?sectionOnly'],
    ['count=yes', '?count'],
    ['highlight=1', '?highlight'],
    ['perspective=mine', '?perspective'],
    ['body=pdf', '?body'],
    ['publishedAfter=soon', '?publishedAfter'],
    ['publishedBefore=2026-02-30', '?publishedBefore'],
    ['updatedAfter=2026-13-01', '?updatedAfter'],
    ['section=', '?section'],
    [`tag=${Array(51).fill('x').join(',')}`, '?tag'],
  ])('%s', async (parameter, pointer) => {
    const { status, body } = await app.get(pathOf('鲸鱼', parameter));
    expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
  });

  it('a field that no article has', async () => {
    const { status, text } = await app.get(pathOf('鲸鱼', 'fields=id,secrets'));
    expect(status).toBe(400);
    expect(text).toContain('secrets');
  });

  it('a field of drafts asked for by the public', async () => {
    const list = await app.get('/v1/articles?fields=title,state');
    const search = await app.get(pathOf('鲸鱼', 'fields=title,state'));
    expect(search.status).toBe(list.status);
  });
});

describe('the shape of an article', () => {
  it('is that of lists', async () => {
    const one = (await ask('鲸鱼', 'section=gang-kou')).body.data;
    const list = (await app.get('/v1/articles?section=gang-kou')).body.data;
    expect(one).toEqual(list.filter(({ title }: { title: string }) => title === '鲸鱼来了'));
    expect(one[0]).not.toHaveProperty('highlight');
    expect(one[0]).not.toHaveProperty('state');
  });

  it('has the fields that were asked for, and the id', async () => {
    const { body } = await ask('鲸鱼', 'fields=title,section&limit=1');
    expect(Object.keys(body.data[0]).toSorted()).toEqual(['id', 'section', 'title']);
  });

  it('has no body, or one of the form that was asked for', async () => {
    for (const [more, form] of [
      ['', undefined],
      ['body=none', undefined],
      ['body=text', { text: '正文' }],
      ['body=html', { html: '<p>正文</p>' }],
      ['body=markdown', { markdown: '正文' }],
    ] as const) {
      const { body } = (await ask('鲸鱼', `section=gang-kou&${more}`)).body.data[0];
      const trimmed = body && Object.fromEntries(Object.entries<string>(body).map(([key, text]) => [key, text.trim()]));
      expect([more, trimmed]).toEqual([more, form]);
    }
    const { body } = (await ask('鲸鱼', 'section=gang-kou&body=blocks')).body.data[0];
    expect(JSON.stringify(body)).toContain('正文');
  });
});
