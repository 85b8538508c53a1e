// An editor's desk: the filters of working copies, each alone and with every other, against a model made of single reads.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makeSection, publish } from '../../support/factories.ts';
import { idsOf, type Listed, sortArticles, walk } from './newsroom.ts';

type Draft = Listed & {
  state: string;
  assignee: { id: string; slug: string } | null;
  createdBy: { type: string; id: string };
  scheduled: object | null;
  hasUnpublishedChanges: boolean;
  embargoUntil: string | null;
  retraction: object | null;
  trashedAt: string | null;
};

let app: TestApp;
let liu: { id: string; slug: string };
let zhao: { id: string; slug: string };
const keys: Record<string, string> = {};
let drafts: Draft[];

const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
const states = ['draft', 'in_review', 'approved'];

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await makeSection(app, { slug: 'yao-wen' });
  [liu, zhao] = [await makeEditor(app, { slug: 'liu' }), await makeEditor(app, { slug: 'zhao' })];
  keys.liu = await app.createKey({ name: 'liu', role: 'editor', editor: liu.id });
  keys.zhao = await app.createKey({ name: 'zhao', role: 'editor', editor: zhao.id });
  keys.portal = await app.createKey({ name: 'portal', role: 'editor', service: 'portal' });
  const ids: string[] = [];
  for (let i = 0; i < 36; i += 1) {
    if (i % 3 === 0) app.clock.advance(60_000);
    ids.push(await makeDeskArticle(i));
  }
  app.clock.advance(60_000);
  drafts = [];
  for (const id of ids) {
    for (const trashed of [false, true]) {
      const { status, body } = await read(id, trashed);
      if (status === 200) drafts.push(body);
    }
  }
  expect(idsOf(drafts)).toEqual(ids);
});
afterAll(() => app.close());

const read = (id: string, trashed: boolean) =>
  app.get(`/v1/articles/${id}?perspective=draft&body=none&trashed=${trashed}`, { as: 'admin' });

// Each feature in a rhythm of its own, so that they meet in every combination.
async function makeDeskArticle(i: number): Promise<string> {
  const maker = ['liu', 'zhao', 'portal'][i % 3]!;
  const made = await makeArticle(app, { title: `桌 ${i % 5}`, section: i % 2 === 0 ? 'yao-wen' : null }, keys[maker]);
  if (i % 4 === 1) await publish(app, made);
  if (i % 4 === 2) await publish(app, made, { at: fromNow(86_400_000) });
  if (i % 8 === 5) await app.patch(`/v1/articles/${made.id}`, { genre: '新闻' }, { ifMatch: '*' });
  const assignee = [liu.id, zhao.id, null, null, liu.id][i % 5];
  const embargoUntil = i % 6 === 0 ? fromNow(90_000_000) : i % 6 === 3 ? fromNow(1) : null;
  const columns = 'state = $2::article_state, assignee_id = $3::uuid, embargo_until = $4::timestamptz';
  await app.deps.db.sql.rows(`update article set ${columns} where id = $1::uuid`, [
    made.id,
    states[(i % 7) % 3],
    assignee,
    embargoUntil,
  ]);
  if (i % 9 === 4) await retract(made.id, null);
  if (i % 9 === 7) await retract(made.id, fromNow(0));
  if (i % 5 === 3) await app.delete(`/v1/articles/${made.id}`, { ifMatch: '*' });
  return made.id;
}

async function retract(id: string, reinstatedAt: string | null): Promise<void> {
  const statement = `insert into retraction (article_id, sequence, version, at, notice, was_public, reinstated_at)
    values ($1::uuid, 1, 1, $2::timestamptz, '撤稿', true, $3::timestamptz)`;
  await app.deps.db.sql.rows(statement, [id, fromNow(0), reinstatedAt]);
}

type Matches = (draft: Draft) => boolean;
const isAssigned =
  (...people: (string | null)[]): Matches =>
  ({ assignee }) =>
    people.includes(assignee?.slug ?? null);
const isBy =
  (...makers: string[]): Matches =>
  ({ createdBy }) => {
    const name = createdBy.type === 'service' ? createdBy.id : createdBy.id === liu.id ? 'liu' : 'zhao';
    return makers.includes(name);
  };
