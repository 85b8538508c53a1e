import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished } from '../../support/factories.ts';

// Several acts in one transaction, or quick ones after each other, meet in one millisecond.
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(async () => {
  app.clock.advance(1000);
  await app.newEvents();
});

type Made = { id: string; etag: string };
const act = (made: Made, action: string, body?: object) =>
  app.post(`/v1/articles/${made.id}/${action}`, body, { ifMatch: made.etag });

/** Acts after each other while the clock stands still. */
async function actAll(made: Made, ...actions: string[]): Promise<Made> {
  let latest = made;
  for (const action of actions) {
    const answer = await act(latest, action, action === 'retract' ? { notice: '撤稿' } : undefined);
    expect(answer.status).toBe(200);
    latest = { id: made.id, etag: answer.headers.etag! };
  }
  return latest;
}

const toldOf = async ({ id }: Made) =>
  (await app.newEvents())
    .filter(({ subjectId, type }) => subjectId === id && type !== 'article.created')
    .map(({ type }) => type.replace('article.', ''));

describe('what an act has ended in the millisecond in which it began', () => {
  it('cannot be ended again: unpublishing it is a 409', async () => {
    const made = await actAll(await makePublished(app), 'unpublish');
    expect(await act(made, 'unpublish')).toMatchObject({ status: 409, body: { code: 'article.not_published' } });
    expect(await toldOf(made)).toEqual(['published', 'unpublished']);
  });

  it('is not told to end a second time by the trash', async () => {
    const made = await actAll(await makePublished(app), 'retract');
    await app.delete(`/v1/articles/${made.id}`, { ifMatch: made.etag });
    expect(await toldOf(made)).toEqual(['published', 'retracted', 'trashed']);
  });

  it('does not go on when it is published again: that is another publication, told as such', async () => {
    const made = await actAll(await makePublished(app), 'unpublish', 'publish');
    expect(await toldOf(made)).toEqual(['published', 'unpublished', 'published']);
    app.clock.advance(1);
    expect((await app.get(`/v1/articles/${made.id}`)).status).toBe(200);
  });

  it('is no longer there to be corrected', async () => {
    const made = await actAll(await makePublished(app), 'unpublish');
    const answer = await act(made, 'correct', { note: '更正', changes: { title: '新题' } });
    expect(answer).toMatchObject({ status: 409, body: { code: 'article.not_published' } });
  });
});
