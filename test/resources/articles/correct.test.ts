// Correcting what the public reads: a new version, public at once, with a note that everybody sees.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { announceDue } from '../../../src/resources/articles/announce.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection } from '../../support/factories.ts';
import { desk, minute } from './correcting.ts';
import { idsOf } from './newsroom.ts';

let app: TestApp;
let at: ReturnType<typeof desk>;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  at = desk(app);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

const note = '更正：签约项目为 12 个。';
const order = (changes: object, text = note) => ({ note: text, changes });

describe('a correction', () => {
  it('is a new version of the live one with the changes, public from that very millisecond on', async () => {
    const made = await makePublished(app, { title: '21 个项目', summary: '导语', body: { text: '正文' } });
    const published = at.after(0);
    app.clock.advance(minute);
    const corrected = at.after(0);
    const answer = await at.correct(made.id, order({ title: '12 个项目' }));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      title: '12 个项目',
      version: 2,
      revision: 3,
      state: 'draft',
      isPublic: true,
      hasUnpublishedChanges: false,
      corrections: [{ sequence: 1, at: corrected, note }],
      warnings: [],
    });
    expect(answer.headers.etag).toBe('"r3"');
    const { body } = await at.read(made.id, '?body=text');
    expect(body).toMatchObject({ title: '12 个项目', summary: '导语', version: 2, body: { text: '正文' } });
    expect(await at.ranges(made.id)).toEqual([
      [1, published, corrected],
      [2, corrected, null],
    ]);
    const before = await at.read(made.id, `?asOf=${at.after(-1)}`);
    expect(before.body).toMatchObject({ title: '21 个项目', corrections: [] });
  });

  it('does not move the story: publishedAt and firstPublishedAt stay, updatedAt is the instant of the correction', async () => {
    const section = await makeSection(app);
    const older = await makePublished(app, { section: section.id });
    const published = at.after(0);
    app.clock.advance(minute);
    const newer = await makePublished(app, { section: section.id });
    app.clock.advance(minute);
    await at.correct(older.id, order({ summary: '改' }));
    expect((await at.read(older.id)).body).toMatchObject({
      publishedAt: published,
      firstPublishedAt: published,
      updatedAt: at.after(0),
    });
    const list = async (search: string) =>
      idsOf((await app.get(`/v1/articles?section=${section.id}&${search}`)).body.data);
    expect(await list('')).toEqual([newer.id, older.id]);
    expect(await list('sort=-updatedAt')).toEqual([older.id, newer.id]);
  });

  it('keeps an editorial date that an import had set back', async () => {
    const text = '首页 > 产经\n旧闻一则\n2020-05-27 14:48:49　来源：文化视界　责任编辑：刘莹莹\n第一段正文。';
    const imported = await app.post('/v1/imports/page-text?publish=true&onMissing=create', text, {
      type: 'text/plain; charset=utf-8',
    });
    expect(imported.body).toMatchObject({ isPublic: true, publishedAt: '2020-05-27T06:48:49.000Z' });
    app.clock.advance(minute);
    await at.correct(imported.body.id, order({ summary: '改' }));
    expect((await at.read(imported.body.id)).body).toMatchObject({
      publishedAt: '2020-05-27T06:48:49.000Z',
      updatedAt: at.after(0),
    });
  });

  it('tells its note in every later version as well, numbered in their order, in lists too', async () => {
    const made = await makePublished(app, { title: '一' });
    app.clock.advance(minute);
    await at.correct(made.id, order({ title: '二' }, '第一次'));
    const first = at.after(0);
    app.clock.advance(minute);
    await at.correct(made.id, order({ title: '三' }, '第二次'));
    const second = at.after(0);
    app.clock.advance(minute);
    await at.revise(made.id, { title: '四' });
    await at.publish(made.id);
    const corrections = [
      { sequence: 1, at: first, note: '第一次' },
      { sequence: 2, at: second, note: '第二次' },
    ];
    expect((await at.read(made.id)).body).toMatchObject({ title: '四', corrections });
    expect((await app.get(`/v1/articles?ids=${made.id}`)).body.data[0].corrections).toEqual(corrections);
    expect((await at.draft(made.id)).corrections).toEqual(corrections);
    expect((await at.read(made.id, `?asOf=${first}`)).body.corrections).toEqual(corrections.slice(0, 1));
  });

  it('records the version and the correction, for the public with its note', async () => {
    const made = await makePublished(app, { title: '一', summary: '同' }, { until: at.after(2 * minute) });
    app.clock.advance(minute);
    await app.newEvents();
    await at.correct(made.id, order({ title: '二', summary: '同' }));
    const [publication] = await app.deps.db.prisma.publication.findMany({ where: { articleId: made.id, version: 2 } });
    const events = await app.newEvents();
    expect(events.map(({ type, subjectId, payload }) => ({ type, subjectId, payload }))).toEqual([
      {
        type: 'article.revised',
        subjectId: made.id,
        payload: {
          revision: 3,
          version: 2,
          fields: ['title'],
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
      {
        type: 'article.corrected',
        subjectId: made.id,
        payload: {
          publicationId: publication!.id,
          version: 2,
          slug: made.slug,
          visibleFrom: at.after(0),
          visibleUntil: at.after(minute),
          sequence: 1,
          note,
          revision: 3,
          fields: ['publication', 'corrections'],
        },
      },
    ]);
    const [version] = await app.deps.db.prisma.articleVersion.findMany({ where: { articleId: made.id, number: 2 } });
    expect(version!.note).toBe(note);
  });

  it('ends when the version before it would have ended, and the worker tells of that end once', async () => {
    const made = await makePublished(app, { title: '一' }, { until: at.after(2 * minute) });
    app.clock.advance(minute);
    await at.correct(made.id, order({ title: '二' }));
    expect((await at.draft(made.id)).expiresAt).toBe(at.after(minute));
    await app.newEvents();
    app.clock.advance(minute - 1);
    expect((await at.read(made.id)).body.title).toBe('二');
    app.clock.advance(1);
    expect((await at.read(made.id)).status).toBe(404);
    for (let i = 0; i < 3; i += 1) await announceDue(app.deps.db, app.act());
    const told = (await app.newEvents()).filter(({ subjectId }) => subjectId === made.id);
    expect(told).toMatchObject([{ type: 'article.expired', payload: { version: 2, visibleUntil: at.after(0) } }]);
  });

  it('takes names and body text in every form as a patch does, and tells what it removed', async () => {
    const [section, editor] = [await makeSection(app), await makeEditor(app)];
    const made = await makePublished(app, { title: '一', seo: { title: '搜', noindex: true } });
    app.clock.advance(minute);
    await app.newEvents();
    const answer = await at.correct(
      made.id,
      order({
        section: section.slug,
        credits: [{ role: 'author', editor: editor.slug }],
        tags: ['更正新标签'],
        seo: { title: null },
        body: { html: '<p>好</p><script>alert(1)</script>' },
      }),
    );
    expect(answer.body.warnings).toMatchObject([{ code: 'body.removed', pointer: '/changes/body' }]);
    const { body } = await at.read(made.id, '?body=text');
    expect(body).toMatchObject({
      section: { id: section.id },
      credits: [{ editor: { id: editor.id } }],
      tags: [{ name: '更正新标签' }],
      seo: { noindex: true },
      body: { text: '好' },
    });
    expect(await at.types()).toEqual(['tag.drafted', 'article.revised', 'article.corrected']);
    const listed = await app.get(`/v1/articles?tag=${body.tags[0].slug}&editor=${editor.slug}&section=${section.slug}`);
    expect(idsOf(listed.body.data)).toEqual([made.id]);
  });

  it('in the millisecond of the publication begins in the next one', async () => {
    const made = await makePublished(app, { title: '一' });
    await at.correct(made.id, order({ title: '二' }));
    expect(await at.ranges(made.id)).toEqual([
      [1, at.after(0), at.after(1)],
      [2, at.after(1), null],
    ]);
    app.clock.advance(1);
    expect((await at.read(made.id)).body).toMatchObject({ title: '二', corrections: [{ at: at.after(0) }] });
  });

  it('sent again with its Idempotency-Key is made once', async () => {
    const made = await makePublished(app, { title: '一' });
    const send = () =>
      app.post(`/v1/articles/${made.id}/correct`, order({ title: '二' }), {
        ifMatch: made.etag,
        headers: { 'Idempotency-Key': 'correct-once' },
      });
    const [first, again] = [await send(), await send()];
    expect(again).toMatchObject({ status: 200, text: first.text, headers: { 'idempotency-replayed': 'true' } });
    expect((await at.draft(made.id)).corrections).toHaveLength(1);
  });

  it('that is rehearsed answers what would come, and stores nothing', async () => {
    const made = await makePublished(app, { title: '一' });
    app.clock.advance(minute);
    await app.newEvents();
    const answer = await app.post(`/v1/articles/${made.id}/correct?dryRun=true`, order({ title: '二' }), {
      ifMatch: '*',
    });
    expect(answer).toMatchObject({ status: 200, body: { title: '二', corrections: [{ sequence: 1 }] } });
    expect(await app.newEvents()).toEqual([]);
    expect((await at.read(made.id)).body).toMatchObject({ title: '一', corrections: [] });
  });

  it('keeps the live slug, and gives no other', async () => {
    const made = await makePublished(app, { title: '一' });
    app.clock.advance(minute);
    await at.correct(made.id, order({ title: '全新的题目' }));
    expect((await at.read(made.slug)).body).toMatchObject({ slug: made.slug, title: '全新的题目' });
  });
});

