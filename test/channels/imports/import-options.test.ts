// What the parameters of an import do: showing it only, publishing it, and what is done about what is not here yet.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slugLock, whileHolding } from '../../platform/http/locks.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeEditor, makeSection, makeSource } from '../../support/factories.ts';
import { countRows, importText, makePage } from './support.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app?.close());

// What names a row or a moment differs from one import to the next, whatever is imported.
const comparable = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body).replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'an id'),
  );

describe('dryRun=true', () => {
  it.each(['', '&publish=true'])(
    'answers as the import would%s, without Location and ETag, and stores nothing',
    async (more) => {
      const page = makePage({ title: `试运行${more}`, section: `栏目${more}`, source: `来源${more}`, editor: '张三' });
      const before = await countRows(app);
      await app.newEvents();
      const dry = await importText(app, page, `?dryRun=true${more}`);
      expect(dry.status).toBe(201);
      expect(dry.headers.location).toBeUndefined();
      expect(dry.headers.etag).toBeUndefined();
      expect(await countRows(app)).toEqual(before);
      expect(await app.newEvents()).toEqual([]);
      expect((await app.get(`/v1/articles/${dry.body.id}?perspective=draft`, { as: 'editor' })).status).toBe(404);
      const real = await importText(app, page, more.replace('&', '?'));
      expect(real.status).toBe(201);
      expect(comparable(dry.body)).toEqual(comparable(real.body));
    },
  );
});

describe('publish', () => {
  it.each(['', '?publish=false'])(
    'is off by default: "%s" makes a draft that the public does not see',
    async (query) => {
      const made = await importText(app, makePage({ title: `草稿${query}` }), query);
      expect(made.body).toMatchObject({ isPublic: false, firstPublishedAt: null, hasUnpublishedChanges: true });
      expect((await app.get(`/v1/articles/${made.body.id}`)).status).toBe(404);
      expect((await app.get(`/v1/articles/${made.body.slug}`)).status).toBe(404);
    },
  );

  it('keeps the date of the page for a draft that is published later', async () => {
    const made = await importText(app, makePage({ title: '后来发布' }));
    app.clock.advance(60_000);
    const published = await app.post(`/v1/articles/${made.body.id}/publish`, undefined, {
      ifMatch: made.headers.etag!,
    });
    expect(published.body).toMatchObject({
      publishedAt: '2020-05-27T06:48:49.000Z',
      firstPublishedAt: app.clock.now().toISOString(),
    });
  });

  it('does not take a date that lies in the future, and says so', async () => {
    const { body } = await importText(app, makePage({ title: '明天', date: '2099-01-01 08:00' }), '?publish=true');
    expect(body.publishedAt).toBe(app.clock.now().toISOString());
    expect(body.warnings).toContainEqual(expect.objectContaining({ code: 'import.date', pointer: '/publishedAt' }));
  });

  it('refuses another word than true and false', async () => {
    for (const query of [
      '?publish=yes',
      '?publish=',
      '?publish=true&publish=true',
      '?dryRun=1',
      '?onMissing=skip',
      '?to=x',
    ]) {
      const { status, body } = await importText(app, makePage({ title: '参数' }), query);
      expect([status, body.code], query).toEqual([400, 'request.invalid']);
      expect(body.errors[0].pointer, query).toBe(query.replace(/=.*/, ''));
    }
  });
});

