// One call of each write that the app declares, on things made for it: what holds for all writes is proved on each. A new
// route is missed by the tests until it stands here.
import { buildUnservedApp } from '../../../src/openapi.ts';
import { listDeclarations, type RouteFacts } from '../../../src/platform/http/declaration.ts';
import type { Answer, CallOptions, TestApp } from '../../support/app.ts';
import {
  makeArticle,
  makeEditor,
  makePublished,
  makeSection,
  makeSource,
  makeTag,
  publish,
} from '../../support/factories.ts';

export type Call = CallOptions & { readonly method: string; readonly path: string };

let count = 0;
/** A text that no other call has. */
export const unique = (text: string) => `${text} ${++count}`;

type Made = { id: string; etag: string };
const on = (made: Made, action: string, body?: object): Call => ({
  method: 'POST',
  path: `/v1/articles/${made.id}/${action}`,
  as: 'editor',
  ifMatch: made.etag,
  body,
});

async function act(app: TestApp, call: Call): Promise<Made> {
  const answer = await send(app, call);
  if (answer.status >= 300) throw new Error(`${call.method} ${call.path}: ${answer.status} ${answer.text}`);
  return { id: answer.body?.id, etag: answer.headers.etag! };
}

export const send = (app: TestApp, { method, path, ...options }: Call): Promise<Answer> =>
  app.call(method, path, options);

const inAnHour = (app: TestApp) => new Date(app.clock.now().getTime() + 3_600_000).toISOString();
const page = () =>
  `首页 > 产经 > 正文\n\n${unique('青岛再开放')}\n\n来源: 文化视界 2020-05-27 14:48:49\n  作为龙头城市的青岛,也有责任作出更大贡献。\n`;

const articleCalls: Record<string, (app: TestApp) => Promise<Call>> = {
  createArticle: async (app) => ({
    method: 'POST',
    path: '/v1/articles',
    as: 'editor',
    body: {
      title: unique('新稿'),
      tags: [unique('新标签')],
      section: (await makeSection(app)).slug,
      body: { text: '一' },
    },
  }),
  updateArticle: async (app) => {
    const made = await makeArticle(app);
    const body = { title: unique('改'), slug: unique('gai').replace(' ', '-'), tags: [unique('改标签')] };
    return { method: 'PATCH', path: `/v1/articles/${made.id}`, as: 'editor', ifMatch: made.etag, body };
  },
  upsertArticle: async () => ({
    method: 'PUT',
    path: `/v1/articles/by-external-id/${encodeURIComponent(unique('外部'))}`,
    as: 'editor',
    body: { title: unique('外稿') },
  }),
  trashArticle: async (app) => {
    const made = await makePublished(app);
    return { method: 'DELETE', path: `/v1/articles/${made.id}`, as: 'editor', ifMatch: made.etag };
  },
  untrashArticle: async (app) => {
    const made = await makeArticle(app);
    await app.delete(`/v1/articles/${made.id}`, { ifMatch: made.etag });
    return on({ id: made.id, etag: '"r2"' }, 'untrash');
  },
  purgeArticles: async (app) => {
    const made = await makeArticle(app);
    await app.delete(`/v1/articles/${made.id}`, { ifMatch: made.etag });
    app.clock.advance(60_000);
    return { method: 'POST', path: '/v1/articles/purge', as: 'admin', body: { olderThan: 'PT1S' } };
  },
  submitArticle: async (app) => on(await makeArticle(app), 'submit', { comment: '请审' }),
  returnArticle: async (app) => on(await act(app, on(await makeArticle(app), 'submit')), 'return', { comment: '再改' }),
  approveArticle: async (app) => on(await makeArticle(app), 'approve', { comment: '可以' }),
  publishArticle: async (app) => on(await makeArticle(app, { section: (await makeSection(app)).id }), 'publish'),
  unscheduleArticle: async (app) => on(await publish(app, await makeArticle(app), { at: inAnHour(app) }), 'unschedule'),
  unpublishArticle: async (app) => on(await makePublished(app), 'unpublish', { at: inAnHour(app) }),
  restoreArticle: async (app) => {
    const made = await makeArticle(app);
    const body = { title: unique('改') };
    const path = `/v1/articles/${made.id}`;
    return on(await act(app, { method: 'PATCH', path, as: 'editor', ifMatch: made.etag, body }), 'restore', {
      version: 1,
      reason: '原来的好',
    });
  },
  correctArticle: async (app) => on(await makePublished(app), 'correct', { note: '更正', changes: { summary: '正' } }),
  retractArticle: async (app) => on(await makePublished(app), 'retract', { notice: '撤稿', reason: '不实' }),
  reinstateArticle: async (app) =>
    on(await act(app, on(await makePublished(app), 'retract', { notice: '撤稿' })), 'reinstate', { reason: '属实' }),
  commentArticle: async (app) => ({ ...on(await makeArticle(app), 'comments', { text: '好' }), ifMatch: undefined }),
  createPreviewLink: async (app) => ({ ...on(await makeArticle(app), 'preview-links', {}), ifMatch: undefined }),
  revokePreviewLink: async (app) => {
    const path = `/v1/articles/${(await makeArticle(app)).id}/preview-links`;
    const link = await app.post(path, {});
    return { method: 'DELETE', path: `${path}/${link.body.id}`, as: 'editor' };
  },
};