describe('a correction that is refused', () => {
  it.each([
    ['an empty object', {}],
    ['what the public reads already', { title: '一', summary: null }],
  ])('for changes nothing (%s): 400, nothing is stored', async (_name, changes) => {
    const made = await makePublished(app, { title: '一' });
    app.clock.advance(minute);
    await app.newEvents();
    const answer = await at.correct(made.id, order(changes));
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ pointer: '/changes' }] } });
    expect(answer.body.detail).toContain('nothing would change');
    expect(await app.newEvents()).toEqual([]);
    expect(await at.ranges(made.id)).toHaveLength(1);
  });

  it.each([
    ['slug', 'x-y'],
    ['externalId', 'x'],
    ['assignee', 'x'],
    ['embargoUntil', '2030-01-01'],
    ['note', 'x'],
    ['unknown', 1],
  ])('for it has no "%s": 400 that names it', async (name, value) => {
    const made = await makePublished(app);
    const answer = await at.correct(made.id, order({ title: '二', [name]: value }));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(name);
  });

  it('for it lacks its note, its changes, or both are not what they should be: 400', async () => {
    const made = await makePublished(app);
    const bad = [
      undefined,
      {},
      { note },
      { changes: { title: '二' } },
      order({ title: '二' }, ' '),
      { ...order({ title: '二' }), at: null },
    ];
    for (const body of [
      ...bad,
      { note: null, changes: { title: '二' } },
      { note, changes: null },
      { note, changes: [] },
    ]) {
      expect([body, (await at.correct(made.id, body)).status]).toEqual([body, 400]);
    }
  });

  it('for what it names does not exist: 422 that points into the changes', async () => {
    const made = await makePublished(app);
    const answer = await at.correct(
      made.id,
      order({ section: 'no-such', credits: [{ role: 'author', editor: 'nobody' }], related: ['nothing'] }),
    );
    expect(answer).toMatchObject({ status: 422, body: { code: 'reference.not_found' } });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/changes/section',
      '/changes/credits/0/editor',
      '/changes/related/0',
    ]);
    const text = await at.correct(made.id, order({ body: { blocks: [{ _type: 'nonsense' }] } }));
    expect(text.status).toBeGreaterThanOrEqual(400);
    expect(text.status).toBeLessThan(500);
    for (const { pointer } of text.body.errors) expect(pointer).toMatch(/^\/changes\/body/);
    const cover = await at.correct(made.id, order({ cover: { alt: '无图' } }));
    expect(cover).toMatchObject({ status: 400, body: { errors: [{ pointer: '/changes/cover/url' }] } });
  });

  it('for the public does not see the article: 409', async () => {
    const draft = await makeArticle(app);
    const scheduled = await makeArticle(app);
    await at.publish(scheduled.id, { at: at.after(minute) });
    const expired = await makePublished(app, {}, { until: at.after(1) });
    const withdrawn = await makePublished(app);
    app.clock.advance(1);
    await at.unpublish(withdrawn.id);
    for (const { id } of [draft, scheduled, expired, withdrawn]) {
      const answer = await at.correct(id, order({ title: '二' }));
      expect([answer.status, answer.body.code]).toEqual([409, 'article.not_published']);
    }
  });

  it('for it could not begin before the end: 409, to the millisecond', async () => {
    const made = await makePublished(app, { title: '一' }, { until: at.after(2) });
    await at.correct(made.id, order({ title: '二' }));
    expect(await at.ranges(made.id)).toHaveLength(2);
    const late = await at.correct(made.id, order({ title: '三' }));
    expect([late.status, late.body.code]).toEqual([409, 'article.not_published']);
    app.clock.advance(2);
    expect((await at.correct(made.id, order({ title: '三' }))).status).toBe(409);
  });

  it('for something it names is in the trash: 409 that lists it', async () => {
    const editor = await makeEditor(app);
    const made = await makePublished(app, { credits: [{ role: 'author', editor: editor.id }] });
    app.clock.advance(minute);
    // The trash takes only what nothing uses, so the row is put there.
    await app.deps.db.prisma.editor.update({ where: { id: editor.id }, data: { trashedAt: app.clock.now() } });
    await app.newEvents();
    const answer = await at.correct(made.id, order({ title: '二' }));
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'article.not_ready', errors: [{ pointer: '/credits/0/editor' }] },
    });
    expect(await app.newEvents()).toEqual([]);
    expect((await at.read(made.id)).body.corrections).toEqual([]);
  });

  it('without If-Match is 428, with a stale one 412 that lists the fields', async () => {
    const made = await makePublished(app);
    expect((await app.post(`/v1/articles/${made.id}/correct`, order({ title: '二' }))).status).toBe(428);
    await at.correct(made.id, order({ title: '二' }));
    const stale = await at.correct(made.id, order({ title: '三' }), 'editor', made.etag);
    expect(stale.status).toBe(412);
    const fields = stale.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(fields).toEqual(['/title', '/publication', '/corrections']);
  });
});
