// Links that show one article before it is public, to whoever has them; and what they show.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { sendPrivate } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import { declareRoute } from '../../../platform/http/declaration.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { fieldsParameter, idOrSlugParams, listOf, partParams } from '../../../platform/http/parameters.ts';
import { declareWrite } from '../../../platform/http/write.ts';
import { requireGrantOn } from '../access.ts';
import { newPreviewLinkView, previewFields, previewLinkView } from '../beside-schemas.ts';
import { createPreviewLink, revokePreviewLink } from '../commands/preview.ts';
import { findPreview, findPreviewLink, listPreviewLinks, toPreviewLinkView } from '../queries/previews.ts';
import { articleQuery } from '../queries/query.ts';
import { previewLinkInput } from '../schemas.ts';
import { printArticle, wantsBody } from '../view.ts';
import { articleView } from '../view-schemas.ts';
import { openReadable, pageQuery, sendNewestFirst } from './beside.ts';
import { articleExamples, besideExamples } from './examples.ts';

const tag = 'Previews';
const url = '/v1/articles/:idOrSlug/preview-links';
const permission = 'article.preview';

export function registerArticlePreviews(app: FastifyInstance, deps: Deps): void {
  registerCreate(app, deps);
  registerList(app, deps);
  registerRead(app, deps);
  registerRevoke(app, deps);
  registerPreview(app, deps);
}

function registerCreate(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'POST',
      url,
      operationId: 'createPreviewLink',
      tag,
      summary: 'Make a link that shows the draft of an article',
      description:
        'Whoever has the address reads this one article, until the link expires or is revoked, and nothing else. Without `version` it follows the working copy, wherever that is filed. It shows nothing while an embargo holds, while the article is in the trash, and, if it is older than a retraction, while that stands.',
      permission,
      handle: 'sql',
      inBatch: false,
      params: idOrSlugParams,
      body: previewLinkInput,
      responses: {
        201: { description: 'Made; `Location` names it. The address is shown this once.', schema: newPreviewLinkView },
      },
      problems: ['resource.not_found', 'auth.outside_sections', 'article.version_not_found'],
      examples: { body: { expiresInSeconds: 3600 }, response: besideExamples.newPreviewLink },
    },
    ({ params, body }) =>
      async (tx, act) => {
        const { articleId, link, token } = await createPreviewLink(tx, act, params.idOrSlug, body);
        const shownOnce = { token, url: `${deps.publicUrl}/v1/previews/${token}` };
        const location = `${deps.publicUrl}/v1/articles/${articleId}/preview-links/${link.id}`;
        return { status: 201, view: { ...toPreviewLinkView(link), ...shownOnce }, secrets: ['token', 'url'], location };
      },
  );
}

function registerList(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url,
      operationId: 'listPreviewLinks',
      tag,
      summary: 'List the preview links of an article, newest first',
      permission,
      cache: 'private',
      params: idOrSlugParams,
      query: pageQuery,
      responses: {
        200: {
          description: 'A page, without addresses; expired and revoked ones included.',
          schema: listOf(previewLinkView, 'PreviewLinkList'),
        },
      },
      problems: ['resource.not_found', 'request.invalid_cursor'],
      examples: { response: { data: [besideExamples.previewLink], page: { limit: 20, nextCursor: null } } },
    },
    async ({ params, query, principal, raw }, reply) => {
      const opened = await openReadable(deps, principal, params.idOrSlug);
      const { id } = opened.article;
      requireGrantOn(opened.principal, permission, opened.article);
      return sendNewestFirst(
        deps,
        raw,
        reply,
        { query, identity: ['preview-links', id] },
        { list: (order) => listPreviewLinks(deps.db.sql, id, order), toView: toPreviewLinkView },
      );
    },
  );
}

function registerRead(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: `${url}/:id`,
      operationId: 'getPreviewLink',
      tag,
      summary: 'Read one preview link',
      permission,
      cache: 'private',
      params: partParams,
      responses: { 200: { description: 'The link, without its address.', schema: previewLinkView } },
      problems: ['resource.not_found'],
      examples: { response: besideExamples.previewLink },
    },
    async ({ params, principal }, reply) => {
      const opened = await openReadable(deps, principal, params.idOrSlug);
      requireGrantOn(opened.principal, permission, opened.article);
      const link = await findPreviewLink(deps.db.sql, opened.article.id, params.id);
      if (link === null) throw notFound();
      return sendPrivate(reply, toPreviewLinkView(link));
    },
  );
}

function registerRevoke(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'DELETE',
      url: `${url}/:id`,
      operationId: 'revokePreviewLink',
      tag,
      summary: 'Revoke a preview link',
      description: 'At once and for ever. Revoking twice is the same as once, so no If-Match is needed.',
      permission,
      handle: 'sql',
      params: partParams,
      responses: { 204: { description: 'Revoked.' } },
      problems: ['resource.not_found', 'auth.outside_sections'],
    },
    ({ params }) =>
      async (tx, act) => {
        await revokePreviewLink(tx, act, params.idOrSlug, params.id);
        return { status: 204 };
      },
  );
}

function registerPreview(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/previews/:token',
      operationId: 'getPreview',
      tag,
      summary: 'Read the article of a preview link',
      description:
        'As the public would read it; what is related, as the public sees it now. `updatedAt` is when the version was made. Never stored or indexed.',
      permission: 'public',
      cache: 'private',
      secretPath: true,
      // Open, so that what cannot be a token is answered like one that is none.
      params: z.strictObject({ token: z.string().describe('Of the link; the secret.') }),
      query: z.strictObject({ body: articleQuery.shape.body, fields: fieldsParameter(previewFields) }),
      responses: { 200: { description: 'The article.', schema: articleView } },
      problems: ['resource.not_found'],
      examples: { response: articleExamples.published },
    },
    async ({ params, query }, reply) => {
      reply.header('X-Robots-Tag', 'noindex, nofollow');
      const context = { now: deps.clock.now(), publicUrl: deps.publicUrl };
      const row = await findPreview(deps.db.sql, params.token, context, wantsBody(query));
      if (row === null) throw notFound();
      return sendPrivate(reply, printArticle(row, query));
    },
  );
}
