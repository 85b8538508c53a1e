// A small newsroom for the tests of lists: a tree of sections, sources, editors, tags, and articles in every state. What
// a list should hold is told by a model: single reads, filtered and sorted here.
import type { Answer, TestApp } from '../../support/app.ts';
import {
  makeArticle,
  makeEditor,
  makePublished,
  makeSection,
  makeSource,
  makeTag,
  publish,
} from '../../support/factories.ts';

export type Listed = {
  id: string;
  title: string;
  publishedAt: string | null;
  createdAt?: string;
  updatedAt: string;
  section: { breadcrumb: { slug: string }[] } | null;
  source: { slug: string } | null;
  credits: { editor: { slug: string } | null }[];
  tags: { slug: string }[];
};

// Deeper first, so that a branch has articles on every level; null: filed nowhere.
const places = ['jing-ji', 'chan-jing', 'gang-kou', 'ti-yu', null];
const sources = ['wen-hua', 'xin-hua', null];
const editors = [['liu'], ['zhao'], ['liu', 'zhao'], []];
const tags = [['两会'], ['开放'], ['两会', '开放'], ['港口', '两会'], []];
const titles = ['上海', '广州', '安徽', '重庆', '北京', '青岛'];

/** Makes everything; answers the ids of all articles, hidden ones included. */
export async function makeNewsroom(app: TestApp): Promise<string[]> {
  await makeSection(app, { name: '经济', slug: 'jing-ji' });
  await makeSection(app, { name: '产经', slug: 'chan-jing', parent: 'jing-ji' });
  await makeSection(app, { name: '港口', slug: 'gang-kou', parent: 'chan-jing' });
  await makeSection(app, { name: '体育', slug: 'ti-yu' });
  for (const slug of ['wen-hua', 'xin-hua']) await makeSource(app, { slug });
  for (const slug of ['liu', 'zhao']) await makeEditor(app, { slug });
  for (const [slug, name] of [
    ['liang-hui', '两会'],
    ['kai-fang', '开放'],
    ['gang-kou', '港口'],
  ])
    await makeTag(app, { slug, name });
  const ids: string[] = [];
  for (let i = 0; i < 30; i += 1) {
    // Four to an instant, so that every sort has ties.
    if (i % 4 === 0) app.clock.advance(60_000);
    const article = await makePublished(app, contentOf(i));
    ids.push(article.id);
    if (i % 7 === 3) await update(app, ids[i - 2]!);
  }
  app.clock.advance(60_000);
  return [...ids, ...(await makeHidden(app))];
}

export function contentOf(i: number): object {
  return {
    title: titles[i % titles.length],
    section: places[i % places.length],
    source: sources[i % sources.length],
    credits: editors[i % editors.length]!.map((editor) => ({ role: 'author', editor })),
    // Not in step with the sections.
    tags: tags[(i * 3 + Math.floor(i / 5)) % tags.length],
  };
}

async function update(app: TestApp, id: string): Promise<void> {
  const draft = await app.patch(`/v1/articles/${id}`, { summary: '更新' }, { ifMatch: '*' });
  await publish(app, { id, etag: draft.headers.etag! });
}

/** Drafts, scheduled, expired, withdrawn and trashed ones that every filter would find. */
async function makeHidden(app: TestApp): Promise<string[]> {
  const fromNow = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString();
  const all = { ...contentOf(0), tags: ['两会', '开放', '港口'], title: '成都' };
  const draft = await makeArticle(app, all);
  const scheduled = await publish(app, await makeArticle(app, all), { at: fromNow(86_400_000) });
  const expired = await makePublished(app, all, { until: fromNow(30_000) });
  const withdrawn = await makePublished(app, all);
  await app.post(`/v1/articles/${withdrawn.id}/unpublish`, undefined, { ifMatch: withdrawn.etag });
  const trashed = await makePublished(app, all);
  await app.delete(`/v1/articles/${trashed.id}`, { ifMatch: trashed.etag });
  app.clock.advance(60_000);
  return [draft, scheduled, expired, withdrawn, trashed].map(({ id }) => id);
}

/** What single reads answer of these articles; those that are not there are left out. */
export async function readAll(app: TestApp, ids: readonly string[], perspective: string, as?: string) {
  const found: Listed[] = [];
  for (const id of ids) {
    const { status, body } = await app.get(`/v1/articles/${id}?perspective=${perspective}&body=none`, { as });
    if (status === 200) found.push(body);
  }
  return found;
}

const collator = new Intl.Collator('zh-u-co-pinyin');
const keyOf: Record<string, (row: Listed) => string> = {
  publishedAt: (row) => row.publishedAt ?? row.createdAt!,
  updatedAt: (row) => row.updatedAt,
};

/** Sorted as the contract says; rows that tie by id, in the direction of the sort. */
export function sortArticles(rows: readonly Listed[], sort: string): Listed[] {
  const sign = sort.startsWith('-') ? -1 : 1;
  const field = sort.replace('-', '');
  return rows.toSorted((a, b) => {
    const order = field === 'title' ? collator.compare(a.title, b.title) : compare(keyOf[field]!(a), keyOf[field]!(b));
    return sign * (order === 0 ? compare(a.id, b.id) : order);
  });
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

/** Follows `Link` to the last page. */
export async function walk(app: TestApp, path: string, as?: string): Promise<Answer[]> {
  const pages: Answer[] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const page: Answer = await app.get(next, { as });
    if (page.status !== 200) throw new Error(`${next}: ${page.status} ${page.text}`);
    pages.push(page);
    if (pages.length > 100) throw new Error(`${path} does not end`);
    next = /^<https:\/\/news\.test(.+)>; rel="next"$/.exec(page.headers.link ?? '')?.[1];
    if ((next === undefined) !== (page.body.page.nextCursor === null)) throw new Error('Link and nextCursor differ');
  }
  return pages;
}
