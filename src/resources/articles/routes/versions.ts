// An article's versions, for those who may read its working copy: a list, one, and what changed between two.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { bodyFormats } from '../../../core/body/schema.ts';
import { decodeCursor, encodeCursor, fingerprintList, invalidCursor } from '../../../core/cursor.ts';
import type { Principal } from '../../../platform/auth/principal.ts';
import { sendPrivate } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import { declareRoute, type RouteRequest } from '../../../platform/http/declaration.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { linkNextPage } from '../../../platform/http/listing.ts';
import { idOrSlugParams, listOf } from '../../../platform/http/parameters.ts';
import { diffVersions } from '../diff/version-diff.ts';
import { findVersions, listVersions, type VersionRow } from '../queries/versions.ts';
import { versionDiff, versionSummary, versionView } from '../version-schemas.ts';
import { printArticle } from '../view.ts';
import { openReadable, pageQuery } from './beside.ts';
import { versionExamples } from './version-examples.ts';

const tag = 'Articles';

// Nine digits fit the column.
const numberParam = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be the number of a version')
  .transform(Number)
  .describe('The number of a version.');

export function registerArticleVersions(app: FastifyInstance, deps: Deps): void {
  registerList(app, deps);
  registerOne(app, deps);
  registerDiff(app, deps);
}

function registerList(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/articles/:idOrSlug/versions',
      operationId: 'listArticleVersions',
      tag,
      summary: 'List the versions of an article, newest first',
      description: 'A key that is limited to sections reads those versions that were filed in them.',
      permission: 'draft.read',
      cache: 'private',
      params: idOrSlugParams,
      query: pageQuery,
      responses: { 200: { description: 'A page.', schema: listOf(versionSummary, 'ArticleVersionList') } },
      problems: ['resource.not_found', 'request.invalid_cursor'],
      examples: { response: versionExamples.list },
    },
    (request, reply) => sendPage(deps, request, reply),
  );
}

type ListRequest = RouteRequest<{ idOrSlug: string }, z.output<typeof pageQuery>, undefined>;

async function sendPage(deps: Deps, { params, query, principal, raw }: ListRequest, reply: FastifyReply) {
  const { article, reader } = await openReadable(deps, principal, params.idOrSlug);
  const { id } = article;
  const fingerprint = fingerprintList(['versions', id]);
  const before = query.cursor === undefined ? null : readNumber(decodeCursor(fingerprint, query.cursor).value);
  const rows = await listVersions(deps.db.sql, id, { before, limit: query.limit + 1 }, reader);
  const shown = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? shown.at(-1) : undefined;
  const nextCursor = last === undefined ? null : encodeCursor(fingerprint, { value: String(last.number), id });
  const page = { limit: query.limit, nextCursor };
  linkNextPage(raw, reply, deps.publicUrl, page);
  return sendPrivate(reply, `{"data":[${shown.map(({ json }) => json).join(',')}],"page":${JSON.stringify(page)}}`);
}

function readNumber(value: string): number {
  const number = numberParam.safeParse(value);
  if (!number.success) throw invalidCursor('It was altered.');
  return number.data;
}

function registerOne(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/articles/:idOrSlug/versions/:number',
      operationId: 'getArticleVersion',
      tag,
      summary: 'Read one version of an article',
      permission: 'draft.read',
      cache: 'private',
      params: idOrSlugParams.extend({ number: numberParam }),
      query: z.strictObject({
        body: z
          .enum([...bodyFormats, 'none'])
          .default('blocks')
          .describe('Form of the body.'),
      }),
      responses: { 200: { description: 'The whole content as it was.', schema: versionView } },
      problems: ['resource.not_found'],
      examples: { response: versionExamples.one },
    },
    async ({ params, query, principal }, reply) => {
      const numbers = [params.number];
      const [row] = await readVersions(deps, principal, params.idOrSlug, { numbers, withBody: query.body !== 'none' });
      return sendPrivate(reply, printArticle(row!, query));
    },
  );
}

function registerDiff(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/articles/:idOrSlug/versions/:from/diff/:to',
      operationId: 'diffArticleVersions',
      tag,
      summary: 'What changed from one version to another',
      description:
        'Field by field, and the body block by block; inside a block that changed, character by character as a reader sees them. Either version may be the newer one.',
      permission: 'draft.read',
      cache: 'private',
      params: idOrSlugParams.extend({ from: numberParam, to: numberParam }),
      responses: { 200: { description: 'The differences.', schema: versionDiff } },
      problems: ['resource.not_found'],
      examples: { response: versionExamples.diff },
    },
    async ({ params, principal }, reply) => {
      const { idOrSlug, from, to } = params;
      const rows = await readVersions(deps, principal, idOrSlug, { numbers: [from, to], withBody: true });
      return sendPrivate(reply, diffVersions(rows[0]!, rows[1]!));
    },
  );
}

/** In the order asked. One that is not there, or not for this key, makes the whole not there. */
async function readVersions(
  deps: Deps,
  principal: Principal | null,
  idOrSlug: string,
  { numbers, withBody }: { numbers: readonly number[]; withBody: boolean },
): Promise<VersionRow[]> {
  const { article, reader } = await openReadable(deps, principal, idOrSlug);
  const shape = { now: deps.clock.now(), withBody };
  const rows = await findVersions(deps.db.sql, article.id, numbers, shape, reader);
  return numbers.map((number) => {
    const row = rows.find((each) => each.number === number);
    if (row === undefined) throw notFound();
    return row;
  });
}
