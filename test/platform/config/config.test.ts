// Configuration is a value: checked as a whole, frozen, with every fault named and no value shown.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, describeConfig, parseConfig, variables } from '../../../src/platform/config/config.ts';
import { runMasthead } from '../../support/masthead.ts';

function faultsOf(environment: Record<string, string>): string {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('without any variable', () => {
  it('the defaults of the design hold', () => {
    expect(parseConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      workers: 1,
      databaseUrl: undefined,
      dataDir: '.masthead',
      bootstrapKey: undefined,
      timeZone: 'Asia/Shanghai',
      publicUrl: undefined,
      trustProxy: 0,
      seed: undefined,
      corsOrigins: ['*'],
      logLevel: 'info',
    });
  });

  it('an empty variable counts as absent', () => {
    const empty = Object.fromEntries(Object.values(variables).map(({ name }) => [name, '']));
    expect(parseConfig(empty)).toEqual(parseConfig({}));
  });
});

it.each([
  ['PORT', '0', 'port', 0],
  ['PORT', '65535', 'port', 65_535],
  ['MASTHEAD_WORKERS', '2', 'workers', 2],
  ['MASTHEAD_WORKERS', 'auto', 'workers', availableParallelism()],
  ['DATABASE_URL', 'postgres://u:p@h/d', 'databaseUrl', 'postgres://u:p@h/d'],
  ['PUBLIC_URL', 'https://news.test/cms//', 'publicUrl', 'https://news.test/cms'],
  ['MASTHEAD_SEED', 'false', 'seed', false],
  ['CORS_ORIGINS', ' https://a.test ,, https://b.test', 'corsOrigins', ['https://a.test', 'https://b.test']],
  ['MASTHEAD_TIME_ZONE', 'UTC', 'timeZone', 'UTC'],
  ['MASTHEAD_BOOTSTRAP_KEY', 'k'.repeat(32), 'bootstrapKey', 'k'.repeat(32)],
  ['CORS_ORIGINS', 'capacitor://localhost', 'corsOrigins', ['capacitor://localhost']],
  ['CACHE_SIZE_BYTES', '1048576', 'cacheSizeBytes', 1_048_576],
  ['CACHE_SIZE_BYTES', '0', 'cacheSizeBytes', 0],
] as const)('%s=%s is read', (name, value, key, expected) => {
  expect(parseConfig({ [name]: value })[key]).toEqual(expected);
});

it('replicas are a list of addresses', () => {
  const environment = { DATABASE_URL: 'postgres://h/d', DATABASE_REPLICA_URLS: 'postgres://a/d, postgres://b/d,' };
  expect(parseConfig(environment).databaseReplicaUrls).toEqual(['postgres://a/d', 'postgres://b/d']);
});

it('blanks around a value are none of it, and nothing but blanks is absent', () => {
  expect(parseConfig({ PORT: ' 4000\n', MASTHEAD_BOOTSTRAP_KEY: `${'k'.repeat(32)}\n`, HOST: ' \t' })).toMatchObject({
    port: 4000,
    bootstrapKey: 'k'.repeat(32),
    host: '127.0.0.1',
  });
});

