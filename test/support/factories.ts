// The smallest valid thing of each kind, made over HTTP and returned; a test names only what it is about.
import type { Answer, TestApp } from './app.ts';

let count = 0;
const next = () => {
  count += 1;
  return count;
};

// biome-ignore lint/suspicious/noExplicitAny: the contract has checked the shape.
type Made = { etag: string; body: any; id: string; slug: string };

function made(answer: Answer): Made {
  if (answer.status >= 300) throw new Error(`not made: ${answer.status} ${answer.text}`);
  return { etag: answer.headers.etag!, body: answer.body, id: answer.body.id, slug: answer.body.slug };
}

export async function makeArticle(app: TestApp, input: object = {}, as = 'editor'): Promise<Made> {
  return made(await app.post('/v1/articles', { title: `稿件 ${next()}`, ...input }, { as }));
}

export async function publish(app: TestApp, article: { id: string; etag: string }, order?: object): Promise<Made> {
  return made(await app.post(`/v1/articles/${article.id}/publish`, order, { ifMatch: article.etag }));
}

/** Published at the clock's instant. */
export async function makePublished(app: TestApp, input: object = {}, order?: object): Promise<Made> {
  return publish(app, await makeArticle(app, input), order);
}

export async function makeSection(app: TestApp, input: object = {}): Promise<Made> {
  return made(await app.post('/v1/sections', { name: `栏目 ${next()}`, ...input }));
}

export async function makeEditor(app: TestApp, input: object = {}): Promise<Made> {
  return made(await app.post('/v1/editors', { name: `编辑 ${next()}`, ...input }));
}

export async function makeSource(app: TestApp, input: object = {}): Promise<Made> {
  return made(await app.post('/v1/sources', { name: `来源 ${next()}`, ...input }));
}

export async function makeTag(app: TestApp, input: object = {}): Promise<Made> {
  return made(await app.post('/v1/tags', { name: `标签 ${next()}`, ...input }));
}
