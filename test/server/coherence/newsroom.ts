// What the hammered newsroom has: a tree of sections, editors, tags and stories, and one desk through which all writes go.
import { randomUUID } from 'node:crypto';
import { type Client, openClient, type Reply } from './client.ts';
import type { Judge } from './judge.ts';
import type { Content, Named } from './model.ts';

export const key = 'a-bootstrap-key-of-more-than-32-characters';

/** Up to this number of slugs a story has in turns. */
export const slugsOf = (story: number) => [`story-${story}`, `story-${story}-too`] as const;

export type Thing = { readonly id: string; readonly slug: string };

export type Newsroom = {
  readonly sections: readonly Thing[];
  readonly editors: readonly Thing[];
  readonly tags: readonly Thing[];
  readonly stories: readonly Thing[];
  /** What is written at this moment, or was last: ids of stories, slugs of records. */
  readonly focus: string[];
  /** Slugs of articles that are about to appear, the next one last. */
  readonly soon: string[];
  write(method: string, path: string, body?: object): Promise<Reply>;
  /** The `Data-Version` of the last write that was answered, and its position. */
  newest(): { readonly version: string; readonly position: number };
  close(): void;
};

// biome-ignore lint/suspicious/noExplicitAny: whatever came.
type View = any;

export async function openNewsroom(url: string, judge: Judge): Promise<Newsroom> {
  const clients: Client[] = [];
  const focus: string[] = [];
  let newest = { version: '', position: 0 };

  async function write(method: string, path: string, body?: object): Promise<Reply> {
    const client = clients.pop() ?? openClient(url);
    const requestId = randomUUID();
    focus.unshift(subjectOf(path, body));
    focus.splice(3);
    const written = judge.begin(requestId);
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const headers = { Authorization: `Bearer ${key}`, 'If-Match': '*', ...(body && { 'Content-Type': type }) };
    const reply = await client.send(path, { method, headers, body, requestId });
    if (reply.status < 300) note(path, reply.body);
    const version = reply.headers['data-version'] as string | undefined;
    if (version !== undefined) {
      written.position = Number(version.split('.', 1)[0]);
      if (written.position > newest.position) newest = { version, position: written.position };
      if (/^\/v1\/(?:section|editor|tag)s/.test(path)) written.record = toNamed(reply.body);
    }
    judge.end(written);
    clients.push(client);
    return reply;
  }

  function note(path: string, body: View): void {
    const views: View[] = path === '/v1/batch' ? body.results.map((result: View) => result.body) : [body];
    for (const view of views)
      if (view?.version !== undefined) judge.contents.set(`${view.id}:${view.version}`, toContent(view));
  }

  /** Tags have no ids in an article; their slugs stay. */
  let tags: Thing[] = [];
  const toContent = (view: View): Content => ({
    title: view.title,
    section: view.section?.id ?? null,
    tags: view.tags.map(({ slug }: View) => tags.find((tag) => tag.slug === slug)!.id),
    editors: view.credits.map(({ editor }: View) => editor.id),
  });

  async function make(path: string, body: object): Promise<Thing> {
    const reply = await write('POST', path, body);
    if (reply.status !== 201) throw new Error(`not made: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }
  const makeAll = async (count: number, path: string, body: (n: number) => object) => {
    const made: Thing[] = [];
    for (let n = 0; n < count; n += 1) made.push(await make(path, body(n)));
    return made;
  };

  const sections = await makeAll(2, '/v1/sections', (n) => ({ name: `根 ${n}`, slug: `root-${n}` }));
  sections.push(await make('/v1/sections', { name: '枝', slug: 'branch', parent: 'root-0' }));
  sections.push(await make('/v1/sections', { name: '叶', slug: 'leaf', parent: 'branch' }));
  const editors = await makeAll(2, '/v1/editors', (n) => ({ name: `编辑 ${n}`, slug: `editor-${n}` }));
  tags = await makeAll(2, '/v1/tags', (n) => ({ name: `标签 ${n}`, slug: `tag-${n}` }));
  const stories = await makeAll(8, '/v1/articles', (n) => ({
    title: `稿件 ${n}`,
    slug: slugsOf(n)[0],
    body: { text: `稿件 ${n}` },
    section: sections[n % 4]!.slug,
    tags: [tags[n % 2]!.slug],
    credits: [{ role: 'author', editor: editors[n % 2]!.slug }],
  }));
  return {
    sections,
    editors,
    tags,
    stories,
    focus,
    soon: ['soon-0'],
    write,
    newest: () => newest,
    close: () => {
      for (const client of clients) client.close();
    },
  };
}

/** Whose address it is; of a batch, that of its first operation. */
function subjectOf(path: string, body: View): string {
  const address: string = path === '/v1/batch' ? body.operations[0].path : path;
  return address.split('/')[3] ?? '';
}

const toNamed = ({ id, slug, name, parent }: View): Named => ({ id, slug, name, parent: parent?.id ?? null });
