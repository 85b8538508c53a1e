// What a wrong configuration is told: all faults together, each with the variable's name, what is wrong and what a right
// value looks like, never a value.
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig, variables } from '../../../src/platform/config/config.ts';

type Environment = Record<string, string>;

function faultsOf(environment: Environment): string[] {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n  ').slice(1);
    throw error;
  }
  return [];
}

const entries = Object.values(variables);
const names = entries.map(({ name }) => name);

describe('of every variable', () => {
  const wrong = [
    'a b',
    '10s',
    '64MB',
    'yes',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    'NaN',
    '99999999999',
    'http:x',
    'x://',
    ',',
    '例',
  ];

  it.each(names)('%s: a wrong value is told the form of a right one, in our words', (name) => {
    const told = wrong.flatMap((value) => faultsOf({ [name]: value })).filter((fault) => fault.startsWith(`${name}: `));
    // Any text names a folder.
    if (name !== 'MASTHEAD_DATA_DIR') expect(told).not.toEqual([]);
    for (const fault of told) {
      expect(fault).toMatch(
        /^[A-Z_]+: (?:entry \d+ )?must be .*(?:such as|from \d+ to \d+| or |letters|token alone|comma)/,
      );
      expect(fault).not.toMatch(/invalid|expected|received|too (?:big|small)|\bNaN\b/i);
    }
  });

  it('only what is in the tables is needed or displaced, and what is needed can say its form', () => {
    const named = entries.flatMap(({ needs = [], displaces = [] }) => [...needs, ...displaces]);
    expect(names).toEqual(expect.arrayContaining(named));
    for (const { schema } of entries.filter(({ name }) => named.includes(name)))
      expect(schema.safeParse('').error?.issues[0]?.message).toMatch(/^must be /);
  });
});

const wholeNumber = 'must be a whole number';
const oneAddress = 'must be an address that begins with postgresql://, such as postgresql://user:password@host';
const webAddress = 'must be an ASCII address that begins with http:// or https://';
const anOrigin = 'must be an origin such as https://www.example.com';

it.each([
  ['PORT', '-1', `${wholeNumber} from 0 to 65535`],
  ['PORT', '70000', `${wholeNumber} from 0 to 65535`],
  ['PORT', '3000 4000', wholeNumber],
  ['REQUEST_TIMEOUT_MS', '10s', `${wholeNumber} of milliseconds from 100 to 600000, in digits only`],
  ['BODY_LIMIT_BYTES', '64MB', `${wholeNumber} of bytes from 1024`],
  ['TRUST_PROXY', 'true', `${wholeNumber} of proxies from 0 to 10`],
  [
    'CACHE_SIZE_BYTES',
    '10',
    `${wholeNumber} of bytes from 1048576 to 68719476736, in digits only, or 0, which keeps none`,
  ],
  ['OVERLOAD_RSS_MIB', '10', `${wholeNumber} of MiB from 128`],
  ['OVERLOAD_RSS_MIB', '536870912', `${wholeNumber} of MiB from 128`],
  ['MASTHEAD_REVIEW_REQUIRED', 'yes', 'must be true or false'],
  ['SEARCH_BESIDE_WEIGHT', '1.5', 'must be a number from 0 to 1, such as 0.5'],
  ['SEARCH_NAME_WEIGHT', '11', 'must be a number from 0 to 10, such as 0.5'],
  ['LOG_LEVEL', 'WARN', 'must be fatal, error, warn, info'],
  ['HOST', 'http://0.0.0.0', 'must be a host name or an address, without scheme and port'],
  ['HOST', 'localhost:3000', 'must be a host name or an address, without scheme and port'],
  ['PUBLIC_URL', 'news.test', webAddress],
  ['PUBLIC_URL', 'https:news.test', webAddress],
  ['PUBLIC_URL', 'https://新闻.test', webAddress],
  ['PUBLIC_URL', 'https://news.test/?a=b', webAddress],
  ['PURGE_URL', 'https://user:geheim@edge.test', webAddress],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', '127.0.0.1:4318', webAddress],
  ['DATABASE_URL', 'localhost/masthead', oneAddress],
  ['DATABASE_URL', 'postgresql:masthead', oneAddress],
  ['CORS_ORIGINS', 'www.test', `entry 1 ${anOrigin}`],
  ['CORS_ORIGINS', 'https://www.test,www.test:8080', `entry 2 ${anOrigin}`],
  ['CORS_ORIGINS', 'https://www.test/', `entry 1 ${anOrigin}`],
  ['CORS_ORIGINS', 'https://www.test/cms', `entry 1 ${anOrigin}`],
  ['CORS_ORIGINS', 'https://WWW.test', `entry 1 ${anOrigin}`],
  ['CORS_ORIGINS', 'https://www.test:443', `entry 1 ${anOrigin}`],
  ['CORS_ORIGINS', 'https://*.test', `entry 1 ${anOrigin}`],
  ['CORS_ORIGINS', ' , ', 'must be origins such as https://www.example.com, comma-separated, or *'],
])('%s=%s is refused with what a right one looks like', (name, value, sentence) => {
  expect(faultsOf({ [name]: value })).toEqual([expect.stringContaining(`${name}: ${sentence}`)]);
});