const faults: [name: string, value: string][] = [
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PORT', 'http'],
  ['PORT', '3000; rm'],
  ['MASTHEAD_WORKERS', '0'],
  ['MASTHEAD_WORKERS', '100'],
  ['MASTHEAD_WORKERS', '1.5'],
  ['MASTHEAD_WORKERS', 'every'],
  ['DATABASE_URL', 'mysql://u:p@h/d'],
  ['DATABASE_URL', 'h/d'],
  ['DATABASE_DIRECT_URL', 'https://h/d'],
  ['DATABASE_POOLER', 'session'],
  ['DATABASE_REPLICA_URLS', 'postgres://a/d,https://b/d'],
  ['DATABASE_POOL_SIZE', '1'],
  ['DATABASE_POOL_SIZE', '501'],
  ['DATABASE_STATEMENT_TIMEOUT_MS', '0'],
  ['SLOW_QUERY_MS', '0'],
  ['MASTHEAD_BOOTSTRAP_KEY', 'k'.repeat(31)],
  ['MASTHEAD_TIME_ZONE', 'Asia/Qingdao'],
  ['MASTHEAD_TIME_ZONE', '+08:00'],
  ['MASTHEAD_SLUG_POLICY', 'english'],
  ['MASTHEAD_SEED', 'yes'],
  ['MASTHEAD_SEED', '1'],
  ['PUBLIC_URL', 'news.test'],
  ['PUBLIC_URL', 'ftp://news.test'],
  ['TRUST_PROXY', 'true'],
  ['TRUST_PROXY', '-1'],
  ['BODY_LIMIT_BYTES', '0'],
  ['REQUEST_TIMEOUT_MS', '0'],
  ['REQUEST_TIMEOUT_MS', 'never'],
  ['SHUTDOWN_GRACE_MS', '-1'],
  ['LOG_LEVEL', 'verbose'],
  ['LOG_FORMAT', 'xml'],
];
describe('a fault is refused by name and never shows the value:', () => {
  it.each(faults)('%s=%s', (name, value) => {
    const message = faultsOf({ [name]: value });
    expect(message).toMatch(new RegExp(`^The configuration is not valid:\n {2}${name}: .+$`));
    if (value.length > 4) expect(message).not.toContain(value);
  });

  it('all of several at once', () => {
    const environment = Object.fromEntries(faults);
    const named = faultsOf(environment).split('\n').slice(1);
    expect(named.map((line) => line.trim().split(':')[0]).toSorted()).toEqual(Object.keys(environment).toSorted());
  });
});

it('the configuration is frozen, lists included', () => {
  const config = parseConfig({ CORS_ORIGINS: 'https://a.test' }) as { port: number; corsOrigins: string[] };
  expect(() => {
    config.port = 1;
  }).toThrow(TypeError);
  expect(() => config.corsOrigins.push('*')).toThrow(TypeError);
});

describe('masthead config', () => {
  const secrets = {
    DATABASE_URL: 'postgresql://user:geheim-1@host/db',
    DATABASE_DIRECT_URL: 'postgresql://user:geheim-2@host/db',
    DATABASE_REPLICA_URLS: 'postgresql://user:geheim-4@host/db,postgresql://user:geheim-5@host/db',
    MASTHEAD_BOOTSTRAP_KEY: 'geheim-3-abcdefghijklmnopqrstuvwxyz',
  };

  it('lists every variable with its effective value, secrets redacted', () => {
    const shown = describeConfig(parseConfig({ ...secrets, PORT: '4000' }));
    expect(Object.keys(shown)).toEqual(Object.values(variables).map(({ name }) => name));
    expect(shown).toMatchObject({ PORT: 4000, MASTHEAD_TIME_ZONE: 'Asia/Shanghai', PUBLIC_URL: null });
    for (const name of Object.keys(secrets)) expect(shown[name]).toBe('***');
  });

  it('shows no secret as null where there is none', () => {
    expect(describeConfig(parseConfig({}))).toMatchObject({ DATABASE_URL: null, MASTHEAD_BOOTSTRAP_KEY: null });
  });

  it('reads .env of the working folder; the environment wins', { timeout: 60_000 }, async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'masthead-config-'));
    onTestFinished(() => rmSync(cwd, { recursive: true }));
    const file = { ...secrets, PORT: '4001', LOG_LEVEL: 'warn', PUBLIC_URL: '"https://news.test/"' };
    const text = Object.entries(file).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(cwd, '.env'), `# a comment\n${text.join('')}`);
    const run = await runMasthead(['config'], { cwd, env: { PORT: '4002' } });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({ PORT: 4002, LOG_LEVEL: 'warn', PUBLIC_URL: 'https://news.test' });
    expect(run.stdout).not.toContain('geheim');
  });

  it('names the faults of a .env, too', { timeout: 60_000 }, async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'masthead-config-'));
    onTestFinished(() => rmSync(cwd, { recursive: true }));
    writeFileSync(join(cwd, '.env'), 'PORT=geheim\nMASTHEAD_SEED=geheim\n');
    const run = await runMasthead(['config'], { cwd });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^The configuration is not valid:\n {2}PORT: .+\n {2}MASTHEAD_SEED: .+\n$/);
    expect(run.stderr).not.toContain('geheim');
  });
});
