// Pages that come in as text: POST /v1/imports/page-text.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sendPrivate } from '../../platform/delivery/send.ts';
import type { Deps } from '../../platform/deps.ts';
import { actOf } from '../../platform/http/act.ts';
import { declareRoute } from '../../platform/http/declaration.ts';
import { articleExamples } from '../../resources/articles/routes/examples.ts';
import { printArticle } from '../../resources/articles/view.ts';
import { articleWritten } from '../../resources/articles/view-schemas.ts';
import { importPage } from './import-page.ts';
import { decodePageText } from './page-text/decode.ts';
import { parsePageText } from './page-text/parse.ts';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');

const query = z.strictObject({
  dryRun: flag.describe('`true` shows the article that would come of it, and stores nothing.'),
  publish: flag.describe('`true` publishes it at once; its editorial date is the one on the page.'),
  onMissing: z
    .enum(['create', 'refuse'])
    .default('create')
    .describe('A section, source or person that is not here: make it, or refuse.'),
});

const page = z.instanceof(Buffer).meta({
  id: 'PageText',
  type: 'string',
  description: 'A news page saved as text: UTF-8, UTF-16 with BOM, or GB18030.',
});

export async function registerImportRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'text/plain',
      { parseAs: 'buffer' },
      async (_request: FastifyRequest, body: Buffer) => body,
    );
    declareRoute(
      scope,
      {
        method: 'POST',
        url: '/v1/imports/page-text',
        operationId: 'importPageText',
        tag: 'Imports',
        summary: 'Import a news page saved as text',
        description:
          'Finds title, section, source, time, credits, headings and figures; keeps every other character of the body.',
        permission: 'article.create',
        cache: 'private',
        query,
        body: page,
        consumes: ['text/plain'],
        responses: {
          201: {
            description:
              'Imported; `Location` names it. With `dryRun=true` what would come of it, without `Location` and `ETag`.',
            schema: articleWritten,
          },
        },
        problems: [
          'import.not_text',
          'import.incomplete',
          'body.invalid',
          'reference.not_found',
          'article.already_imported',
          'auth.outside_sections',
        ],
        examples: {
          body: '首页 > 产经 > 正文\n\n青岛再开放\n\n来源: 文化视界 2020-05-27 14:48:49\n  作为龙头城市的青岛,也有责任作出更大贡献。\n',
          response: articleExamples.written,
        },
      },
      async (request, reply) => {
        const act = actOf(deps, request);
        const parsed = parsePageText(decodePageText(request.body), { timeZone: deps.config.timeZone });
        const { row, id, warnings } = await importPage(deps, act, parsed, request.query);
        const content = printArticle(row, { body: 'blocks' }, { warnings });
        if (request.query.dryRun) return sendPrivate(reply, content, { status: 201 });
        return sendPrivate(reply, content, {
          status: 201,
          revision: row.revision,
          location: `${deps.publicUrl}/v1/articles/${id}`,
        });
      },
    );
  });
}
