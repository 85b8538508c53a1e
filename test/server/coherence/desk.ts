// The desk through which all writes of the hammered newsroom go: each is told to the chronicle, with what came of it.
import { randomUUID } from 'node:crypto';
import type { Chronicle } from './chronicle.ts';
import { type Client, openClient, type Reply } from './client.ts';
import type { Contents } from './judge.ts';
import type { Content, Named } from './model.ts';

export const key = 'a-bootstrap-key-of-more-than-32-characters';

export type Desk = {
  /** What is written at this moment, or was last: ids of stories, slugs of records. */
  readonly focus: readonly string[];
  write(method: string, path: string, body?: object): Promise<Reply>;
  /** The `Data-Version` of the last write that was answered, and its position. */
  newest(): { readonly version: string; readonly position: number };
  close(): void;
};

// biome-ignore lint/suspicious/noExplicitAny: whatever came.
type View = any;

export function openDesk(url: string, chronicle: Chronicle, contents: Contents): Desk {
  const clients: Client[] = [];
  const focus: string[] = [];
  // Articles name tags by their slugs, which stay.
  const tagIds = new Map<string, string>();
  let newest = { version: '', position: 0 };
  return {
    focus,
    async write(method, path, body) {
      const client = clients.pop() ?? openClient(url);
      const requestId = randomUUID();
      focus.unshift(subjectOf(path, body));
      focus.splice(4);
      const written = chronicle.begin(requestId);
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const headers = { Authorization: `Bearer ${key}`, 'If-Match': '*', ...(body && { 'Content-Type': type }) };
      const reply = await client.send(path, { method, headers, body, requestId });
      const version = reply.headers['data-version'] as string | undefined;
      if (version !== undefined) {
        written.position = Number(version.split('.', 1)[0]);
        if (written.position > newest.position) newest = { version, position: written.position };
        if (/^\/v1\/(?:section|editor|tag)s/.test(path)) written.record = toNamed(reply.body);
        if (path === '/v1/tags') tagIds.set(reply.body.slug, reply.body.id);
        for (const view of listArticles(reply.body))
          contents.set(`${view.id}:${view.version}`, toContent(view, tagIds));
      }
      chronicle.end(written);
      clients.push(client);
      return reply;
    },
    newest: () => newest,
    close: () => {
      for (const client of clients) client.close();
    },
  };
}

const listArticles = (body: View): View[] =>
  (body?.results?.map((result: View) => result.body) ?? [body]).filter((view: View) => view?.version !== undefined);

const toContent = ({ title, section, tags, credits }: View, tagIds: ReadonlyMap<string, string>): Content => ({
  title,
  section: section?.id ?? null,
  tags: tags.map(({ slug }: View) => tagIds.get(slug)),
  editors: credits.map(({ editor }: View) => editor.id),
});

/** Whose address it is; of a batch, that of its first operation. */
function subjectOf(path: string, body: View): string {
  const address: string = path === '/v1/batch' ? body.operations[0].path : path;
  return address.split('/')[3] ?? '';
}

const toNamed = ({ id, slug, name, parent }: View): Named => ({ id, slug, name, parent: parent?.id ?? null });