it('replicas that are wrong are told by their places in the list, never by what they are', () => {
  const urls = ['postgresql://u:geheim@a/d', 'https://u:geheim@b/d', 'postgresql://c/d', 'geheim'];
  const [fault, ...more] = faultsOf({ DATABASE_URL: 'postgresql://h/d', DATABASE_REPLICA_URLS: urls.join(', ') });
  expect(fault).toContain(`DATABASE_REPLICA_URLS: entry 2 ${oneAddress}`);
  expect(fault).toContain(`; entry 4 ${oneAddress}`);
  expect(fault).not.toMatch(/geheim|entry [13]/);
  expect(more).toEqual([]);
});

describe('a variable that is of no use alone', () => {
  it.each<[Environment, missing: string]>([
    [{ DATABASE_DIRECT_URL: 'postgresql://h/d' }, 'DATABASE_URL'],
    [{ DATABASE_REPLICA_URLS: 'postgresql://h/d' }, 'DATABASE_URL'],
    [{ DATABASE_POOLER: 'transaction', DATABASE_URL: 'postgresql://h/d' }, 'DATABASE_DIRECT_URL'],
    [{ PURGE_TOKEN: 'geheim' }, 'PURGE_URL'],
    [{ FASTLY_SERVICE_ID: 'geheim' }, 'FASTLY_API_TOKEN'],
    [{ FASTLY_API_TOKEN: 'geheim' }, 'FASTLY_SERVICE_ID'],
    [{ FASTLY_API_URL: 'https://fastly.test' }, 'FASTLY_SERVICE_ID'],
    [{ CLOUDFLARE_ZONE_ID: 'geheim' }, 'CLOUDFLARE_API_TOKEN'],
    [{ CLOUDFLARE_API_TOKEN: 'geheim' }, 'CLOUDFLARE_ZONE_ID'],
    [{ CLOUDFLARE_API_URL: 'https://cloudflare.test' }, 'CLOUDFLARE_ZONE_ID'],
  ])('%j is refused, and %s told with its form', (environment, missing) => {
    const [name] = Object.keys(environment);
    const [fault, ...more] = faultsOf(environment);
    expect(fault).toMatch(new RegExp(`^${missing}: is missing, but needed by ${name}; it must be .+`));
    expect(fault).not.toContain('geheim');
    expect(more).toEqual([]);
  });

  it('asks for nothing where it says what holds anyway', () => {
    expect(faultsOf({ DATABASE_POOLER: 'none', FASTLY_API_URL: 'https://api.fastly.com/' })).toEqual([]);
  });

  it('names with others what they all need', () => {
    const faults = faultsOf({ DATABASE_POOLER: 'transaction', DATABASE_REPLICA_URLS: 'postgresql://h/d' });
    expect(faults).toEqual([
      expect.stringMatching(/^DATABASE_URL: .* DATABASE_POOLER and DATABASE_REPLICA_URLS; /),
      expect.stringMatching(/^DATABASE_DIRECT_URL: .* DATABASE_POOLER; /),
    ]);
  });
});

it.each<[Environment, without: string]>([
  [{ PURGE_URL: 'https://edge.test', FASTLY_SERVICE_ID: 's', FASTLY_API_TOKEN: 't' }, 'PURGE_URL'],
  [{ PURGE_URL: 'https://edge.test', CLOUDFLARE_ZONE_ID: 'z', CLOUDFLARE_API_TOKEN: 't' }, 'PURGE_URL'],
  [
    { CLOUDFLARE_ZONE_ID: 'z', FASTLY_SERVICE_ID: 's', FASTLY_API_TOKEN: 't', CLOUDFLARE_API_TOKEN: 't' },
    'CLOUDFLARE_ZONE_ID',
  ],
])('of two caches in front only one can be told: %j', (environment, without) => {
  const other = Object.keys(environment)[1];
  expect(faultsOf(environment)).toEqual([`${without}: has no effect beside ${other}; set only one of them`]);
});

it('faults of one variable and of several are told together', () => {
  const faults = faultsOf({ PORT: 'x', PURGE_TOKEN: 'geheim', CORS_ORIGINS: 'x', CLOUDFLARE_API_TOKEN: 'a b' });
  expect(faults.map((fault) => fault.split(':')[0])).toEqual([
    'PORT',
    'CORS_ORIGINS',
    'PURGE_URL',
    'CLOUDFLARE_API_TOKEN',
  ]);
});
