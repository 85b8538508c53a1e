// The table of state × action, tried out over HTTP: every state, every action, every role. What the table allows leads to
// the next state and is told; what it does not is a 409 that lists what it does, and leaves no trace.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grants, type Role, roles } from '../../../src/platform/auth/permissions.ts';
import {
  type Action,
  actionFacts,
  actions,
  type Condition,
  type State,
  states,
  transitions,
} from '../../../src/resources/articles/workflow.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const inOneHour = () => new Date(app.clock.now().getTime() + 3_600_000).toISOString();
const post = (action: string, body?: () => object) => (id: string, as: string | undefined) =>
  app.post(`/v1/articles/${id}/${action}`, body?.(), { as, ifMatch: '*' });

/** How each action is asked for. */
const run: Record<Action, (id: string, as: string | undefined) => Promise<Answer>> = {
  edit: (id, as) => app.patch(`/v1/articles/${id}`, { genre: '改' }, { as, ifMatch: '*' }),
  restore: post('restore', () => ({ version: 1 })),
  submit: post('submit'),
  return: post('return', () => ({ comment: '请改。' })),
  approve: post('approve'),
  publish: post('publish'),
  schedule: post('publish', () => ({ at: inOneHour() })),
  unschedule: post('unschedule'),
  unpublish: post('unpublish'),
  correct: post('correct', () => ({ note: '更正。', changes: { summary: '更正后' } })),
  retract: post('retract', () => ({ notice: '撤回。' })),
  reinstate: post('reinstate'),
  trash: (id, as) => app.delete(`/v1/articles/${id}`, { as, ifMatch: '*' }),
  untrash: post('untrash'),
};

const must = async (answer: Promise<Answer>) => {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`not prepared: ${status} ${text}`);
};

const bring: Record<Condition, (id: string) => Promise<void>> = {
  scheduled: (id) => must(run.schedule(id, 'editor')),
  public: (id) => must(run.publish(id, 'editor')),
  wasPublic: (id) => must(run.publish(id, 'editor')),
  retracted: async (id) => {
    await must(run.publish(id, 'editor'));
    app.clock.advance(1000);
    await must(run.retract(id, 'editor'));
  },
  notRetracted: async () => {},
  trashed: (id) => must(run.trash(id, 'editor')),
};

const reach: Record<State, readonly Action[]> = { draft: [], in_review: ['submit'], approved: ['submit', 'approve'] };

/** An article of two versions in a state, with what the action needs besides. */
async function prepare(state: State, action: Action, maker: string): Promise<string> {
  const { id } = await makeArticle(app, { title: '流程', genre: '原' }, maker);
  await must(app.patch(`/v1/articles/${id}`, { genre: '再' }, { ifMatch: '*' }));
  const needs = action === 'unpublish' ? (['public'] as const) : actionFacts[action].needs;
  for (const need of needs.filter((each) => each !== 'trashed')) await bring[need](id);
  for (const step of reach[state]) await must(run[step](id, 'editor'));
  if (needs.includes('trashed')) await bring.trashed(id);
  app.clock.advance(1000);
  await app.newEvents();
  return id;
}

async function read(id: string, isTrashed = false) {
  const { body } = await app.get(`/v1/articles/${id}?perspective=draft&trashed=${isTrashed}`, { as: 'editor' });
  return body;
}

const cells = states.flatMap((state) => actions.map((action) => ({ state, action, next: transitions[state][action] })));
const allowed = cells.filter(({ next }) => next !== null);
const refused = cells.filter(({ next }) => next === null);

it('the table names every state and action, and each leads somewhere from some state', () => {
  expect(Object.keys(transitions)).toEqual([...states]);
  for (const state of states) expect(Object.keys(transitions[state])).toEqual([...actions]);
  expect(Object.keys(actionFacts)).toEqual([...actions]);
  expect(actions.filter((action) => states.every((state) => transitions[state][action] === null))).toEqual([]);
  expect(refused.map(({ state, action }) => `${state} ${action}`)).toEqual([
    'draft return',
    'in_review submit',
    'approved submit',
    'approved approve',
  ]);
});

describe('what the table allows', () => {
  it.each(allowed)('$action of an article that is $state leads to $next, and is told once', async (cell) => {
    const { state, action, next } = cell;
    const id = await prepare(state, action, 'editor');
    const before = await read(id, action === 'untrash');
    expect(before.state).toBe(state);
    expect((await run[action](id, 'editor')).status).toBe(action === 'trash' ? 204 : 200);
    const after = await read(id, action === 'trash');
    expect(after.state).toBe(next);
    const told = (await app.newEvents()).filter(({ type }) => type === actionFacts[action].event);
    expect(told).toMatchObject([{ subjectId: id, payload: { revision: after.revision } }]);
    const appends = ['edit', 'restore', 'correct'].includes(action);
    expect(after.version - before.version).toBe(appends ? 1 : 0);
    expect(after.revision - before.revision).toBe(1);
    // Trashing is about the article, the rest about one version of it.
    const ofVersion = action !== 'trash' && action !== 'untrash';
    expect(told[0]!.payload.version).toBe(ofVersion ? after.version : undefined);
  });
});