describe('onMissing', () => {
  it('create uses what is here by name, and makes only what is not', async () => {
    const section = await makeSection(app, { name: '国际' });
    const source = await makeSource(app, { name: '新华社' });
    await app.newEvents();
    const { body } = await importText(
      app,
      makePage({ title: '一', section: '国际', source: '新华社', editor: '李四' }),
    );
    expect(body).toMatchObject({ section: { id: section.id }, source: { id: source.id } });
    expect((await app.newEvents()).map((event) => event.type)).toEqual(['editor.created', 'article.created']);
  });

  it('a breadcrumb of two levels makes a section below a section', async () => {
    const { body } = await importText(app, makePage({ title: '二', section: '财经 > 股市' }));
    expect(body.section.breadcrumb.map((step: { name: string }) => step.name)).toEqual(['财经', '股市']);
    const again = await importText(app, makePage({ title: '三', section: '财经 > 股市' }));
    expect(again.body.section).toEqual(body.section);
  });

  const here = { section: '体育', source: '体育报', editor: '王五' };
  beforeAll(async () => {
    await makeSection(app, { name: here.section });
    await makeSource(app, { name: here.source });
    await makeEditor(app, { name: here.editor });
  });

  it.each([
    ['section', '/section', '不存在的栏目'],
    ['source', '/source', '不存在的来源'],
    ['editor', '/credits/0', '不存在的人'],
  ])('refuse answers 422 for a missing %s, names it, and stores nothing', async (noun, pointer, name) => {
    const before = await countRows(app);
    const { status, body } = await importText(
      app,
      makePage({ title: '四', ...here, [noun]: name }),
      '?onMissing=refuse',
    );
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'reference.not_found', errors: [{ pointer, code: 'not_found' }] });
    expect(body.detail).toContain(name);
    expect(await countRows(app)).toEqual(before);
  });

  it('refuse takes a page of which everything is here', async () => {
    const { status, body } = await importText(app, makePage({ title: '五', ...here }), '?onMissing=refuse');
    expect([status, body.section?.name]).toEqual([201, here.section]);
  });
});

it('what publish=true publishes is public in the answer, however long the import had to wait', async () => {
  const answer = await whileHolding(app, slugLock, ['deng-hou'], async (holder) => {
    const waiting = importText(app, makePage({ title: '等候' }), '?publish=true');
    await holder.untilWaiting();
    app.clock.advance(1000);
    await holder.release();
    return waiting;
  });
  const now = app.clock.now().toISOString();
  expect(answer.body).toMatchObject({ slug: 'deng-hou', isPublic: true, firstPublishedAt: now });
});

describe('the same page again', () => {
  it('is one article when it is sent twice at once, each answered 201 or 409', async () => {
    for (const more of ['', '2']) {
      const page = makePage({
        title: `同时${more}`,
        section: `新栏目${more}`,
        source: `新来源${more}`,
        editor: `新人${more}`,
      });
      const before = await countRows(app);
      const answers = await Promise.all([1, 2, 3].map(() => importText(app, page, '?publish=true')));
      expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
      const id = answers.find((answer) => answer.status === 201)!.body.id;
      for (const { status, body } of answers) if (status === 409) expect(body.article.id).toBe(id);
      const after = await countRows(app);
      for (const table of ['article', 'publication', 'section', 'source', 'editor'])
        expect(after[table], table).toBe(before[table]! + 1);
    }
  });

  it('different pages that miss the same section at once make it once, and all come in', async () => {
    const before = await countRows(app);
    const pages = ['甲', '乙', '丙', '丁'].map((title) =>
      makePage({ title, section: '抢', source: '抢', editor: '抢' }),
    );
    const answers = await Promise.all(pages.map((page) => importText(app, page)));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201]);
    const after = await countRows(app);
    expect([after.section, after.source, after.editor]).toEqual(
      [before.section, before.source, before.editor].map((count) => count! + 1),
    );
  });

  it('is another article when its source is another, and its slug gets a suffix', async () => {
    const first = await importText(app, makePage({ title: '转载', source: '甲报' }));
    const second = await importText(app, makePage({ title: '转载', source: '乙报' }));
    expect([first.body.slug, second.body.slug]).toEqual(['zhuan-zai', 'zhuan-zai-2']);
  });

  it('can come in again after the first was put into the trash', async () => {
    const page = makePage({ title: '重来' });
    const first = await importText(app, page);
    await app.delete(`/v1/articles/${first.body.id}`, { ifMatch: first.headers.etag! });
    expect((await importText(app, page)).status).toBe(201);
  });
});
