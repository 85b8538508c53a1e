// Configuration is a value: read once from the environment, checked as a whole, frozen, and passed in.
// Adding a variable means adding one entry to the table that it belongs to; .env.example and the README's table are made
// from them.
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { databaseVariables } from './database.ts';
import { deliveryVariables } from './delivery.ts';
import { findFaults, readVariable } from './faults.ts';
import { limitsVariables } from './limits.ts';
import { findMisspelt } from './misspelt.ts';
import { newsroomVariables } from './newsroom.ts';
import { searchVariables } from './search.ts';
import { serverVariables } from './server.ts';

export const variables = {
  ...serverVariables,
  ...databaseVariables,
  ...newsroomVariables,
  ...deliveryVariables,
  ...limitsVariables,
  ...searchVariables,
} as const;

const namesOfVariables = Object.values(variables).map(({ name }) => name);

export type Config = { readonly [K in keyof typeof variables]: z.output<(typeof variables)[K]['schema']> };

/** All faults of the environment together; names and reasons, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function parseConfig(environment: Environment): Config {
  const readings = Object.entries(variables).map(([key, entry]) => readVariable(key, entry, environment[entry.name]));
  const faults = readings.flatMap((reading) => findFaults(reading, readings));
  if (faults.length > 0) throw new ConfigError(`The configuration is not valid:\n  ${faults.join('\n  ')}`);
  const values = readings.map(({ key, value }) => [key, Array.isArray(value) ? Object.freeze(value) : value]);
  return Object.freeze(Object.fromEntries(values)) as Config;
}

// Before a `.env` adds to it, so that the file can be read again.
const given = { ...process.env };

/** Reads `.env` where there is one, each time anew, then the environment, which wins. */
export function loadConfig(): Config {
  const environment = readEnvironment();
  for (const [name, nearest] of findMisspelt(Object.keys(environment), namesOfVariables))
    process.stderr.write(`${name} is not a variable of Masthead and has no effect. Is ${nearest} meant?\n`);
  return parseConfig(environment);
}

function readEnvironment(): Environment {
  if (!existsSync('.env')) return given;
  // Libraries read the environment themselves (PG*, OTEL_*).
  process.loadEnvFile('.env');
  return { ...parseEnv(readFileSync('.env', 'utf8')), ...given };
}

/** The effective configuration by variable name, secrets redacted. */
export function describeConfig(config: Config): Record<string, unknown> {
  const rows = Object.entries(variables).map(([key, entry]) => {
    const value = config[key as keyof Config];
    return [entry.name, 'secret' in entry && entry.secret && value !== undefined ? '***' : (value ?? null)];
  });
  return Object.fromEntries(rows);
}
