// Articles as the public reads them, now or at an instant before; and what stands in place of a retracted one.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUuid } from '../../../core/ids.ts';
import { problem } from '../../../core/problems.ts';
import { formatInstant } from '../../../core/time.ts';
import { grantOf, type Principal } from '../../../platform/auth/principal.ts';
import {
  type CachePolicyName,
  cachePolicies,
  formatCacheControl,
  noStore,
  policyOfPast,
} from '../../../platform/delivery/policy.ts';
import { type PublicAnswer, sendPrivate, sendPublic, varyBy } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import { type Moment, readMoment } from '../../../platform/http/as-of.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { findGone, type GoneRow } from '../queries/gone.ts';
import { findPublished, type PublishedRow, type ReadContext } from '../queries/one.ts';
import { printArticle, type Shape, wantsBody } from '../view.ts';

export type Reading = {
  readonly moment: Moment;
  readonly context: ReadContext;
  /** What is answered is this key's alone: it sees the past as it was, retracted articles included. */
  readonly isPrivate: boolean;
};

type Asked = { readonly asOf?: string | undefined; readonly perspective: 'published' | 'draft' };

export function openReading(deps: Deps, reply: FastifyReply, principal: Principal | null, asked: Asked): Reading {
  const moment = readMoment(asked, deps.clock.now(), deps.config.timeZone);
  const context = { now: moment.at, publicUrl: deps.publicUrl };
  if (!moment.isPast) return { moment, context, isPrivate: false };
  const isPrivate = principal !== null && grantOf(principal, 'draft.read') !== 'none';
  varyBy(reply, 'Authorization');
  return { moment, context: { ...context, retractedWithin: isPrivate ? principal.sectionIds : [] }, isPrivate };
}

export async function sendPublished(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  idOrSlug: string,
  reading: Reading,
  shape: Shape,
) {
  const row = await findPublished(deps.db.sql, idOrSlug, reading.context, wantsBody(shape));
  if (row === null) {
    const gone = await findGone(deps.db.sql, idOrSlug, reading.moment.at);
    throw gone === null ? notFound() : describeGone(gone, reading);
  }
  if (!isUuid(idOrSlug) && row.slug !== idOrSlug) return redirect(deps, request, reply, row, reading);
  const answer = {
    content: printArticle(row, shape),
    surrogateKeys: row.surrogate_keys,
    lastModified: row.changed_at,
    endsAt: row.ends_at,
  };
  return sendReading(request, reply, answer, reading, 'article');
}

/** `policy`: of an answer about the present. */
export function sendReading(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: PublicAnswer,
  { moment: { at, now, isPast }, isPrivate }: Reading,
  policy: Exclude<CachePolicyName, 'private'>,
): FastifyReply {
  if (isPrivate) return sendPrivate(reply, answer.content);
  return sendPublic(request, reply, answer, isPast ? policyOfPast(at, now) : policy, now);
}

// Short, so that a slug which moves again is soon followed; purges name the article.
const redirectCacheControl = 'public, max-age=60';

function redirect(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  row: PublishedRow,
  { isPrivate }: Reading,
): FastifyReply {
  const search = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
  reply.code(301).header('Location', `${deps.publicUrl}/v1/articles/${encodeURIComponent(row.slug)}${search}`);
  if (isPrivate) return reply.header('Cache-Control', noStore).send();
  const headers = { 'Cache-Control': redirectCacheControl, 'Surrogate-Key': row.surrogate_keys.join(' ') };
  return reply.headers(headers).send();
}

/** Named in the purge of its article, so that a reinstated one is soon back. */
function describeGone({ id, notice, at }: GoneRow, { moment, isPrivate }: Reading) {
  const headers = {
    'Cache-Control': formatCacheControl(cachePolicies.gone, moment.now, null),
    'Surrogate-Key': `article:${id}`,
  };
  return problem('article.gone', {
    detail: 'The newsroom has taken this article back; `notice` says why.',
    extensions: { articleId: id, retractedAt: formatInstant(at), notice },
    headers: isPrivate ? { 'Cache-Control': noStore } : headers,
  });
}
