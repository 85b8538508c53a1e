// Where the database is, and how it is used.
import { z } from 'zod';
import { postgresUrl, splitList, variable, whole } from './variable.ts';

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
    about:
      'The same database without a transaction pooler, for migrations and for hearing of changes. Absent: `DATABASE_URL`.',
  }),
  databasePooler: variable({
    name: 'DATABASE_POOLER',
    schema: z.enum(['none', 'transaction']).default('none'),
    example: 'none',
    about:
      '`transaction` where `DATABASE_URL` is a transaction pooler such as PgBouncer; needs `DATABASE_DIRECT_URL` too (`docs/scaling.md`).',
  }),
  databaseReplicaUrls: variable({
    name: 'DATABASE_REPLICA_URLS',
    schema: z.string().transform(splitList).pipe(z.array(postgresUrl)).optional(),
    example: '',
    secret: true,
    about: 'Streaming replicas for public reads, comma-separated: the address of each server itself.',
  }),
  databasePoolSize: variable({
    name: 'DATABASE_POOL_SIZE',
    schema: whole(2, 500).default(10),
    example: '10',
    about: 'Connections a process opens at most; half as many to each replica.',
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
} as const;
