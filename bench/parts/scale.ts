// The reads whose cost must not depend on how much there is, from the database, at many articles beside the same at few;
// and a page far behind beside the first.
import { encodeCursor } from '../../src/core/cursor.ts';
import { articleListQuery, fingerprintArticles } from '../../src/resources/articles/queries/query.ts';
import { fetchBytes } from '../answers.ts';
import { type Comparison, compare } from '../compare.ts';
import { branchCount, editorCount, sectionCount, sourceCount, tagCount } from '../data.ts';
import type { Started } from '../processes.ts';
import { type Stage, withoutLimits } from '../stage.ts';
import { type Part, slugsOf, usualCount } from './part.ts';

const sampleCount = 10_000;
const farRow = 500_000;
const farPages = 20;
const limit = 20;

export const measureScale: Part = async ({ options, provideData, onData }) => {
  const count = options.articles!;
  const [few, many] = [await provideData('articles', usualCount), await provideData('articles', count)];
  return onData('few', few, (atFew) =>
    onData('many', many, async (atMany) => {
      const cold = { CACHE_SIZE_BYTES: '0', ...withoutLimits };
      const [small, large] = [await atFew.startOurs(cold), await atMany.startOurs(cold)];
      const beside = `at ${usualCount}`;
      const comparisons: Comparison[] = [];
      for (const [name, paths] of Object.entries(listLists())) {
        const work = `${name}, cold, at ${count}`;
        const other = await atFew.target(small, paths);
        comparisons.push({ work, beside, aim: { atMost: 1.3 }, ours: await atMany.target(large, paths), other });
      }
      for (const by of ['id', 'slug'] as const) {
        const [ours, other] = [
          await atMany.target(large, await samplePaths(atMany, count, by)),
          await atFew.target(small, await samplePaths(atFew, usualCount, by)),
        ];
        comparisons.push({
          work: `one article by ${by}, cold, at ${count}`,
          beside,
          aim: { atMost: 1.3 },
          ours,
          other,
        });
      }
      comparisons.push(await compareFarPage(atMany, large, count));
      return compare(comparisons, options);
    }),
  );
};

function listLists(): Record<string, string[]> {
  const sections = slugsOf(sectionCount);
  const of = (name: string, slugs: readonly string[]) => slugs.map((slug) => `${name}=${slug}`);
  const within = (queries: readonly string[]) =>
    sections.flatMap((section) => queries.map((query) => `section=${section}&${query}`));
  const sources = of('source', ['wen-hua-shi-jie', ...slugsOf(sourceCount - 1, 'bench-source')]);
  const editors = of('editor', ['liu-ying-ying', ...slugsOf(editorCount - 1, 'bench-editor')]);
  const tags = of('tag', slugsOf(tagCount, 'bench-tag'));
  const queries: Record<string, readonly string[]> = {
    'no filter': [''],
    'a branch': of('section', slugsOf(branchCount, 'branch')),
    'a source': sources,
    'an editor': editors,
    'a tag': tags,
    'a section and a source': within(sources),
    'a section and an editor': within(editors),
    'a section and a tag': within(tags),
  };
  return Object.fromEntries(
    Object.entries(queries).flatMap(([name, each]) =>
      (['publishedAt', 'updatedAt'] as const).map((sort) => [
        `list of ${name} by ${sort}`,
        each.map((query) => `/v1/articles?sort=-${sort}${query && `&${query}`}`),
      ]),
    ),
  );
}

/** Articles spread evenly over all of them. */
async function samplePaths({ client }: Stage, count: number, by: 'id' | 'slug'): Promise<string[]> {
  const sampled = Math.min(sampleCount, count);
  const slugs = Array.from({ length: sampled }, (_, n) => `bench-${1 + Math.floor((n * count) / sampled)}`);
  if (by === 'slug') return slugs.map((slug) => `/v1/articles/${slug}`);
  const { rows } = await client.query<{ id: string }>(
    'select article_id::text as id from article_slug where slug = any($1::text[])',
    [slugs],
  );
  return rows.map(({ id }) => `/v1/articles/${id}`);
}

async function compareFarPage(stage: Stage, ours: Started, count: number): Promise<Comparison> {
  const row = Math.min(farRow, Math.floor(count / 2));
  const { rows } = await stage.client.query<{ id: string; at: Date }>(
    `select article_id::text as id, published_at as at from publication order by published_at desc, article_id desc
     offset $1 limit $2`,
    [row - 1, farPages * limit],
  );
  const fingerprint = fingerprintArticles(articleListQuery.parse({}));
  const pages = rows
    .filter((_row, n) => n % limit === 0)
    .map(({ id, at }) => `/v1/articles?cursor=${encodeCursor(fingerprint, { value: at.toISOString(), id })}`);
  const { bytes } = await fetchBytes(ours.origin + pages[0]);
  const [first] = (JSON.parse(bytes.toString()) as { data: { id: string }[] }).data;
  if (first?.id !== rows[1]!.id) throw new Error(`The page at row ${row} begins with another article.`);
  return {
    work: `page at row ${row} by cursor, cold, of ${count}`,
    beside: 'first page',
    aim: { atMost: 1.2 },
    ours: await stage.target(ours, pages),
    other: await stage.target(ours, ['/v1/articles']),
  };
}
