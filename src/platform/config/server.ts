// Where the program listens, who may ask from where, what it says about itself, and how it stops.
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { httpUrl, splitList, variable, whole } from './variable.ts';

export const serverVariables = {
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
  workers: variable({
    name: 'MASTHEAD_WORKERS',
    schema: z
      .string()
      .regex(/^([1-9]\d?|auto)$/, 'must be a whole number from 1 to 99, or auto')
      .default('1')
      .transform((text) => (text === 'auto' ? availableParallelism() : Number(text))),
    example: '1',
    about: 'Processes that serve; `auto`: as many as there are cores. 1 serves in the process itself.',
  }),
  publicUrl: variable({
    name: 'PUBLIC_URL',
    schema: httpUrl.optional(),
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
    schema: z.string().default('*').transform(splitList),
    example: '*',
    about: 'Origins that browsers may read from, comma-separated; `*` for any. Credentials are never allowed.',
  }),
  shutdownGraceMs: variable({
    name: 'SHUTDOWN_GRACE_MS',
    schema: whole(0, 600_000).default(10_000),
    example: '10000',
    about: 'How long running requests may take to finish after SIGTERM or SIGINT.',
  }),
  otlpEndpoint: variable({
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    schema: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    example: '',
    about: 'Where traces go by OTLP over HTTP (JSON), such as `http://127.0.0.1:4318`. Absent: there are none.',
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
