// API keys, for admins; and what a key may learn about itself.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { decodeCursor, encodeCursor, fingerprintList, invalidCursor } from '../../core/cursor.ts';
import { formatInstant, parseInstant } from '../../core/time.ts';
import { missingKey } from '../../platform/auth/authenticate.ts';
import { grants } from '../../platform/auth/permissions.ts';
import { requireUnlimited } from '../../platform/auth/principal.ts';
import { sendPrivate } from '../../platform/delivery/send.ts';
import type { Deps } from '../../platform/deps.ts';
import { declareRoute } from '../../platform/http/declaration.ts';
import { notFound } from '../../platform/http/errors.ts';
import { linkNextPage } from '../../platform/http/listing.ts';
import { cursorParameter, idParams, limitParameter, listOf } from '../../platform/http/parameters.ts';
import { declareWrite } from '../../platform/http/write.ts';
import { createApiKey, revokeApiKey } from './commands.ts';
import { findApiKey, listApiKeys } from './queries.ts';
import { apiKeyInput, apiKeyView, meView, newApiKeyView } from './schemas.ts';
import { toApiKeyView } from './view.ts';

const tag = 'API keys';
const example = {
  id: '0195f2a0-0000-7000-8000-000000000009',
  prefix: 'q3Zt81Xw',
  name: 'Website',
  role: 'viewer',
  editor: null,
  service: 'website',
  sections: null,
  createdAt: '2020-05-27T06:48:49.000Z',
  expiresAt: null,
  lastUsedAt: null,
  revokedAt: null,
};

export function registerApiKeyRoutes(app: FastifyInstance, deps: Deps): void {
  registerCreate(app, deps);
  registerList(app, deps);
  registerRead(app, deps);
  registerRevoke(app, deps);
  registerMe(app, deps);
}

function registerCreate(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'POST',
      url: '/v1/api-keys',
      operationId: 'createApiKey',
      tag,
      summary: 'Create an API key',
      description: 'The answer holds the key. It is shown this once.',
      permission: 'key.manage',
      handle: 'mixed',
      inBatch: false,
      body: apiKeyInput,
      responses: { 201: { description: 'Created.', schema: newApiKeyView } },
      problems: ['reference.not_found', 'auth.outside_sections'],
      examples: {
        body: { name: 'Website', role: 'viewer', service: 'website' },
        response: { ...example, key: 'mh_q3Zt81Xw_0123456789abcdefghijklmnopqrstuv1aB2cD' },
      },
    },
    ({ body }) =>
      async (tx, act) => {
        requireUnlimited(act.principal);
        const { row, key } = await createApiKey(tx, act, body, deps.config.timeZone);
        const location = `${deps.publicUrl}/v1/api-keys/${row.id}`;
        return { status: 201, view: { ...toApiKeyView(row), key }, secrets: ['key'], location };
      },
  );
}

function registerList(app: FastifyInstance, deps: Deps): void {
  const fingerprint = fingerprintList(['api-keys']);
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/api-keys',
      operationId: 'listApiKeys',
      tag,
      summary: 'List API keys, newest first',
      permission: 'key.manage',
      cache: 'private',
      query: z.strictObject({ limit: limitParameter, cursor: cursorParameter }),
      responses: { 200: { description: 'A page; revoked keys included.', schema: listOf(apiKeyView, 'ApiKeyList') } },
      problems: ['request.invalid_cursor'],
      examples: { response: { data: [example], page: { limit: 20, nextCursor: null } } },
    },
    async ({ query, raw }, reply) => {
      const after = query.cursor === undefined ? null : readPosition(decodeCursor(fingerprint, query.cursor));
      const rows = await listApiKeys(deps.db.prisma, query.limit + 1, after);
      const shown = rows.slice(0, query.limit);
      const last = rows.length > query.limit ? shown.at(-1) : undefined;
      const nextCursor =
        last === undefined ? null : encodeCursor(fingerprint, { value: formatInstant(last.createdAt), id: last.id });
      const page = { limit: query.limit, nextCursor };
      linkNextPage(raw, reply, deps.publicUrl, page);
      return sendPrivate(reply, { data: shown.map(toApiKeyView), page });
    },
  );
}

function readPosition({ value, id }: { value: string; id: string }): { createdAt: Date; id: string } {
  const createdAt = parseInstant(value, 'UTC');
  if (createdAt === null) throw invalidCursor('It was altered.');
  return { createdAt, id };
}

function registerRead(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/api-keys/:id',
      operationId: 'getApiKey',
      tag,
      summary: 'Read one API key',
      permission: 'key.manage',
      cache: 'private',
      params: idParams,
      responses: { 200: { description: 'The key, without its secret.', schema: apiKeyView } },
      problems: ['resource.not_found'],
      examples: { response: example },
    },
    async ({ params }, reply) => {
      const row = await findApiKey(deps.db.prisma, params.id);
      if (row === null) throw notFound();
      return sendPrivate(reply, toApiKeyView(row));
    },
  );
}

function registerRevoke(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'DELETE',
      url: '/v1/api-keys/:id',
      operationId: 'revokeApiKey',
      tag,
      summary: 'Revoke an API key',
      description: 'At once and for ever. Revoking twice is the same as once, so no If-Match is needed.',
      permission: 'key.manage',
      handle: 'mixed',
      inBatch: false,
      params: idParams,
      responses: { 204: { description: 'Revoked.' } },
      problems: ['resource.not_found', 'auth.outside_sections'],
    },
    ({ params }) =>
      async (tx, act) => {
        requireUnlimited(act.principal);
        await revokeApiKey(tx, act, params.id);
        return { status: 204 };
      },
  );
}

function registerMe(app: FastifyInstance, deps: Deps): void {
  declareRoute(
    app,
    {
      method: 'GET',
      url: '/v1/me',
      operationId: 'getMe',
      tag,
      summary: 'Who the key is, and what it may do',
      permission: 'self.read',
      cache: 'private',
      responses: { 200: { description: 'The key that asked.', schema: meView } },
      problems: [],
      examples: {
        response: {
          key: { id: example.id, prefix: example.prefix, name: 'Website', expiresAt: null },
          role: 'viewer',
          actor: { type: 'service', id: 'website', name: 'website' },
          sections: null,
          permissions: grants.viewer,
        },
      },
    },
    async ({ principal }, reply) => {
      if (principal === null) throw missingKey();
      const { keyId, prefix, keyName, role, actor, sectionIds, expiresAt } = principal;
      const found =
        sectionIds === null
          ? null
          : await deps.db.prisma.section.findMany({ where: { id: { in: [...sectionIds] } }, orderBy: { id: 'asc' } });
      return sendPrivate(reply, {
        key: { id: keyId, prefix, name: keyName, expiresAt: expiresAt === null ? null : formatInstant(expiresAt) },
        role,
        actor,
        sections: found === null ? null : found.map(({ id, slug, name }) => ({ id, slug, name })),
        permissions: grants[role],
      });
    },
  );
}
