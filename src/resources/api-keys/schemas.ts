import { z } from 'zod';
import { permissions, roles } from '../../platform/auth/permissions.ts';
import { text } from '../../platform/http/parameters.ts';

const reference = z.object({ id: z.uuid(), slug: z.string(), name: z.string() });

/** `timeZone` reads an expiry without an offset. */
export const apiKeyInput = z
  .strictObject({
    name: text(200).describe('What the key is for.'),
    role: z.enum(roles),
    editor: text(200).optional().describe('Slug or id of the editor it belongs to.'),
    service: text(100)
      .optional()
      .describe('Name of the service it belongs to; without editor and service: its own name.'),
    sections: z
      .array(text(200))
      .min(1)
      .max(100)
      .optional()
      .describe('Slugs or ids it is limited to, branches included.'),
    expiresAt: text(60).nullable().optional().describe('RFC 3339; a local time is read in the configured zone.'),
  })
  .refine((input) => input.editor === undefined || input.service === undefined, {
    path: ['service'],
    message: 'A key belongs to an editor or to a service, not to both.',
  })
  .meta({ id: 'ApiKeyWrite', description: 'A key as an admin asks for it.' });
export type ApiKeyInput = z.output<typeof apiKeyInput>;

const fields = {
  id: z.uuid(),
  prefix: z.string().describe('The public part; the log names a key by it.'),
  name: z.string(),
  role: z.enum(roles),
  editor: reference.nullable(),
  service: z.string().nullable(),
  sections: z.array(reference).nullable().describe('null: everywhere.'),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable().describe('To the minute.'),
  revokedAt: z.iso.datetime().nullable(),
};
export const apiKeyView = z.object(fields).meta({ id: 'ApiKey', description: 'A key, without its secret.' });
export const newApiKeyView = z
  .object({
    ...fields,
    key: z
      .string()
      .nullable()
      .describe('The whole key. It is shown this once and kept nowhere: null in a dry run, and in a repeated answer.'),
  })
  .meta({ id: 'NewApiKey', description: 'A key that was just made.' });

const grantsShape = Object.fromEntries(permissions.map((name) => [name, z.enum(['all', 'own', 'none'])]));
export const meView = z
  .object({
    key: z.object({
      id: z.uuid().nullable(),
      prefix: z.string().nullable(),
      name: z.string(),
      expiresAt: z.iso.datetime().nullable(),
    }),
    role: z.enum(roles),
    actor: z.object({ type: z.enum(['editor', 'service']), id: z.string(), name: z.string() }),
    sections: z.array(reference).nullable().describe('null: everywhere.'),
    permissions: z.object(grantsShape).describe('`own`: only what the same editor or service made.'),
  })
  .meta({ id: 'Me', description: 'Who a key is, and what it may do.' });
