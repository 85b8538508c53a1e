// What to read beside an article: first what the newsroom put there (相关阅读), then what is most like it.
import type { Sql } from '../../../platform/db/db.ts';
import type { Deps } from '../../../platform/deps.ts';
import type { Address, PublicReading } from '../../../platform/http/public-read.ts';
import { isVisible } from '../../../resources/articles/queries/json.ts';
import type { PublishedArticle } from '../../../resources/articles/queries/published.ts';
import { openPublished } from '../../../resources/articles/routes/published.ts';
import { printArticle } from '../../../resources/articles/view.ts';
import { readArticles } from '../results.ts';
import type { RelatedQuery } from './schemas.ts';
import { findSimilar } from './similar.ts';

type Asked = {
  readonly idOrSlug: string;
  readonly query: RelatedQuery;
  readonly address: Address;
  readonly now: Date;
};

// How fresh things are changes by itself, slowly.
const freshForMs = 60 * 60_000;

export async function readRelated(deps: Deps, sql: Sql, asked: Asked): Promise<PublicReading> {
  const { idOrSlug, query, address, now } = asked;
  const { article, instead } = await openPublished(sql, {
    idOrSlug,
    moment: { now, at: now, isPast: false },
    context: { now, publicUrl: deps.publicUrl },
    address,
    shape: { body: 'none' },
  });
  if (article === null) return instead;
  const { curated, similar } = await chooseRelated(deps, sql, article, asked);
  const ids = [...curated, ...similar];
  const [read, endsAt] = await Promise.all([
    readArticles(deps, sql, { query, now, reader: undefined }, ids),
    findEnd(sql, ids, now),
  ]);
  const isCurated = new Set(curated);
  const data = read.rows.map((row) =>
    printArticle(row, query, { relation: isCurated.has(row.id) ? 'curated' : 'similar' }),
  );
  return {
    content: `{"data":[${data.join(',')}]}`,
    surrogateKeys: [...new Set([...article.surrogateKeys, ...read.surrogateKeys])],
    lastModified: read.lastModified,
    endsAt: earliest(article.endsAt, endsAt),
    nextChangeAt: earliest(article.nextChangeAt, read.nextChangeAt, new Date(now.getTime() + freshForMs)),
  };
}

async function chooseRelated(deps: Deps, sql: Sql, article: PublishedArticle, { query, now }: Asked) {
  const { id, related } = JSON.parse(article.json) as { id: string; related: { id: string }[] };
  const curated = related
    .map((card) => card.id)
    .filter((relatedId) => relatedId !== id)
    .slice(0, query.limit);
  const limit = query.limit - curated.length;
  const similar =
    limit === 0
      ? []
      : await findSimilar(sql, { articleId: id, without: new Set(curated), now, config: deps.config, limit });
  return { curated, similar };
}

// By publication_article_id_idx.
const selectEnd = `
  select min(p.visible_until) as ends_at from publication p
  where p.article_id = any($1::uuid[]) and ${isVisible('p', '$2')}`;

async function findEnd(sql: Sql, ids: readonly string[], now: Date): Promise<Date | null> {
  const [row] = await sql.rows<{ ends_at: Date | null }>(selectEnd, [ids, now.toISOString()], 'search_related_end');
  return row!.ends_at;
}

function earliest(...instants: readonly (Date | null)[]): Date | null {
  const known = instants.flatMap((instant) => instant?.getTime() ?? []);
  return known.length === 0 ? null : new Date(Math.min(...known));
}
