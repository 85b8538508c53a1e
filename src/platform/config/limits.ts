// What one request, one sender and one process may take.
import { variable, whole } from './variable.ts';

export const limitsVariables = {
  bodyLimitBytes: variable({
    name: 'BODY_LIMIT_BYTES',
    schema: whole({ min: 1024, max: 100 * 1024 * 1024, of: 'bytes' }).default(2 * 1024 * 1024),
    example: '2097152',
    about: 'Largest request body.',
  }),
  requestTimeoutMs: variable({
    name: 'REQUEST_TIMEOUT_MS',
    schema: whole({ min: 100, max: 600_000, of: 'milliseconds' }).default(15_000),
    example: '15000',
    about: 'A request must have arrived whole within this time.',
  }),
  rateLimitWrites: variable({
    name: 'RATE_LIMIT_WRITES_PER_MINUTE',
    schema: whole({ min: 0, max: 1_000_000_000, of: 'requests' }).default(12_000),
    example: '12000',
    about: 'Writes of one key that a process takes in a minute; 0: no limit.',
  }),
  rateLimitMisses: variable({
    name: 'RATE_LIMIT_MISSES_PER_MINUTE',
    schema: whole({ min: 0, max: 1_000_000_000, of: 'requests' }).default(30_000),
    example: '30000',
    about: 'Reads of one key or address that the cache cannot answer, in a minute and process; 0: no limit.',
  }),
  rateLimitFailedAuth: variable({
    name: 'RATE_LIMIT_FAILED_AUTH_PER_MINUTE',
    schema: whole({ min: 0, max: 1_000_000_000, of: 'requests' }).default(300),
    example: '300',
    about:
      'Requests of one address with keys that are not valid, in a minute and process; more are a 429 instead of a 401. 0: no limit.',
  }),
  overloadWaitMs: variable({
    name: 'OVERLOAD_WAIT_MS',
    schema: whole({ min: 1, max: 600_000, of: 'milliseconds' }).default(1000),
    example: '1000',
    about: 'How long a request waits for its turn with the database before it is a 503.',
  }),
  overloadDelayMs: variable({
    name: 'OVERLOAD_EVENT_LOOP_DELAY_MS',
    schema: whole({ min: 0, max: 600_000, of: 'milliseconds' }).default(500),
    example: '500',
    about: 'With the event loop later than this, over a second, only what the cache holds is answered; 0: no limit.',
  }),
  overloadRssMib: variable({
    name: 'OVERLOAD_RSS_MIB',
    schema: whole({ min: 128, max: 1024 ** 2, of: 'MiB', off: 'sets no limit but the heap' }).default(0),
    example: '0',
    about:
      'With more memory (resident set) than this, only what the cache holds is answered, 128 or more; 0: no limit but the heap.',
  }),
} as const;
