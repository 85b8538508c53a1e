// An embargoed draft and a draft out of a key's sections are not there: nothing that a key can read or try tells one from
// a name that nobody has. Every operation of the API that takes an article is tried, whichever it is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildUnservedApp } from '../../../src/openapi.ts';
import { listDeclarations, type RouteFacts } from '../../../src/platform/http/declaration.ts';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makePublished, makeSection, makeSource, makeTag } from '../../support/factories.ts';

const unserved = await buildUnservedApp();
const routes = listDeclarations(unserved).filter(({ url }) => /^\/v1\/articles\/:(?:id|idOrSlug)(?:\/|$)/.test(url));
await unserved.close();

const absentId = '0195f2a0-0000-7000-8000-00000000dead';
const absentSlug = 'mei-you-gao';
const secretTitle = '收购案独家内幕';
const secretSlug = 'nei-mu-gao1';

let app: TestApp;
let inside: string;
let outside: string;
/** What the secret refers to: whoever may read it finds it by these. */
const named: Record<string, string> = {};
const keys: Record<string, string | undefined> = {};
const observers = [
  'the public',
  'a viewer',
  'a foreign writer',
  'a foreign writer of the section',
  'an editor elsewhere',
];
const withKey = observers.slice(1);
let secret: { id: string; slug: string; etag: string };
let before: Record<string, string>;

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  inside = (await makeSection(app, { name: '财经' })).id;
  outside = (await makeSection(app, { name: '体育' })).id;
  named.section = outside;
  for (const [noun, make] of Object.entries({ editor: makeEditor, source: makeSource, tag: makeTag }))
    named[noun] = (await make(app)).id;
  const key = (name: string, role: 'viewer' | 'writer' | 'editor', sections?: string[]) =>
    app.createKey({ name, role, sections });
  keys['a viewer'] = await key('旁观', 'viewer');
  keys['a foreign writer'] = await key('外人', 'writer');
  keys['a foreign writer of the section'] = await key('同栏目', 'writer', [outside]);
  keys['an editor elsewhere'] = await key('别处', 'editor', [inside]);
  // Neighbours on every page.
  for (let i = 0; i < 3; i += 1) {
    app.clock.advance(1000);
    await makePublished(app, content(`公开 ${i}`));
    await makeArticle(app, content(`草稿 ${i}`));
  }
  app.clock.advance(1000);
  before = await readEverything();
  const embargoUntil = fromNow(3_600_000);
  secret = await makeArticle(app, { ...content(secretTitle), slug: secretSlug, externalId: 'mi', embargoUntil });
  const order = { at: embargoUntil };
  const answer = await app.post(`/v1/articles/${secret.id}/publish`, order, { ifMatch: secret.etag });
  expect(answer.status).toBe(200);
  secret = { ...secret, etag: answer.headers.etag! };
});
afterAll(() => app.close());

const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();

const content = (title: string) => ({
  title,
  section: outside,
  source: named.source,
  credits: [{ role: 'author', editor: named.editor }],
  tags: [named.tag],
});

const lists = () => {
  const filters = ['', ...Object.entries(named).map(([noun, id]) => `${noun}=${id}`)];
  const sorts = ['-publishedAt', 'publishedAt', '-updatedAt', 'updatedAt', 'title'];
  return filters.flatMap((filter) => sorts.map((sort) => `${filter}&sort=${sort}&count=exact&limit=2`));
};
const desk = () =>
  [
    ...lists(),
    'scheduled=true',
    'scheduled=false',
    'embargoed=true',
    'embargoed=false',
    'hasUnpublishedChanges=true',
    'hasUnpublishedChanges=false',
    'createdBy=service:editor',
    'createdBy=service:editor&sort=-updatedAt',
    'assignee=none',
    'state=draft',
    'trashed=true',
    'retracted=false',
    'updatedAfter=2026-01-01&count=estimate',
    'fields=title,embargoUntil,scheduled',
  ].map((search) => `perspective=draft&${search}`);

