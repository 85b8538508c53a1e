// POST /v1/imports/page-text with the page of the seed: everything the page says is found, and nothing is lost.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { compact } from './page-text/support.ts';
import { countRows, importText, seed, seedBody, seedTitle } from './support.ts';

let app: TestApp;
let answer: Answer;

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  answer = await importText(app, seed, '?publish=true');
});
afterAll(() => app?.close());

describe('the Qingdao page over HTTP', () => {
  it('answers 201 with the draft view, Location and ETag', () => {
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBe(`https://news.test/v1/articles/${answer.body.id}`);
    expect(answer.headers.etag).toBe(`"r${answer.body.revision}"`);
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect(answer.body).toMatchObject({ isPublic: true, hasUnpublishedChanges: false, version: 1, warnings: [] });
  });

  it('is read by everyone with the head that the page shows', async () => {
    const read = await app.get(`/v1/articles/${answer.body.slug}`);
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({
      id: answer.body.id,
      locale: 'zh-CN',
      title: seedTitle,
      kicker: null,
      subtitle: null,
      section: { name: '产经', slug: 'chan-jing', breadcrumb: [{ slug: 'chan-jing', name: '产经' }] },
      source: { name: '文化视界', slug: 'wen-hua-shi-jie' },
      credits: [{ role: 'responsible_editor', name: '刘莹莹', editor: { slug: 'liu-ying-ying', name: '刘莹莹' } }],
      related: [],
      tags: [],
      corrections: [],
    });
  });

  it('keeps 2020 as its editorial date and is visible from the moment of import', async () => {
    const { body } = await app.get(`/v1/articles/${answer.body.id}`);
    expect(body.publishedAt).toBe('2020-05-27T06:48:49.000Z');
    expect(body.firstPublishedAt).toBe(app.clock.now().toISOString());
    expect(body.updatedAt).toBe(app.clock.now().toISOString());
  });

  it('takes 首页 for the site, not for a section', async () => {
    const { body } = await app.get('/v1/sections');
    expect(body.data.map((section: { name: string }) => section.name)).toEqual(['产经']);
  });

  it('gets a slug in pinyin of whole syllables', () => {
    expect(answer.body.slug).toMatch(/^ju-jiao-liang-hui-zhu-qing-dao-[a-z]+(?:-[a-z]+)*$/);
  });

  it('has its two numbered headings and four figures without an asset, in their places', async () => {
    const { body } = await app.get(`/v1/articles/${answer.body.id}`);
    type Block = {
      _type: string;
      style?: string;
      number?: string;
      url?: null;
      caption?: string;
      children?: { text: string }[];
    };
    const blocks: Block[] = body.body.blocks;
    const headings = blocks.filter((block) => block.style === 'h2');
    expect(headings.map((block) => [block.number, block.children!.map((span) => span.text).join('')])).toEqual([
      ['1', '青岛再开放 推进胶东一体化'],
      ['2', '工业互联网 于变局中开新局面'],
    ]);
    const figures = blocks.filter((block) => block._type === 'figure');
    expect(figures.map(({ url, caption }) => [url, caption])).toEqual(Array(4).fill([null, seedTitle]));
    expect(new Set(blocks.map((block) => block._type))).toEqual(new Set(['block', 'figure']));
  });

  it('reads back as text with no character of the page lost or moved', async () => {
    const { body } = await app.get(`/v1/articles/${answer.body.id}?body=text`);
    expect(compact(body.body.text).length).toBeGreaterThan(2500);
    expect(compact(body.body.text)).toBe(seedBody());
  });

  it('is found by its section, source and editor', async () => {
    for (const query of ['section=chan-jing', 'source=wen-hua-shi-jie', 'editor=liu-ying-ying']) {
      const { body } = await app.get(`/v1/articles?${query}`);
      expect(
        body.data.map((row: { id: string }) => row.id),
        query,
      ).toEqual([answer.body.id]);
    }
  });

  it('records what was made, and nothing else, in the order it was made', async () => {
    const events = await app.newEvents();
    expect(events.map((event) => event.type).filter((type) => !type.startsWith('api_key.'))).toEqual([
      'section.created',
      'source.created',
      'editor.created',
      'article.created',
      'article.published',
    ]);
    expect(events.at(-1)).toMatchObject({
      subjectId: answer.body.id,
      payload: { version: 1, slug: answer.body.slug, visibleFrom: app.clock.now().toISOString(), visibleUntil: null },
    });
  });

  it('sent again is a 409 that names the article, and stores nothing', async () => {
    const before = await countRows(app);
    for (const query of ['', '?publish=true', '?dryRun=true', '?onMissing=refuse']) {
      const again = await importText(app, seed, query);
      expect(again.status, query).toBe(409);
      expect(again.body).toMatchObject({
        code: 'article.already_imported',
        article: { id: answer.body.id, slug: answer.body.slug },
        errors: [{ pointer: '/title' }],
      });
      expect(again.headers.location).toBeUndefined();
    }
    expect(await countRows(app)).toEqual(before);
  });
});
