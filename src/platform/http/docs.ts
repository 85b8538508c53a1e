// The contract for people and machines: /openapi.json, and a page at /docs whose assets come from the package.
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { declarePublicRead } from './public-read.ts';

const document = z.looseObject({ openapi: z.string() }).meta({ id: 'OpenApiDocument', description: 'OpenAPI 3.1.' });

// The package's own policy allows a validator's host, and has browsers ask for the assets over https, which a server on
// a newsroom's inner network may not speak.
const pagePolicy = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
].join('; ');

export async function registerDocs(app: FastifyInstance, deps: Deps): Promise<void> {
  let printed: string | undefined;
  declarePublicRead(
    app,
    deps,
    {
      method: 'GET',
      url: '/openapi.json',
      operationId: 'getOpenApi',
      tag: 'Documentation',
      summary: 'This document',
      permission: 'public',
      cache: 'document',
      isAlwaysAnswered: true,
      query: z.strictObject({}),
      responses: { 200: { description: 'OpenAPI 3.1.', schema: document }, 304: { description: 'Not modified.' } },
      problems: [],
      examples: { response: { openapi: '3.1.0' } },
    },
    {
      async read() {
        printed ??= JSON.stringify(app.swagger());
        return { content: printed, surrogateKeys: [], lastModified: null, endsAt: null };
      },
    },
  );
  await app.register(async (scope) => {
    // The page's own routes: static files, without a declaration, hidden from the document.
    scope.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, hide: true };
    });
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: pagePolicy,
      uiConfig: { validatorUrl: null, docExpansion: 'none' },
    });
  });
}
