// Configuration is a value: read once from the environment, checked as a whole, frozen, and passed in.
// Adding a variable means adding one entry to this table; .env.example and the README's table are made from it.
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { isTimeZone } from '../../core/time.ts';

type Variable<T extends z.ZodType> = { name: string; schema: T; about: string; example: string; secret?: boolean };

const variable = <T extends z.ZodType>(entry: Variable<T>) => entry;
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, message: 'must be a postgresql:// address' });

export const variables = {
  host: variable({
    name: 'HOST',
    schema: z.string().default('127.0.0.1'),
    example: '127.0.0.1',
    about: 'Address to listen on; `0.0.0.0` for all.',
  }),
  port: variable({
    name: 'PORT',
    schema: whole(0, 65_535).default(3000),
    example: '3000',
    about: 'Port; 0 takes a free one.',
  }),
  databaseUrl: variable({
    name: 'DATABASE_URL',
    schema: postgresUrl.optional(),
    example: '',
    secret: true,
    about: 'PostgreSQL 17 or newer. Absent: an embedded one is started.',
  }),
  databaseDirectUrl: variable({
    name: 'DATABASE_DIRECT_URL',
    schema: postgresUrl.optional(),
    example: '',
    secret: true,
    about: 'The same database without a transaction pooler, for migrations. Absent: `DATABASE_URL`.',
  }),
  databasePoolSize: variable({
    name: 'DATABASE_POOL_SIZE',
    schema: whole(2, 500).default(10),
    example: '10',
    about: 'Connections a process opens at most.',
  }),
  statementTimeoutMs: variable({
    name: 'DATABASE_STATEMENT_TIMEOUT_MS',
    schema: whole(100, 600_000).default(5000),
    example: '5000',
    about: 'A statement that takes longer is ended, and the request answers 503.',
  }),
  slowQueryMs: variable({
    name: 'SLOW_QUERY_MS',
    schema: whole(1, 600_000).default(200),
    example: '200',
    about: 'Statements slower than this are logged as a warning.',
  }),
  dataDir: variable({
    name: 'MASTHEAD_DATA_DIR',
    schema: z.string().min(1).default('.masthead'),
    example: '.masthead',
    about: 'Folder of the embedded database.',
  }),
  bootstrapKey: variable({
    name: 'MASTHEAD_BOOTSTRAP_KEY',
    schema: z
      .string()
      .min(32, 'must have at least 32 characters')
      .max(200)
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
      .optional(),
    example: '',
    secret: true,
    about: 'The first admin key, instead of a random one that is printed once.',
  }),
  timeZone: variable({
    name: 'MASTHEAD_TIME_ZONE',
    schema: z.string().refine(isTimeZone, 'must be an IANA time zone such as Asia/Shanghai').default('Asia/Shanghai'),
    example: 'Asia/Shanghai',
    about: 'Zone of local times that carry no offset.',
  }),
  slugPolicy: variable({
    name: 'MASTHEAD_SLUG_POLICY',
    schema: z.enum(['pinyin', 'unicode', 'short-id']).default('pinyin'),
    example: 'pinyin',
    about: 'How a slug is made where none is given: `pinyin`, `unicode` or `short-id`.',
  }),
  reviewRequired: variable({
    name: 'MASTHEAD_REVIEW_REQUIRED',
    schema: flag.default(false),
    example: 'false',
    about: '`true`: only an approved version can be published.',
  }),
  idempotencyHours: variable({
    name: 'MASTHEAD_IDEMPOTENCY_HOURS',
    schema: whole(1, 24 * 30).default(24),
    example: '24',
    about: 'How long the answer to a `POST` with `Idempotency-Key` is kept for retries.',
  }),
  seed: variable({
    name: 'MASTHEAD_SEED',
    schema: flag.optional(),
    example: '',
    about: '`true` loads the seed article on a given database too, `false` never; absent: on the embedded one only.',
  }),
  publicUrl: variable({
    name: 'PUBLIC_URL',
    schema: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    example: '',
    about: 'Base of every address in an answer. Absent: made from HOST and PORT.',
  }),
  trustProxy: variable({
    name: 'TRUST_PROXY',
    schema: whole(0, 10).default(0),
    example: '0',
    about: 'How many proxies in front are believed about the client address.',
  }),
  corsOrigins: variable({
    name: 'CORS_ORIGINS',
    schema: z
      .string()
      .default('*')
      .transform((list) =>
        list
          .split(',')
          .map((origin) => origin.trim())
          .filter(Boolean),
      ),
    example: '*',
    about: 'Origins that browsers may read from, comma-separated; `*` for any. Credentials are never allowed.',
  }),
  bodyLimitBytes: variable({
    name: 'BODY_LIMIT_BYTES',
    schema: whole(1024, 100 * 1024 * 1024).default(2 * 1024 * 1024),
    example: '2097152',
    about: 'Largest request body.',
  }),
  requestTimeoutMs: variable({
    name: 'REQUEST_TIMEOUT_MS',
    schema: whole(100, 600_000).default(15_000),
    example: '15000',
    about: 'A request must have arrived whole within this time.',
  }),
  shutdownGraceMs: variable({
    name: 'SHUTDOWN_GRACE_MS',
    schema: whole(0, 600_000).default(10_000),
    example: '10000',
    about: 'How long running requests may take to finish after SIGTERM or SIGINT.',
  }),
  logLevel: variable({
    name: 'LOG_LEVEL',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    example: 'info',
    about: 'Least severe level that is logged.',
  }),
  logFormat: variable({
    name: 'LOG_FORMAT',
    schema: z.enum(['auto', 'json', 'pretty']).default('auto'),
    example: 'auto',
    about: '`auto`: pretty on a terminal, JSON elsewhere.',
  }),
} as const;

export type Config = { readonly [K in keyof typeof variables]: z.output<(typeof variables)[K]['schema']> };

/** All faults of the environment together; names and reasons, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const values = Object.entries(variables).map(([key, entry]) => {
    const given = environment[entry.name];
    const parsed = entry.schema.safeParse(given === '' ? undefined : given);
    if (!parsed.success) faults.push(`${entry.name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
    return [key, Array.isArray(parsed.data) ? Object.freeze(parsed.data) : parsed.data];
  });
  if (faults.length > 0) throw new ConfigError(`The configuration is not valid:\n  ${faults.join('\n  ')}`);
  return Object.freeze(Object.fromEntries(values)) as Config;
}

/** Reads `.env` where there is one, then the environment, which wins. */
export function loadConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return parseConfig(process.env);
}

/** The effective configuration by variable name, secrets redacted. */
export function describeConfig(config: Config): Record<string, unknown> {
  const rows = Object.entries(variables).map(([key, entry]) => {
    const value = config[key as keyof Config];
    return [entry.name, 'secret' in entry && entry.secret && value !== undefined ? '***' : (value ?? null)];
  });
  return Object.fromEntries(rows);
}
