// What the public reads of records beyond the text: which entities shaped it, and when the clock alone changes it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Moment } from '../../../src/platform/http/as-of.ts';
import { listPublicRecords, readPublicRecord } from '../../../src/platform/records/public-reads.ts';
import type { RecordKind } from '../../../src/platform/records/record.ts';
import { editorRecord } from '../../../src/resources/editors/record.ts';
import { sectionRecord } from '../../../src/resources/sections/record.ts';
import { sourceRecord } from '../../../src/resources/sources/record.ts';
import { tagRecord } from '../../../src/resources/tags/record.ts';
import { purge } from '../../resources/articles/purging.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeSection, makeTag, publish } from '../../support/factories.ts';
import { eventLock, whileHolding } from '../http/locks.ts';
import { nouns, valuesOf } from './nouns.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const kinds: Record<string, RecordKind> = {
  section: sectionRecord,
  editor: editorRecord,
  source: sourceRecord,
  tag: tagRecord,
};
const present = (): Moment => ({ now: app.clock.now(), at: app.clock.now(), isPast: false });
const inMs = (ms: number) => new Date(app.clock.now().getTime() + ms);
const readTag = (idOrSlug: string, moment = present()) =>
  readPublicRecord(app.deps.db.sql, tagRecord, { idOrSlug, moment });
const listTags = (moment = present()) =>
  listPublicRecords(app.deps.db.sql, tagRecord, { moment, sort: 'name', limit: 100, filters: {} });

/** An article, and the id of the tag that was made for it. */
async function makeTagged(name: string) {
  const article = await makeArticle(app, { tags: [name] });
  const { data } = (await app.get('/v1/tags?perspective=draft&limit=100', { as: 'editor' })).body;
  return { article, id: data.find((tag: { name: string }) => tag.name === name).id as string };
}
const publishedFrom = async (id: string) =>
  (await app.deps.db.prisma.tag.findUniqueOrThrow({ where: { id } })).publishedFrom;
const act = (article: { id: string }, action: string, order?: object) =>
  app.post(`/v1/articles/${article.id}/${action}`, order, { ifMatch: '*', as: 'admin' });

describe.each(nouns)('the text of $plural', (noun) => {
  it('is the compact JSON of what editors read, without what is theirs, whatever characters it holds', async () => {
    const above = noun.noun === 'section' ? { parent: (await makeSection(app)).id, position: 3 } : {};
    for (const name of ['“引号” "\\" / \' <b>&amp;', '换\t行\u2028\u{1F5DE}\u007f末', '空']) {
      const own = name === '空' ? {} : { ...above, ...valuesOf(noun) };
      const draft = (await app.post(`/v1/${noun.plural}`, { name, ...own })).body;
      const { externalId: _1, revision: _2, createdAt: _3, updatedAt: _4, trashedAt: _5, ...shown } = draft;
      const order = { idOrSlug: draft.id, moment: present() };
      const { content } = await readPublicRecord(app.deps.db.sql, kinds[noun.noun]!, order);
      expect(content).toBe(JSON.stringify(shown));
      const { text } = await app.get(`/v1/${noun.plural}?ids=${draft.id}`);
      expect(text).toBe(`{"data":[${JSON.stringify(shown)}],"page":{"limit":1,"nextCursor":null}}`);
    }
  });
});

describe('a section', () => {
  it('names itself and all that are above it as what shaped it, once each in a list', async () => {
    const top = await makeSection(app);
    const mid = await makeSection(app, { parent: top.id });
    const low = await makeSection(app, { parent: mid.id });
    const { headers } = await app.get(`/v1/sections/${low.id}`);
    expect(headers['surrogate-key']).toBe([low, top, mid].map(({ id }) => `section:${id}`).join(' '));
    const list = await app.get(`/v1/sections?ids=${low.id},${mid.id}`);
    expect(list.headers['surrogate-key']).toBe(`sections ${headers['surrogate-key']}`);
  });
});