const isEmbargoed: Matches = ({ embargoUntil }) => embargoUntil !== null && embargoUntil > fromNow(0);
const not =
  (matches: Matches): Matches =>
  (draft) =>
    !matches(draft);
const isScheduled: Matches = ({ scheduled }) => scheduled !== null;
const isChanged: Matches = ({ hasUnpublishedChanges }) => hasUnpublishedChanges;
const isRetracted: Matches = ({ retraction }) => retraction !== null;
const inTrash: Matches = ({ trashedAt }) => trashedAt !== null;
const inState =
  (...wanted: string[]): Matches =>
  ({ state }) =>
    wanted.includes(state);

/** As the editor liu asks. */
const filters: [search: () => string, matches: Matches][] = [
  [() => 'state=in_review', inState('in_review')],
  [() => 'state=draft,approved', inState('draft', 'approved')],
  [() => 'assignee=me', isAssigned('liu')],
  [() => 'assignee=none', isAssigned(null)],
  [() => 'assignee=zhao', isAssigned('zhao')],
  [() => `assignee=${zhao.id.toUpperCase()},me,liu`, isAssigned('liu', 'zhao')],
  [() => 'assignee=me,none', isAssigned('liu', null)],
  [() => 'assignee=nobody', () => false],
  [() => 'createdBy=me', isBy('liu')],
  [() => `createdBy=${zhao.id}`, isBy('zhao')],
  [() => 'createdBy=service:portal', isBy('portal')],
  [() => 'createdBy=liu,service:portal,service:portal', isBy('liu', 'portal')],
  [() => 'createdBy=service:nobody,none', () => false],
  [() => 'scheduled=true', isScheduled],
  [() => 'scheduled=false', not(isScheduled)],
  [() => 'hasUnpublishedChanges=true', isChanged],
  [() => 'hasUnpublishedChanges=false', not(isChanged)],
  [() => 'embargoed=true', isEmbargoed],
  [() => 'embargoed=false', not(isEmbargoed)],
  [() => 'retracted=true', isRetracted],
  [() => 'retracted=false', not(isRetracted)],
  [() => 'section=yao-wen', ({ section }) => section !== null],
];
const sorts = ['-publishedAt', 'publishedAt', '-updatedAt', 'updatedAt', 'title'];

const expected = (sort: string, ...matches: Matches[]) =>
  idsOf(sortArticles(drafts, sort).filter((draft) => matches.every((each) => each(draft as Draft))));
const list = (search: string, as = keys.liu) => app.get(`/v1/articles?perspective=draft&${search}`, { as });

it('a draft tells whose turn it is', async () => {
  const { assignee, id } = drafts.find(({ assignee }) => assignee?.id === zhao.id)!;
  const { name } = (await app.get('/v1/editors/zhao')).body;
  expect(assignee).toEqual({ id: zhao.id, slug: 'zhao', name });
  const sparse = await app.get(`/v1/articles/${id}?perspective=draft&fields=assignee&body=none`, { as: keys.liu });
  expect(sparse.body).toEqual({ id, assignee });
});

it('the model has every kind of article', () => {
  for (const [search, matches] of filters) {
    const isEmpty = /nobody/.test(search());
    expect([search(), drafts.some((draft) => matches(draft) && !inTrash(draft))]).toEqual([search(), !isEmpty]);
    expect([search(), drafts.every(matches)]).toEqual([search(), false]);
  }
  expect(drafts.filter(inTrash).length).toBeGreaterThan(3);
});

it('each filter, with each other and with the trash, holds exactly what single reads say', async () => {
  let turn = 0;
  for (const [i, [search, matches]] of filters.entries()) {
    for (const [other, alsoMatches] of filters.slice(i)) {
      if (other().split('=')[0] === search().split('=')[0] && other !== search) continue;
      turn += 1;
      const sort = sorts[turn % sorts.length]!;
      for (const trashed of [false, true]) {
        const parts = [...new Set([search(), other()]), `sort=${sort}`, ...(trashed ? ['trashed=true'] : [])];
        const { body } = await list(`${parts.join('&')}&limit=100&count=exact&fields=title`);
        const ids = expected(sort, matches, alsoMatches, trashed ? inTrash : not(inTrash));
        expect([parts, idsOf(body.data), body.page.total]).toEqual([parts, ids, ids.length]);
      }
    }
  }
});

