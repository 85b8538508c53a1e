// What changed between two versions, as clients read it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makeSection, makeSource, makeTag } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

async function makeVersions(first: object, ...patches: object[]): Promise<string> {
  const article = await makeArticle(app, first);
  let etag = article.etag;
  for (const patch of patches) {
    const answer = await app.patch(`/v1/articles/${article.id}`, patch, { ifMatch: etag });
    expect(answer.status).toBe(200);
    etag = answer.headers.etag!;
  }
  return article.id;
}

const diff = (id: string, from: number, to: number) =>
  app.get(`/v1/articles/${id}/versions/${from}/diff/${to}`, { as: 'viewer' });
const noChange = { same: 0, added: 0, removed: 0, moved: 0, changed: 0, truncated: false, changes: [] };

describe('the fields', () => {
  it('that differ are named with what they were and what they are, and no others', async () => {
    const id = await makeVersions(
      { title: '一', kicker: '肩题', urgency: 1 },
      { title: '二', kicker: null, genre: 'news' },
    );
    const { status, headers, body } = await diff(id, 1, 2);
    expect([status, headers['cache-control']]).toEqual([200, 'private, no-store']);
    expect(body.fields).toEqual([
      { field: 'title', before: '一', after: '二' },
      { field: 'kicker', before: '肩题', after: null },
      { field: 'genre', before: null, after: 'news' },
    ]);
    expect(body.body).toEqual(noChange);
  });

  it('that refer to something show its name', async () => {
    const [section, source, editor, tag, other] = [
      await makeSection(app, { name: '产经' }),
      await makeSource(app, { name: '文化视界' }),
      await makeEditor(app, { name: '刘莹莹' }),
      await makeTag(app, { name: '两会' }),
      await makeArticle(app, { title: '相关' }),
    ];
    const id = await makeVersions(
      {},
      {
        section: section.id,
        source: source.id,
        credits: [{ role: 'author', editor: editor.id }],
        tags: [tag.slug],
        related: [other.id],
      },
    );
    const { fields } = (await diff(id, 1, 2)).body;
    expect(fields).toMatchObject([
      { field: 'section', before: null, after: { id: section.id, name: '产经', breadcrumb: [{ name: '产经' }] } },
      { field: 'source', before: null, after: { name: '文化视界' } },
      { field: 'credits', before: [], after: [{ role: 'author', name: '刘莹莹', editor: { id: editor.id } }] },
      { field: 'tags', before: [], after: [{ name: '两会' }] },
      { field: 'related', before: [], after: [{ id: other.id, title: '相关' }] },
    ]);
  });

  it('that hold objects are shown whole', async () => {
    const cover = { url: 'https://example.com/a.jpg' };
    const id = await makeVersions(
      { cover, metadata: { a: { b: 1 } }, seo: { title: 't' } },
      { cover: { caption: '图' }, metadata: { a: { b: 2 } }, seo: null },
    );
    expect((await diff(id, 1, 2)).body.fields).toEqual([
      { field: 'cover', before: cover, after: { ...cover, caption: '图' } },
      { field: 'seo', before: { title: 't' }, after: null },
      { field: 'metadata', before: { a: { b: 1 } }, after: { a: { b: 2 } } },
    ]);
  });
});

