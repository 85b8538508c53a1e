// Comments on an article, for who may read its draft.
import type { FastifyInstance } from 'fastify';
import { sendPrivate } from '../../../platform/delivery/send.ts';
import type { Deps } from '../../../platform/deps.ts';
import { declareRoute } from '../../../platform/http/declaration.ts';
import { notFound } from '../../../platform/http/errors.ts';
import { idOrSlugParams, listOf, partParams } from '../../../platform/http/parameters.ts';
import { declareWrite } from '../../../platform/http/write.ts';
import { commentView } from '../beside-schemas.ts';
import { commentArticle } from '../commands/comment.ts';
import { findComment, listComments, toCommentView } from '../queries/comments.ts';
import { commentInput } from '../schemas.ts';
import { openReadable, pageQuery, sendNewestFirst } from './beside.ts';
import { besideExamples } from './examples.ts';

const tag = 'Comments';
const url = '/v1/articles/:idOrSlug/comments';

export function registerArticleComments(app: FastifyInstance, deps: Deps): void {
  registerCreate(app, deps);
  registerList(app, deps);
  registerRead(app, deps);
}

function registerCreate(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'POST',
      url,
      operationId: 'commentArticle',
      tag,
      summary: 'Comment on an article',
      description: 'No change of the article: its ETag stays, so no If-Match is needed. Comments are never public.',
      permission: 'article.comment',
      handle: 'sql',
      params: idOrSlugParams,
      body: commentInput,
      responses: { 201: { description: 'Written; `Location` names it.', schema: commentView } },
      problems: ['resource.not_found', 'auth.outside_sections'],
      examples: { body: { text: besideExamples.comment.text }, response: besideExamples.comment },
    },
    ({ params, body }) =>
      async (tx, act) => {
        const { articleId, comment } = await commentArticle(tx, act, params.idOrSlug, body.text);
        const location = `${deps.publicUrl}/v1/articles/${articleId}/comments/${comment.id}`;
        return { status: 201, view: toCommentView(comment), location };
      },
  );
}

function registerList(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url,
      operationId: 'listComments',
      tag,
      summary: 'List the comments on an article, newest first',
      description:
        "Those that came with a submission, a return or an approval are among them; those on a version that was filed outside of the key's sections are not.",
      permission: 'draft.read',
      cache: 'private',
      params: idOrSlugParams,
      query: pageQuery,
      responses: { 200: { description: 'A page.', schema: listOf(commentView, 'CommentList') } },
      problems: ['resource.not_found', 'request.invalid_cursor'],
      examples: { response: { data: [besideExamples.comment], page: { limit: 20, nextCursor: null } } },
    },
    async ({ params, query, principal, raw }, reply) => {
      const { article, reader } = await openReadable(deps, principal, params.idOrSlug);
      return sendNewestFirst(
        deps,
        raw,
        reply,
        { query, identity: ['comments', article.id] },
        { list: (order) => listComments(deps.db.sql, article.id, reader, order), toView: toCommentView },
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
      operationId: 'getComment',
      tag,
      summary: 'Read one comment',
      permission: 'draft.read',
      cache: 'private',
      params: partParams,
      responses: { 200: { description: 'The comment.', schema: commentView } },
      problems: ['resource.not_found'],
      examples: { response: besideExamples.comment },
    },
    async ({ params, principal }, reply) => {
      const { article, reader } = await openReadable(deps, principal, params.idOrSlug);
      const comment = await findComment(deps.db.sql, article.id, reader, params.id);
      if (comment === null) throw notFound();
      return sendPrivate(reply, toCommentView(comment));
    },
  );
}