it.each(sorts)('pages of each filter in the order %s neither repeat nor skip', async (sort) => {
  for (const [search, matches] of filters) {
    const pages = await walk(app, `/v1/articles?perspective=draft&${search()}&sort=${sort}&limit=5`, keys.liu);
    expect(pages.flatMap((page) => idsOf(page.body.data))).toEqual(expected(sort, matches, not(inTrash)));
  }
});

describe('the cursor', () => {
  const next = async (search: string, as: string) => (await list(`${search}&limit=1`, as)).body.page.nextCursor;

  it.each(['assignee=me', 'createdBy=me', 'assignee=me,none'])(
    'of %s is another editor’s, not mine',
    async (search) => {
      const cursor = await next(search, keys.liu!);
      expect((await list(`${search}&limit=1&cursor=${cursor}`, keys.liu)).status).toBe(200);
      const answer = await list(`${search}&limit=1&cursor=${cursor}`, keys.zhao);
      expect(answer.body).toMatchObject({ status: 400, code: 'request.invalid_cursor' });
    },
  );

  it('of `me` serves another key of the same editor, and the same list by id', async () => {
    const cursor = await next('assignee=me', keys.liu!);
    const second = await app.createKey({ name: 'second', role: 'editor', editor: liu.id });
    const mine = await list(`assignee=me&limit=1&cursor=${cursor}`, keys.liu);
    expect((await list(`assignee=me&limit=1&cursor=${cursor}`, second)).text).toBe(mine.text);
    expect((await list(`assignee=${liu.id}&limit=1&cursor=${cursor}`, keys.zhao)).body).toEqual(mine.body);
  });

  it.each([
    ['state=draft', 'state=draft,approved'],
    ['scheduled=true', 'scheduled=false'],
    ['trashed=true', 'trashed=false'],
    ['embargoed=false', 'retracted=false'],
  ])('of %s does not serve %s', async (search, other) => {
    const cursor = await next(search, keys.liu!);
    expect((await list(`${other}&cursor=${cursor}`)).body.code).toBe('request.invalid_cursor');
  });
});

describe('refused are', () => {
  const all = [
    'state=draft',
    'assignee=me',
    'createdBy=me',
    'scheduled=false',
    'hasUnpublishedChanges=true',
    'embargoed=false',
    'retracted=true',
    'trashed=false',
  ];

  it.each(all)('%s where the public reads, with a key or without', async (search) => {
    for (const as of [undefined, keys.liu]) {
      const answer = await app.get(`/v1/articles?${search}`, { as });
      const pointer = `?${search.split('=')[0]}`;
      expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer, code: 'only_drafts' }] });
      expect(answer.body.detail).toContain('perspective=draft');
    }
  });

  it('all of them at once, each with its name', async () => {
    const { body } = await app.get(`/v1/articles?${all.join('&')}`);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      all.map((each) => `?${each.split('=')[0]}`),
    );
  });

  it.each(all)('%s without a key', async (search) => {
    expect((await app.get(`/v1/articles?perspective=draft&${search}`)).status).toBe(401);
  });

  it('`assignee=me` of a service, since work is given to editors', async () => {
    const answer = await list('assignee=me,none', keys.portal);
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '?assignee' }] });
    expect(answer.body.detail).toMatch(/service "portal".*editors/);
    expect((await list('createdBy=me&limit=100', keys.portal)).body.data.map(({ id }: Draft) => id)).toEqual(
      expected('-publishedAt', isBy('portal'), not(inTrash)),
    );
  });

  it.each([
    'state=published',
    'state=draft,',
    'state=',
    'state=draft&state=approved',
    'assignee=',
    'scheduled=yes',
    'trashed=1',
    'retracted=TRUE',
    'embargoed=',
  ])('%s', async (search) => {
    const answer = await list(search);
    expect(answer.body).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(answer.body.errors[0].pointer).toMatch(new RegExp(`^\\?${search.split('=')[0]}`));
  });
});