/** Every list as each observer reads it, page after page, with its headers. */
async function readEverything(): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  for (const observer of observers) {
    const as = keys[observer];
    for (const search of as === undefined ? lists() : desk()) {
      let path = `/v1/articles?${search}`;
      for (let page = 1; page < 20; page += 1) {
        const answer = await app.get(path, { as });
        const { date: _date, 'x-request-id': _id, ...headers } = answer.headers;
        expect(answer.status).toBe(200);
        seen[`${observer} ${search} ${page}`] = JSON.stringify([headers, answer.text]);
        if (answer.body.page.nextCursor === null) break;
        path = `/v1/articles?${search}&cursor=${answer.body.page.nextCursor}`;
      }
    }
  }
  return seen;
}

it('no list, filter, sort, cursor or count changes by it, for any of them', async () => {
  expect(await readEverything()).toEqual(before);
});

it('whoever may read it finds it in the same lists', async () => {
  for (const search of desk()) {
    const { body } = await app.get(`/v1/articles?${search.replace('limit=2', 'limit=100')}`, { as: 'editor' });
    const ids = body.data.map(({ id }: { id: string }) => id);
    const excluded = /scheduled=false|embargoed=false|hasUnpublishedChanges=true|trashed=true/.test(search);
    expect([search, ids.includes(secret.id)]).toEqual([search, !excluded]);
  }
});