describe('a tag that an article made', () => {
  it('says that articles shaped it, and one that everyone may know of does not', async () => {
    const { article, id } = await makeTagged('共有');
    const { id: listed } = await makeTag(app, { name: '自有' });
    await publish(app, article);
    expect((await readTag(id)).surrogateKeys).toEqual([`tag:${id}`, 'articles']);
    expect((await readTag(listed)).surrogateKeys).toEqual([`tag:${listed}`]);
    const order = { moment: present(), sort: 'name', limit: 9, filters: {}, ids: [listed, id] };
    const { surrogateKeys } = await listPublicRecords(app.deps.db.sql, tagRecord, order);
    expect(surrogateKeys).toEqual(['tags', `tag:${listed}`, `tag:${id}`, 'articles']);
  });

  it('changes the list and its own absence when its article does, which nobody outside is told', async () => {
    const { id } = await makeTagged('未公开');
    for (const answer of [await listTags(), await readTag(id), await readTag('no-such')]) {
      expect(answer.untoldKeys).toEqual(['articles']);
    }
    expect(await readTag(id)).toMatchObject({ content: null, surrogateKeys: ['tags'] });
    expect((await app.get(`/v1/tags/${id}`)).headers['surrogate-key']).toBe('tags');
  });

  it('bounds how long a list without it, and its absence, hold: until its article is public by the clock', async () => {
    const before = (await listTags()).nextChangeAt;
    const { article, id } = await makeTagged('将公开');
    const [at, moment] = [inMs(60_000), present()];
    await publish(app, article, { at: at.toISOString() });
    expect([before, (await listTags()).nextChangeAt, (await readTag(id)).nextChangeAt]).toEqual([null, at, at]);
    app.clock.advance(60_000);
    expect([(await listTags()).nextChangeAt, (await readTag(id)).nextChangeAt]).toEqual([null, null]);
    expect((await readTag(id)).content).not.toBeNull();
    const past = { now: app.clock.now(), at: moment.now, isPast: true };
    expect(await readTag(id, past)).toMatchObject({ content: null, nextChangeAt: null });
    expect((await listTags(past)).nextChangeAt).toBeNull();
  });
});

describe('since when a tag is public', () => {
  it('is the first start of all articles with it, past or to come; none is left once all are called off or gone', async () => {
    const { article: first, id } = await makeTagged('来去');
    const second = await makeArticle(app, { tags: ['来去'] });
    expect(await publishedFrom(id)).toBeNull();
    const [early, late] = [inMs(60_000), inMs(120_000)];
    await publish(app, first, { at: late.toISOString() });
    expect(await publishedFrom(id)).toEqual(late);
    await publish(app, second, { at: early.toISOString() });
    expect(await publishedFrom(id)).toEqual(early);
    await act(second, 'unschedule');
    expect(await publishedFrom(id)).toEqual(late);
    await act(first, 'unschedule');
    expect(await publishedFrom(id)).toBeNull();
  });

  it('stays what it was when its article is unpublished or changes its tags, and ends with its purge', async () => {
    const { article, id } = await makeTagged('清除');
    const { body } = await publish(app, article);
    await app.patch(`/v1/articles/${article.id}`, { tags: [] }, { ifMatch: '*' });
    await act(article, 'publish');
    await act(article, 'unpublish');
    expect(await publishedFrom(id)).toEqual(new Date(body.firstPublishedAt));
    expect((await readTag(id)).content).not.toBeNull();
    await app.delete(`/v1/articles/${article.id}`, { ifMatch: '*' });
    app.clock.advance(2000);
    expect((await purge(app, 'PT1S')).body.data).toMatchObject([{ id: article.id }]);
    expect(await publishedFrom(id)).toBeNull();
    expect((await readTag(id)).content).toBeNull();
  });

  it.each(['published', 'purged'])(
    'is right when one article with it is published and another is purged at once, whichever is first (%s)',
    async (first) => {
      const { article: gone, id } = await makeTagged(`先${first}`);
      const kept = await makeArticle(app, { tags: [`先${first}`] });
      await publish(app, gone);
      await act(gone, 'unpublish');
      await app.delete(`/v1/articles/${gone.id}`, { ifMatch: '*' });
      app.clock.advance(2000);
      const writes = [() => act(kept, 'publish'), () => purge(app, 'PT1S')];
      const [one, other] = first === 'published' ? writes : writes.toReversed();
      // Both have done what they do but for the last step, which is the first's to take.
      await whileHolding(app, eventLock, [], async (holder) => {
        const answers = [one!()];
        await holder.untilWaiting(1);
        answers.push(other!());
        await holder.untilWaiting(2);
        await holder.release();
        expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
      });
      expect(await publishedFrom(id)).toEqual(app.clock.now());
    },
  );
});
