// What every list answer has in common: the page, the link to the next one, sparse fields.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Address } from './public-read.ts';

export type Page = { readonly limit: number; readonly nextCursor: string | null; readonly total?: number };

/** `Link: <…>; rel="next"` (RFC 8288), absolute, with the request's own parameters. */
export function linkNextPage(request: FastifyRequest, reply: FastifyReply, publicUrl: string, page: Page): void {
  if (page.nextCursor === null) return;
  const url = new URL(request.url, 'http://unused.invalid');
  url.searchParams.set('cursor', page.nextCursor);
  reply.header('Link', `<${publicUrl}${url.pathname}?${url.searchParams}>; rel="next"`);
}

/** The same of a public answer, whose address is written in one way only. */
export function nextPageHeaders({ path, search }: Address, publicUrl: string, page: Page): Record<string, string> {
  if (page.nextCursor === null) return {};
  const next = new URLSearchParams(search);
  next.set('cursor', page.nextCursor);
  return { link: `<${publicUrl}${path}?${next}>; rel="next"` };
}

export function pickFields<T extends object>(view: T, fields: readonly string[] | undefined): Partial<T> {
  if (fields === undefined) return view;
  return Object.fromEntries(Object.entries(view).filter(([key]) => key === 'id' || fields.includes(key))) as Partial<T>;
}
