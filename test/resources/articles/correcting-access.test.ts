// Who may correct, retract and reinstate: whoever may publish, where the draft is and where the public finds the story.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makePublished, makeSection } from '../../support/factories.ts';
import { desk, minute } from './correcting.ts';

let app: TestApp;
let at: ReturnType<typeof desk>;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  at = desk(app);
});
afterAll(() => app.close());
beforeEach(() => app.newEvents());

type Name = 'correct' | 'retract' | 'reinstate';
const bodies: Record<Name, object> = {
  correct: { note: '更正', changes: { title: '已更正' } },
  retract: { notice: '撤稿' },
  reinstate: {},
};
const names = Object.keys(bodies) as Name[];

/** Public, and retracted where the action asks for that. */
async function makeTarget(action: Name, input: object = {}, as = 'editor') {
  const made = await app.post('/v1/articles', { title: '稿件', ...input }, { as });
  await at.publish(made.body.id);
  app.clock.advance(minute);
  if (action === 'reinstate') await at.retract(made.body.id, bodies.retract);
  await app.newEvents();
  return made.body.id as string;
}

const limitedTo = (id: string) => app.createKey({ name: '限', role: 'editor', sections: [id] });
const types = async () => (await app.newEvents()).map(({ type }) => type);

describe.each(names)('%s', (action) => {
  it('is for editors and admins; a viewer, a writer of it and a caller without a key do nothing', async () => {
    for (const [as, status] of [
      ['viewer', 403],
      ['writer', 403],
      ['editor', 200],
      ['admin', 200],
    ] as const) {
      const id = await makeTarget(action, {}, 'writer');
      expect([as, (await at[action](id, bodies[action], as)).status]).toEqual([as, status]);
      expect((await types()).length > 0).toBe(status === 200);
    }
    const id = await makeTarget(action);
    expect(
      (await app.call('POST', `/v1/articles/${id}/${action}`, { body: bodies[action], ifMatch: '*' })).status,
    ).toBe(401);
  });

  it('is for a limited key within its sections, the branches below them included', async () => {
    const [mine, other] = [await makeSection(app), await makeSection(app)];
    const below = await makeSection(app, { parent: mine.id });
    const key = await limitedTo(mine.id);
    const inside = await makeTarget(action, { section: below.id });
    expect((await at[action](inside, bodies[action], key)).status).toBe(200);
    await app.newEvents();
    const outside = await makeTarget(action, { section: other.id });
    expect((await at[action](outside, bodies[action], key)).status).toBe(action === 'reinstate' ? 404 : 403);
    expect(await types()).toEqual([]);
  });

  it('needs both ends: where the draft was moved to, and where the public finds the story', async () => {
    const [from, to] = [await makeSection(app), await makeSection(app)];
    for (const section of [from, to]) {
      const id = await makeTarget(action, { section: from.id });
      await at.revise(id, { section: to.id });
      const key = await limitedTo(section.id);
      await app.newEvents();
      const answer = await at[action](id, bodies[action], key);
      // Of a retracted article nothing is public, so that its moved draft is not there at all.
      const hidden = action === 'reinstate' && section === from;
      expect([answer.status, answer.body.code]).toEqual(
        hidden ? [404, 'resource.not_found'] : [403, 'auth.outside_sections'],
      );
      expect(await types()).toEqual([]);
    }
  });

  it('of a draft that the key may not read answers as if there were none', async () => {
    const [mine, other] = [await makeSection(app), await makeSection(app)];
    const hidden = await app.post('/v1/articles', { title: '未发', section: other.id });
    const key = await limitedTo(mine.id);
    const headers = { 'X-Request-Id': 'x' };
    const ask = (name: string) =>
      app.call('POST', `/v1/articles/${name}/${action}`, { as: key, body: bodies[action], ifMatch: '*', headers });
    const absent = await ask('019e680b-0000-7000-8000-000000000000');
    expect(absent.status).toBe(404);
    for (const name of [hidden.body.id, hidden.body.slug]) {
      const answer = await ask(name);
      expect([answer.status, answer.text]).toEqual([404, absent.text]);
    }
  });
});

it('retracting what is not public any more needs reach to where the public found it', async () => {
  const [from, to] = [await makeSection(app), await makeSection(app)];
  const made = await makePublished(app, { section: from.id });
  app.clock.advance(minute);
  await at.unpublish(made.id);
  await at.revise(made.id, { section: to.id });
  const answer = await at.retract(made.id, bodies.retract, await limitedTo(to.id));
  expect([answer.status, answer.body.code]).toEqual([403, 'auth.outside_sections']);
  expect((await at.read(made.id)).status).toBe(404);
});

it('a correction moves a story only to a section that the key reaches', async () => {
  const [mine, other] = [await makeSection(app), await makeSection(app)];
  const made = await makePublished(app, { section: mine.id });
  app.clock.advance(minute);
  const key = await limitedTo(mine.id);
  for (const section of [other.id, null]) {
    const answer = await at.correct(made.id, { note: '更正', changes: { section } }, key);
    expect(answer).toMatchObject({
      status: 403,
      body: { code: 'auth.outside_sections', errors: [{ pointer: '/changes/section' }] },
    });
  }
  expect((await at.read(made.id)).body).toMatchObject({ section: { id: mine.id }, corrections: [] });
});

it('a correction may name as related only what the key may read', async () => {
  const [mine, other] = [await makeSection(app), await makeSection(app)];
  const made = await makePublished(app, { section: mine.id });
  const hidden = await app.post('/v1/articles', { title: '未发', section: other.id });
  app.clock.advance(minute);
  const answer = await at.correct(
    made.id,
    { note: '更正', changes: { related: [hidden.body.id] } },
    await limitedTo(mine.id),
  );
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/changes/related/0' }] } });
});

it('a key that was revoked while its request ran corrects nothing', async () => {
  const made = await makePublished(app, { title: '一' });
  app.clock.advance(minute);
  const key = await app.createKey({ name: '撤', role: 'editor' });
  const { id } = (await app.get('/v1/api-keys?limit=100', { as: 'admin' })).body.data.find(
    ({ name }: { name: string }) => name === '撤',
  );
  const [answer] = await Promise.all([
    at.correct(made.id, bodies.correct, key),
    app.delete(`/v1/api-keys/${id}`, { as: 'admin' }),
  ]);
  const { body } = await at.read(made.id);
  expect([answer.status, body.corrections.length]).toEqual(answer.status === 401 ? [401, 0] : [200, 1]);
});
