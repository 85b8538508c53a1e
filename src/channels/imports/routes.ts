// Pages that come in as text: POST /v1/imports/page-text.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { declareWrite } from '../../platform/http/write.ts';
import { articleExamples } from '../../resources/articles/routes/examples.ts';
import { printArticle } from '../../resources/articles/view.ts';
import { articleWritten } from '../../resources/articles/view-schemas.ts';
import { importPage, readPage } from './import-page.ts';
import { decodePageText } from './page-text/decode.ts';
import { parsePageText } from './page-text/parse.ts';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');

const query = z.strictObject({
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
    declareWrite(
      scope,
      deps,
      {
        method: 'POST',
        url: '/v1/imports/page-text',
        operationId: 'importPageText',
        tag: 'Imports',
        summary: 'Import a news page saved as text',
        description:
          'Finds title, section, source, time, credits, headings and figures; keeps every other character of the body.',
        permission: 'article.create',
        handle: 'mixed',
        inBatch: false,
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
          'article.review_required',
          'auth.outside_sections',
        ],
        examples: {
          body: '首页 > 产经 > 正文\n\n青岛再开放\n\n来源: 文化视界 2020-05-27 14:48:49\n  作为龙头城市的青岛,也有责任作出更大贡献。\n',
          response: articleExamples.written,
        },
      },
      async ({ body, query: options }) => {
        const read = await readPage(parsePageText(decodePageText(body), { timeZone: deps.config.timeZone }));
        return async (tx, act) => {
          const { row, id, warnings } = await importPage(deps, tx, act, read, options);
          const location = `${deps.publicUrl}/v1/articles/${id}`;
          return {
            status: 201,
            view: printArticle(row, { body: 'blocks' }, { warnings }),
            revision: row.revision,
            location,
          };
        };
      },
    );
  });
}