const makers = { Section: makeSection, Editor: makeEditor, Source: makeSource, Tag: makeTag };

function recordCalls(noun: keyof typeof makers): Record<string, (app: TestApp) => Promise<Call>> {
  const path = `/v1/${noun.toLowerCase()}s`;
  const as = 'editor';
  return {
    [`create${noun}`]: async () => ({ method: 'POST', path, as, body: { name: unique('新') } }),
    [`update${noun}`]: async (app) => {
      const { id, etag } = await makers[noun](app);
      return { method: 'PATCH', path: `${path}/${id}`, as, ifMatch: etag, body: { name: unique('改') } };
    },
    [`upsert${noun}`]: async () => {
      const address = `${path}/by-external-id/${encodeURIComponent(unique('外部'))}`;
      return { method: 'PUT', path: address, as, body: { name: unique('外') } };
    },
    [`trash${noun}`]: async (app) => {
      const { id, etag } = await makers[noun](app);
      return { method: 'DELETE', path: `${path}/${id}`, as, ifMatch: etag };
    },
    [`untrash${noun}`]: async (app) => {
      const { id, etag } = await makers[noun](app);
      await app.delete(`${path}/${id}`, { ifMatch: etag });
      return { method: 'POST', path: `${path}/${id}/untrash`, as, ifMatch: '"r2"' };
    },
  };
}

/** By operation id. */
export const everyWrite: Readonly<Record<string, (app: TestApp) => Promise<Call>>> = {
  ...articleCalls,
  ...recordCalls('Section'),
  ...recordCalls('Editor'),
  ...recordCalls('Source'),
  ...recordCalls('Tag'),
  importPageText: async () => ({
    method: 'POST',
    path: '/v1/imports/page-text',
    as: 'editor',
    type: 'text/plain',
    body: page(),
  }),
  createApiKey: async () => ({
    method: 'POST',
    path: '/v1/api-keys',
    as: 'admin',
    body: { name: unique('网站'), role: 'viewer' },
  }),
  revokeApiKey: async (app) => {
    const made = await app.post('/v1/api-keys', { name: unique('旧'), role: 'viewer' }, { as: 'admin' });
    return { method: 'DELETE', path: `/v1/api-keys/${made.body.id}`, as: 'admin' };
  },
  createSearchTerm: async () => ({
    method: 'POST',
    path: '/v1/search/terms',
    as: 'admin',
    body: { text: unique('新词').replace(' ', '') },
  }),
  deleteSearchTerm: async (app) => {
    const made = await app.post('/v1/search/terms', { text: unique('旧词').replace(' ', '') }, { as: 'admin' });
    return { method: 'DELETE', path: `/v1/search/terms/${made.body.id}`, as: 'admin' };
  },
  runBatch: async () => ({
    method: 'POST',
    path: '/v1/batch',
    as: 'editor',
    body: {
      operations: [
        { name: 'section', method: 'POST', path: '/v1/sections', body: { name: unique('栏') } },
        { method: 'POST', path: '/v1/articles', body: { title: unique('批'), section: { $ref: 'section' } } },
      ],
    },
  }),
};

/** Every route of the app that is no read. */
export async function listWrites(): Promise<RouteFacts[]> {
  const unserved = await buildUnservedApp();
  const routes = listDeclarations(unserved).filter(({ method }) => method !== 'GET');
  await unserved.close();
  return routes;
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What two answers to the same call must have in common: ids that were made for each are told apart only by their order. */
export function comparable(text: string): unknown {
  const seen: string[] = [];
  const numbered = text.replaceAll(uuid, (id) => {
    if (!seen.includes(id)) seen.push(id);
    return `id ${seen.indexOf(id)}`;
  });
  return numbered === '' ? null : JSON.parse(numbered);
}
