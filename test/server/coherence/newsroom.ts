// What the hammered newsroom has: a tree of sections, editors, tags and stories.
import type { Desk } from './desk.ts';

/** The slugs that a story has in turns. */
export const slugsOf = (story: number) => [`story-${story}`, `story-${story}-too`] as const;

export type Thing = { readonly id: string; readonly slug: string };

export type Newsroom = Desk & {
  readonly sections: readonly Thing[];
  readonly editors: readonly Thing[];
  readonly tags: readonly Thing[];
  readonly stories: readonly Thing[];
  /** Slugs of articles that are about to appear, the next one last. */
  readonly soon: string[];
};

export async function furnish(desk: Desk): Promise<Newsroom> {
  async function make(path: string, body: object): Promise<Thing> {
    const reply = await desk.write('POST', path, body);
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
  const tags = await makeAll(2, '/v1/tags', (n) => ({ name: `标签 ${n}`, slug: `tag-${n}` }));
  const stories = await makeAll(8, '/v1/articles', (n) => ({
    title: `稿件 ${n}`,
    slug: slugsOf(n)[0],
    body: { text: `稿件 ${n}` },
    section: sections[n % 4]!.slug,
    tags: [tags[n % 2]!.slug],
    credits: [{ role: 'author', editor: editors[n % 2]!.slug }],
  }));
  return { ...desk, sections, editors, tags, stories, soon: ['soon-0'] };
}
