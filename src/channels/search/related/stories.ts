// Chooses what is shown of the similar articles, the most similar first: no two that tell one story, and none that tells
// again what is shown anyway.
import type { Sql } from '../../../platform/db/db.ts';
import type { Hit } from '../match/statements.ts';
import { findRetold, nameOf, type Pair } from './retold.ts';

type Order = {
  readonly articleId: string;
  /** Those that are shown anyway. */
  readonly curated: readonly string[];
  /** The most similar first. */
  readonly hits: readonly Hit[];
  readonly limit: number;
  readonly now: Date;
};

type Stories = {
  readonly ids: readonly string[];
  /** How many tell again what the article does. */
  readonly copies: number;
};

// What tells the article again has nearly all that it is about.
const coverMin = 0.8;
// One statement compares as many as are shown, and some more for those that drop out. To compare two takes a tenth of a
// millisecond.
const spare = 6;

/** Goes on with the next ones until there are enough; they are two hundred at most (similar.ts). */
export async function chooseStories(sql: Sql, { articleId, curated, hits, limit, now }: Order): Promise<Stories> {
  const ofArticle = hits.filter(({ cover }) => cover > coverMin).map(({ id }): Pair => [articleId, id]);
  const retold = new Set<string>();
  const ids: string[] = [];
  const isTold = (id: string) => [articleId, ...curated, ...ids].some((other) => retold.has(nameOf(other, id)));
  const size = limit + spare;
  for (let from = 0; from < hits.length && ids.length < limit; from += size) {
    const next = hits
      .slice(from, from + size)
      .map(({ id }) => id)
      .filter((id) => !isTold(id));
    const shown = [...curated, ...ids];
    const pairs = next.flatMap((id, n) => [...shown, ...next.slice(0, n)].map((other): Pair => [other, id]));
    for (const pair of await findRetold(sql, from === 0 ? [...ofArticle, ...pairs] : pairs, now)) retold.add(pair);
    for (const id of next) if (ids.length < limit && !isTold(id)) ids.push(id);
  }
  return { ids, copies: ofArticle.filter(([, id]) => retold.has(nameOf(articleId, id))).length };
}
