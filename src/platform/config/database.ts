// Where the database is, and how it is used.
import { listOf, oneOf, postgresUrl, text, variable, whole } from './variable.ts';

export const databaseVariables = {
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
    needs: ['DATABASE_URL'],
    about:
      'The database of `DATABASE_URL` without a transaction pooler, for migrations and for hearing of changes. Absent: `DATABASE_URL`.',
  }),
  databasePooler: variable({
    name: 'DATABASE_POOLER',
    schema: oneOf('none', 'transaction').default('none'),
    example: 'none',
    needs: ['DATABASE_URL', 'DATABASE_DIRECT_URL'],
    about:
      '`transaction` where `DATABASE_URL` is a transaction pooler such as PgBouncer; needs `DATABASE_DIRECT_URL` too (`docs/scaling.md`).',
  }),
  databaseReplicaUrls: variable({
    name: 'DATABASE_REPLICA_URLS',
    schema: listOf(postgresUrl, 'addresses that begin with postgresql://, comma-separated').optional(),
    example: '',
    secret: true,
    needs: ['DATABASE_URL'],
    about: 'Streaming replicas of `DATABASE_URL` for public reads, comma-separated: the address of each server itself.',
  }),
  databasePoolSize: variable({
    name: 'DATABASE_POOL_SIZE',
    schema: whole({ min: 2, max: 500, of: 'connections' }).default(10),
    example: '10',
    about: 'Connections a process opens at most; half as many to each replica.',
  }),
  statementTimeoutMs: variable({
    name: 'DATABASE_STATEMENT_TIMEOUT_MS',
    schema: whole({ min: 100, max: 600_000, of: 'milliseconds' }).default(5000),
    example: '5000',
    about: 'A statement that takes longer is ended, and the request answers 503.',
  }),
  slowQueryMs: variable({
    name: 'SLOW_QUERY_MS',
    schema: whole({ min: 1, max: 600_000, of: 'milliseconds' }).default(200),
    example: '200',
    about: 'Statements slower than this are logged as a warning.',
  }),
  dataDir: variable({
    name: 'MASTHEAD_DATA_DIR',
    schema: text(/./, 'the path of a folder, such as .masthead').default('.masthead'),
    example: '.masthead',
    about: 'Folder of the embedded database.',
  }),
} as const;