describe('the body', () => {
  const text = (...paragraphs: string[]) => ({ body: { text: paragraphs.join('\n\n') } });
  const opening = '青岛市政协会议今天上午开幕,市长作工作报告。';
  const middle = '委员们就产业升级提出建议。';

  it('is compared block by block, and a changed block character by character', async () => {
    const id = await makeVersions(
      text(opening, middle),
      text('新的导语在最前面。', opening.replace('上午', '下午'), middle),
    );
    const { body } = (await diff(id, 1, 2)).body;
    expect(body).toMatchObject({ same: 1, added: 1, removed: 0, moved: 0, changed: 1, truncated: false });
    expect(body.changes).toMatchObject([
      { type: 'added', after: { index: 0, block: { children: [{ text: '新的导语在最前面。' }] } } },
      {
        type: 'changed',
        before: { index: 0 },
        after: { index: 1 },
        fields: ['text'],
        text: [
          { type: 'same', text: '青岛市政协会议今天' },
          { type: 'removed', text: '上' },
          { type: 'added', text: '下' },
          { type: 'same', text: '午开幕,市长作工作报告。' },
        ],
      },
    ]);
  });

  it('never shows half of a character', async () => {
    const id = await makeVersions(text('𠮷野家👩‍👩‍👧开业了,顾客很多'), text('𠮸野家👩‍👩‍👦开业了,顾客很多'));
    expect((await diff(id, 1, 2)).body.body.changes[0].text).toEqual([
      { type: 'removed', text: '𠮷' },
      { type: 'added', text: '𠮸' },
      { type: 'same', text: '野家' },
      { type: 'removed', text: '👩‍👩‍👧' },
      { type: 'added', text: '👩‍👩‍👦' },
      { type: 'same', text: '开业了,顾客很多' },
    ]);
  });

  it('that was taken away is shown as removed', async () => {
    const id = await makeVersions(text(opening), { body: null });
    expect((await diff(id, 1, 2)).body.body).toMatchObject({ same: 0, removed: 1, changes: [{ type: 'removed' }] });
  });
});

describe('any two versions', () => {
  it('can be compared, whichever is the newer; backwards is the mirror of forwards', async () => {
    const id = await makeVersions({ title: '一' }, { title: '二' }, { title: '三', body: { text: '正文' } });
    const [forwards, backwards] = [(await diff(id, 1, 3)).body, (await diff(id, 3, 1)).body];
    expect(forwards.fields).toEqual([{ field: 'title', before: '一', after: '三' }]);
    expect(backwards.fields).toEqual([{ field: 'title', before: '三', after: '一' }]);
    expect([forwards.body.added, forwards.body.removed]).toEqual([1, 0]);
    expect([backwards.body.added, backwards.body.removed]).toEqual([0, 1]);
    expect(forwards.from).toEqual(backwards.to);
  });

  it('are named with author, instant, note and hash', async () => {
    const id = await makeVersions({ note: '初稿' }, { title: '二', note: '改题' });
    const { from, to } = (await diff(id, 1, 2)).body;
    const { body: first } = await app.get(`/v1/articles/${id}/versions/1`, { as: 'viewer' });
    const { number, createdAt, createdBy, note, hash } = first;
    expect(from).toEqual({ number, createdAt, createdBy, note, hash });
    expect([from.note, to.note, to.number]).toEqual(['初稿', '改题', 2]);
  });

  it('a version and itself differ in nothing', async () => {
    const id = await makeVersions({ body: { text: '正文' }, tags: ['甲'] });
    const { status, body } = await diff(id, 1, 1);
    expect(status).toBe(200);
    expect([body.fields, body.body]).toEqual([[], { ...noChange, same: 1 }]);
  });

  it('as large and as different as can be are answered, and it says that the comparison is rough', async () => {
    const paragraphs = (shift: number) =>
      Array.from({ length: 1500 }, (_, i) =>
        Array.from({ length: 60 }, (_, j) =>
          String.fromCodePoint(0x4e00 + ((i * 131 + j * 17 + shift * j) % 3000)),
        ).join(''),
      ).join('\n\n');
    const id = await makeVersions({ body: { text: paragraphs(0) } }, { body: { text: paragraphs(3) } });
    const { status, body } = await diff(id, 1, 2);
    expect([status, body.body.truncated]).toEqual([200, true]);
    expect(body.body.same + body.body.removed + body.body.moved + body.body.changed).toBe(1500);
  });

  it('of which one does not exist are a 404, and numbers that are none a 400', async () => {
    const id = await makeVersions({});
    expect([(await diff(id, 1, 2)).status, (await diff(id, 2, 1)).status]).toEqual([404, 404]);
    for (const path of ['0/diff/1', '1/diff/x', '1/diff/-1']) {
      const answer = await app.get(`/v1/articles/${id}/versions/${path}`, { as: 'viewer' });
      expect([path, answer.status]).toEqual([path, 400]);
    }
  });
});
