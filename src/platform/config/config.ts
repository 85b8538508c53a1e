// Configuration is a value: read once from the environment, checked as a whole, frozen, and passed in.
// Adding a variable means adding one entry to the table that it belongs to; .env.example and the README's table are made
// from them.
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { databaseVariables } from './database.ts';
import { deliveryVariables } from './delivery.ts';
import { limitsVariables } from './limits.ts';
import { newsroomVariables } from './newsroom.ts';
import { serverVariables } from './server.ts';

export const variables = {
  ...serverVariables,
  ...databaseVariables,
  ...newsroomVariables,
  ...deliveryVariables,
  ...limitsVariables,
} as const;

export type Config = { readonly [K in keyof typeof variables]: z.output<(typeof variables)[K]['schema']> };

/** All faults of the environment together; names and reasons, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The first is of no use without the second. */
const together: readonly (readonly [string, string])[] = [
  ['FASTLY_SERVICE_ID', 'FASTLY_API_TOKEN'],
  ['CLOUDFLARE_ZONE_ID', 'CLOUDFLARE_API_TOKEN'],
];

export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const values = Object.entries(variables).map(([key, entry]) => {
    const given = environment[entry.name];
    const parsed = entry.schema.safeParse(given === '' ? undefined : given);
    if (!parsed.success) faults.push(`${entry.name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
    return [key, Array.isArray(parsed.data) ? Object.freeze(parsed.data) : parsed.data];
  });
  for (const [one, other] of together) {
    if (environment[one] && !environment[other]) faults.push(`${other}: ${one} needs it`);
  }
  const poolerNeeds = environment.DATABASE_POOLER === 'transaction' ? ['DATABASE_URL', 'DATABASE_DIRECT_URL'] : [];
  for (const name of poolerNeeds) if (!environment[name]) faults.push(`${name}: DATABASE_POOLER=transaction needs it`);
  if (faults.length > 0) throw new ConfigError(`The configuration is not valid:\n  ${faults.join('\n  ')}`);
  return Object.freeze(Object.fromEntries(values)) as Config;
}

// Before a `.env` adds to it, so that the file can be read again.
const given = { ...process.env };

/** Reads `.env` where there is one, each time anew, then the environment, which wins. */
export function loadConfig(): Config {
  if (!existsSync('.env')) return parseConfig(given);
  // Libraries read the environment themselves (PG*, OTEL_*).
  process.loadEnvFile('.env');
  return parseConfig({ ...parseEnv(readFileSync('.env', 'utf8')), ...given });
}

/** The effective configuration by variable name, secrets redacted. */
export function describeConfig(config: Config): Record<string, unknown> {
  const rows = Object.entries(variables).map(([key, entry]) => {
    const value = config[key as keyof Config];
    return [entry.name, 'secret' in entry && entry.secret && value !== undefined ? '***' : (value ?? null)];
  });
  return Object.fromEntries(rows);
}
