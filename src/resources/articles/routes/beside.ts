// Reading what stands beside an article, for who may read its draft. For everybody else neither is there.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { fingerprintList } from '../../../core/cursor.ts';
import { requireKey } from '../../../platform/auth/authenticate.ts';
import type { Principal } from '../../../platform/auth/principal.ts';
import { type Reader, readerOf } from '../../../platform/auth/reader.ts';
import { sendPrivate } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { linkNextPage } from '../../../platform/http/listing.ts';
import { cursorParameter, limitParameter } from '../../../platform/http/parameters.ts';
import { cutPage, type PageOrder, readPageOrder } from '../queries/beside.ts';
import { findReadable, type Readable } from '../queries/readable.ts';

export type Opened = { readonly article: Readable; readonly reader: Reader; readonly principal: Principal };

export async function openReadable({ db, clock }: Deps, asking: Principal | null, idOrSlug: string): Promise<Opened> {
  const principal = requireKey(asking);
  const reader = readerOf(principal);
  const article = await findReadable(db.sql, idOrSlug, reader, clock.now());
  if (article === null) throw notFound();
  return { article, reader, principal };
}

export const pageQuery = z.strictObject({ limit: limitParameter, cursor: cursorParameter });

type Row = { readonly id: string; readonly createdAt: Date };
type Listed<R> = { list(order: PageOrder): Promise<R[]>; toView(row: R): object };

/** `identity`: what tells this list from others. */
export async function sendNewestFirst<R extends Row>(
  { publicUrl }: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: { query: z.output<typeof pageQuery>; identity: readonly string[] },
  { list, toView }: Listed<R>,
): Promise<FastifyReply> {
  const fingerprint = fingerprintList(asked.identity);
  const order = readPageOrder(asked.query, fingerprint);
  const { shown, page } = cutPage(await list(order), order, fingerprint);
  linkNextPage(request, reply, publicUrl, page);
  return sendPrivate(reply, { data: shown.map(toView), page });
}
