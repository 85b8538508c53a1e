// One article as the public reads it, now or at an instant before; and what stands in place of a retracted one.
import { isUuid } from '../../../core/ids.ts';
import { problem } from '../../../core/problems.ts';
import { formatInstant } from '../../../core/time.ts';
import type { Sql } from '../../../platform/db/db.ts';
import type { Moment } from '../../../platform/http/as-of.ts';
import { notFound } from '../../../platform/http/errors.ts';
import type { Address, PublicReading } from '../../../platform/http/public-read.ts';
import { findAbsence, type GoneRow } from '../queries/gone.ts';
import type { ReadContext } from '../queries/one.ts';
import { findPublished, type PublishedArticle } from '../queries/published.ts';
import { printArticle, type Shape, wantsBody } from '../view.ts';

export type PublishedOrder = {
  readonly idOrSlug: string;
  readonly moment: Moment;
  readonly context: ReadContext;
  readonly address: Address;
  readonly shape: Shape;
};

export async function readPublished(sql: Sql, order: PublishedOrder): Promise<PublicReading> {
  const { article, instead } = await openPublished(sql, order);
  if (article === null) return instead;
  const { surrogateKeys, changedAt: lastModified, endsAt, nextChangeAt } = article;
  return { content: printArticle(article, order.shape), surrogateKeys, lastModified, endsAt, nextChangeAt };
}

/** The article, or the answer that stands in its place: its new address, a notice, or that there is none. */
export type Opened =
  | { readonly article: PublishedArticle; readonly instead: null }
  | { readonly article: null; readonly instead: PublicReading };

export async function openPublished(sql: Sql, order: PublishedOrder, isRetry = false): Promise<Opened> {
  const { idOrSlug, context, moment, shape } = order;
  const article = await findPublished(sql, idOrSlug, context, wantsBody(shape));
  if (article === null) {
    const { gone, isShown, nextChangeAt } = await findAbsence(sql, idOrSlug, moment.at);
    if (isShown && !isRetry) return openPublished(sql, order, true);
    return { article, instead: { ...(gone === null ? describeAbsent() : describeGone(gone)), nextChangeAt } };
  }
  if (isUuid(idOrSlug) || article.slug === idOrSlug) return { article, instead: null };
  const { surrogateKeys, endsAt, nextChangeAt } = article;
  const location = addressUnder(article, order);
  return { article: null, instead: { location, surrogateKeys, endsAt, nextChangeAt, policy: 'moved' } };
}

/** With the slug of today; what is asked about the article stands behind it, as it did. */
function addressUnder({ slug }: PublishedArticle, { idOrSlug, context, address }: PublishedOrder): string {
  const behind = address.path.slice(`/v1/articles/${encodeURIComponent(idOrSlug)}`.length);
  const query = address.search.size === 0 ? '' : `?${address.search}`;
  return `${context.publicUrl}/v1/articles/${encodeURIComponent(slug)}${behind}${query}`;
}

/** Whatever becomes public next may be it. */
function describeAbsent(): PublicReading {
  return { problem: notFound(), surrogateKeys: ['articles'], policy: 'absent' };
}

/** Named in the purge of its article, so that a reinstated one is soon back. */
function describeGone({ id, notice, at }: GoneRow): PublicReading {
  const found = problem('article.gone', {
    detail: 'The newsroom has taken this article back; `notice` says why.',
    extensions: { articleId: id, retractedAt: formatInstant(at), notice },
  });
  return { problem: found, surrogateKeys: [`article:${id}`], policy: 'gone' };
}