describe('what the table does not allow', () => {
  it.each(refused)(
    '$action of an article that is $state is a 409 that lists what is, and leaves no trace',
    async (cell) => {
      const { state, action } = cell;
      const id = await prepare(state, action, 'editor');
      const before = await read(id);
      const answer = await run[action](id, 'editor');
      expect(answer.body).toMatchObject({
        status: 409,
        code: 'article.action_not_allowed',
        state,
        allowedActions: actions.filter((each) => transitions[state][each] !== null),
      });
      expect(await app.newEvents()).toEqual([]);
      expect(await read(id)).toEqual(before);
      const comments = await app.get(`/v1/articles/${id}/comments`, { as: 'editor' });
      expect(comments.body.data).toEqual([]);
    },
  );

  it.each(refused)('$action of an article that is $state in a dry run is the same 409', async ({ state, action }) => {
    const id = await prepare(state, action, 'editor');
    const body = action === 'return' ? { comment: 'x' } : undefined;
    const answer = await app.post(`/v1/articles/${id}/${action}?dryRun=true`, body, { ifMatch: '*' });
    expect(answer.body).toMatchObject({ status: 409, code: 'article.action_not_allowed' });
  });
});

/** What an action needs beside its state, taken away. */
const lacking: [action: Action, code: string, status: number][] = [
  ['unschedule', 'article.not_scheduled', 409],
  ['unpublish', 'article.not_published', 409],
  ['correct', 'article.not_published', 409],
  ['retract', 'article.not_published', 409],
  ['reinstate', 'article.not_retracted', 409],
  ['untrash', 'article.not_trashed', 409],
];

describe('what an action needs beside the state', () => {
  it.each(lacking)('%s of an article that was never public is a %s', async (action, code, status) => {
    for (const state of states) {
      const id = await prepare(state, 'edit', 'editor');
      expect((await run[action](id, 'editor')).body).toMatchObject({ status, code });
      expect(await app.newEvents()).toEqual([]);
    }
  });

  it.each(['publish', 'schedule', 'retract'] as const)('%s of a retracted article is a 409', async (action) => {
    const id = await prepare('draft', 'reinstate', 'editor');
    expect((await run[action](id, 'editor')).body).toMatchObject({ status: 409, code: 'article.retracted' });
    expect(await app.newEvents()).toEqual([]);
  });

  it('an article in the trash is there for nothing but taking it out', async () => {
    const id = await prepare('draft', 'untrash', 'editor');
    for (const action of actions.filter((each) => each !== 'untrash')) {
      expect((await run[action](id, 'editor')).status, action).toBe(404);
    }
    expect(await app.newEvents()).toEqual([]);
    expect((await run.untrash(id, 'editor')).status).toBe(200);
  });
});

type Caller = Role | 'anonymous';
const callers: readonly Caller[] = ['anonymous', ...roles];

function mayDo(caller: Caller, action: Action, maker: string): boolean {
  const grant = caller === 'anonymous' ? 'none' : grants[caller][actionFacts[action].permission];
  return grant === 'all' || (grant === 'own' && caller === maker);
}

describe.each(['editor', 'writer'])('of an article that a %s made', (maker) => {
  it.each(actions)('%s is refused to whom the table of grants does not name, in every state', async (action) => {
    for (const { state } of allowed.filter((cell) => cell.action === action)) {
      const id = await prepare(state, action, maker);
      const before = await read(id, action === 'untrash');
      for (const caller of callers.filter((each) => !mayDo(each, action, maker))) {
        const answer = await run[action](id, caller === 'anonymous' ? undefined : caller);
        expect(answer.status, `${caller} ${state}`).toBe(caller === 'anonymous' ? 401 : 403);
      }
      expect(await app.newEvents()).toEqual([]);
      expect(await read(id, action === 'untrash')).toEqual(before);
    }
  });

  it.each(actions)('%s is open to whom the table of grants names', async (action) => {
    const [{ state } = { state: 'draft' as const }] = allowed.filter((cell) => cell.action === action);
    for (const caller of callers.filter((each) => mayDo(each, action, maker))) {
      const id = await prepare(state, action, maker);
      expect((await run[action](id, caller)).status, caller).toBeLessThan(300);
    }
  });
});
