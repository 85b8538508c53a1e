// Where the program listens, who may ask from where, what it says about itself, and how it stops.

import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { httpBase, listOf, oneOf, text, variable, whole } from './variable.ts';

const isHost = (given: string) => isIP(given) !== 0 || /^[a-z\d](?:[\w.-]*[a-z\d])?$/i.test(given);
/** As a browser sends it: lower case, no port that the scheme implies. */
const isOrigin = (given: string) => {
  if (given.includes('*') || !URL.canParse(given)) return false;
  const { protocol, host } = new URL(given);
  return host !== '' && given === `${protocol}//${host}`;
};
const origin = text(
  (given) => given === '*' || isOrigin(given),
  'an origin such as https://www.example.com (scheme and host in lower case, no path, no slash at the end, no * for a part of it), or * for any',
);

export const serverVariables = {
  host: variable({
    name: 'HOST',
    schema: text(isHost, 'a host name or an address, without scheme and port, such as 127.0.0.1').default('127.0.0.1'),
    example: '127.0.0.1',
    about: 'Address to listen on; `0.0.0.0` for all.',
  }),
  port: variable({
    name: 'PORT',
    schema: whole({ min: 0, max: 65_535 }).default(3000),
    example: '3000',
    about: 'Port; 0 takes a free one.',
  }),
  workers: variable({
    name: 'MASTHEAD_WORKERS',
    schema: text(/^(?:[1-9]\d?|auto)$/, 'a whole number from 1 to 99, or auto')
      .transform((given) => (given === 'auto' ? availableParallelism() : Number(given)))
      .default(1),
    example: '1',
    about: 'Processes that serve; `auto`: as many as there are cores. 1 serves in the process itself.',
  }),
  publicUrl: variable({
    name: 'PUBLIC_URL',
    schema: httpBase.optional(),
    example: '',
    about: 'Base of every address in an answer. Absent: made from HOST and PORT.',
  }),
  trustProxy: variable({
    name: 'TRUST_PROXY',
    schema: whole({ min: 0, max: 10, of: 'proxies' }).default(0),
    example: '0',
    about: 'How many proxies in front are believed about the client address.',
  }),
  corsOrigins: variable({
    name: 'CORS_ORIGINS',
    schema: listOf(origin, 'origins such as https://www.example.com, comma-separated, or *').default(['*']),
    example: '*',
    about: 'Origins that browsers may read from, comma-separated; `*` for any. Credentials are never allowed.',
  }),
  shutdownGraceMs: variable({
    name: 'SHUTDOWN_GRACE_MS',
    schema: whole({ min: 0, max: 600_000, of: 'milliseconds' }).default(10_000),
    example: '10000',
    about: 'How long running requests may take to finish after SIGTERM or SIGINT.',
  }),
  otlpEndpoint: variable({
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    schema: httpBase.optional(),
    example: '',
    about: 'Where traces go by OTLP over HTTP (JSON), such as `http://127.0.0.1:4318`. Absent: there are none.',
  }),
  logLevel: variable({
    name: 'LOG_LEVEL',
    schema: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info'),
    example: 'info',
    about: 'Least severe level that is logged.',
  }),
  logFormat: variable({
    name: 'LOG_FORMAT',
    schema: oneOf('auto', 'json', 'pretty').default('auto'),
    example: 'auto',
    about: '`auto`: pretty on a terminal, JSON elsewhere.',
  }),
} as const;