/** What a client can tell answers apart by, with the name that was asked for taken out. */
function outline({ status, headers, text }: Answer, ...names: string[]): unknown {
  const { date: _date, 'x-request-id': _id, ...fixed } = headers;
  const anonymous = names.reduce((rest, name) => rest.replaceAll(name, '<name>'), text);
  return { status, fixed, body: anonymous.replace(/"requestId":"[^"]*"/, '') };
}

const searches = ({ method, query }: RouteFacts) => {
  const known = Object.keys((query as { shape?: object } | undefined)?.shape ?? {});
  if (method !== 'GET') return ['', ...(known.includes('dryRun') ? ['?dryRun=true'] : [])];
  const draft = known.includes('perspective') ? ['?perspective=draft', '?perspective=draft&fields=title'] : [];
  return ['', ...draft, ...(known.includes('trashed') ? ['?perspective=draft&trashed=true'] : [])];
};

async function attempt(route: RouteFacts, name: string, search: string, as: string | undefined, ifMatch?: string) {
  const path = route.url
    .replace(/:(?:idOrSlug|id)/, name)
    .replace(/:\w*[iI]d\b/, absentId)
    .replaceAll(/:\w+/g, '1');
  const body = route.examples?.body;
  const answer = await app.call(route.method, path + search, {
    as,
    ifMatch,
    body,
    type: body === undefined ? undefined : route.consumes?.[0],
  });
  return outline(answer, name);
}

describe.each(routes.map((route) => [`${route.method} ${route.url}`, route] as const))('%s', (_name, route) => {
  it.each(observers)('tells %s no more of it than of what does not exist', async (observer) => {
    const as = keys[observer];
    const conditions = route.method === 'GET' ? [undefined] : [undefined, '*', '"r1"', secret.etag];
    for (const search of searches(route)) {
      for (const ifMatch of conditions) {
        const where = { search, ifMatch };
        const byId = await attempt(route, secret.id, search, as, ifMatch);
        expect({ where, answer: byId }).toEqual({ where, answer: await attempt(route, absentId, search, as, ifMatch) });
        const bySlug = await attempt(route, secret.slug, search, as, ifMatch);
        expect({ where, answer: bySlug }).toEqual({
          where,
          answer: await attempt(route, absentSlug, search, as, ifMatch),
        });
      }
    }
    expect((await app.get(`/v1/articles/${secret.id}?perspective=draft`, { as: 'editor' })).headers.etag).toBe(
      secret.etag,
    );
  });
});

const section = (observer: string) => (observer === 'an editor elsewhere' ? inside : outside);
const writers = withKey.slice(1);

describe('what is there beside the article', () => {
  it.each(withKey)('`ids` leaves it out for %s', async (observer) => {
    const { body } = await app.get(`/v1/articles?perspective=draft&ids=${secret.id}&count=exact`, {
      as: keys[observer],
    });
    expect(body).toEqual({ data: [], page: { limit: 1, nextCursor: null, total: 0 } });
  });

  it.each(writers)('%s cannot relate an article to it, by id or by slug', async (observer) => {
    const as = keys[observer];
    const own = await makeArticle(app, { section: section(observer) }, as);
    for (const [name, absent] of [
      [secret.id, absentId],
      [secret.slug, absentSlug],
    ]) {
      const create = (related: string) =>
        app.post('/v1/articles', { title: 'x', section: section(observer), related: [related] }, { as });
      const patch = (related: string) =>
        app.patch(`/v1/articles/${own.id}`, { related: [related] }, { as, ifMatch: own.etag });
      for (const write of [create, patch]) {
        const answer = await write(name!);
        expect(answer).toMatchObject({ status: 422, body: { code: 'reference.not_found' } });
        expect(outline(answer, name!)).toEqual(outline(await write(absent!), absent!));
      }
    }
  });

  it('the drafts of articles that are related to it do not show it to whoever may not read it', async () => {
    const host = await makeArticle(app, { section: inside, related: [secret.id] });
    const reads = ['a viewer', 'a foreign writer', 'an editor elsewhere'];
    for (const observer of reads) {
      const one = await app.get(`/v1/articles/${host.id}?perspective=draft`, { as: keys[observer] });
      const list = await app.get(`/v1/articles?perspective=draft&ids=${host.id}`, { as: keys[observer] });
      expect([one.body.related, list.body.data[0].related]).toEqual([[], []]);
      expect(one.text + list.text).not.toContain(secret.id);
    }
    const edited = await app.patch(
      `/v1/articles/${host.id}`,
      { genre: 'x' },
      { as: keys[reads[2]!], ifMatch: host.etag },
    );
    expect([edited.status, edited.body.related]).toEqual([200, []]);
    const shown = await app.get(`/v1/articles/${host.id}?perspective=draft`, { as: 'editor' });
    expect(shown.body.related).toMatchObject([{ id: secret.id, title: secretTitle }]);
  });

  it.each(writers)(
    'its slug and external id are taken for %s, and the refusals do not say by what',
    async (observer) => {
      const as = keys[observer];
      const input = { title: 'x', section: section(observer) };
      const own = await makeArticle(app, input, as);
      const answers = [
        await app.post('/v1/articles', { ...input, slug: secret.slug }, { as }),
        await app.patch(`/v1/articles/${own.id}`, { slug: secret.slug }, { as, ifMatch: own.etag }),
        await app.post('/v1/articles', { ...input, externalId: 'mi' }, { as }),
        await app.patch(`/v1/articles/${own.id}`, { externalId: 'mi' }, { as, ifMatch: own.etag }),
        await app.put('/v1/articles/by-external-id/mi', input, { as }),
      ];
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
        [409, 'article.slug_taken'],
        [409, 'article.slug_taken'],
        [409, 'article.external_id_taken'],
        [409, 'article.external_id_taken'],
        [404, 'resource.not_found'],
      ]);
      for (const { text } of answers) {
        for (const word of [secret.id, secretTitle, 'embargo']) expect(text).not.toContain(word);
      }
    },
  );

  it.each(writers)('an import of the same story by %s is not refused as a twin', async (observer) => {
    const source = (await app.get(`/v1/sources/${named.source}`)).body.name;
    const place = (await app.get(`/v1/sections/${section(observer)}`)).body.name;
    const page = `首页 > ${place} > 正文\n\n${secretTitle}\n\n来源: ${source} 2020-05-27 14:48:49\n  正文一段,足够长。\n`;
    const send = (as: string | undefined) =>
      app.post('/v1/imports/page-text?dryRun=true', page, { as, type: 'text/plain' });
    expect((await send(keys[observer])).status).toBe(201);
    expect((await send('editor')).body).toMatchObject({
      code: 'article.already_imported',
      article: { id: secret.id },
    });
  });
});
