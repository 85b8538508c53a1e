// A variable that was meant for us and is misspelt is told to whoever starts the program, with the one that was meant.
import { describe, expect, it } from 'vitest';
import { variables } from '../../../src/platform/config/config.ts';
import { findMisspelt } from '../../../src/platform/config/misspelt.ts';
import { runMasthead } from '../../support/masthead.ts';

const known = Object.values(variables).map(({ name }) => name);

describe('a name', () => {
  it.each([
    ['MASTHEAD_DATADIR', 'MASTHEAD_DATA_DIR'],
    ['MASTHEAD_TIMEZONE', 'MASTHEAD_TIME_ZONE'],
    ['MASTHEAD_PORT', 'PORT'],
    ['masthead_seed', 'MASTHEAD_SEED'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['DATABASE_REPLICA_URL', 'DATABASE_REPLICA_URLS'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['LOGLEVEL', 'LOG_LEVEL'],
  ])('%s is near to %s', (name, nearest) => {
    expect(findMisspelt([name], known)).toEqual([[name, nearest]]);
  });

  it('of others, or of ours, is not told', () => {
    const others = [
      'PATH',
      'POST',
      'HOSTNAME',
      'DATABASE_HOST',
      'PGDATABASE',
      'OTEL_EXPORTER_OTLP_HEADERS',
      'NODE_ENV',
    ];
    expect(findMisspelt([...others, ...known], known)).toEqual([]);
  });
});

it('is a warning on standard error, without its value, and no more', { timeout: 60_000 }, async () => {
  const run = await runMasthead(['config'], { env: { MASTHEAD_DATADIR: 'geheim' } });
  expect(run.code).toBe(0);
  expect(run.stderr).toBe(
    'MASTHEAD_DATADIR is not a variable of Masthead and has no effect. Is MASTHEAD_DATA_DIR meant?\n',
  );
  expect(JSON.parse(run.stdout)).toMatchObject({ MASTHEAD_DATA_DIR: '.masthead' });
});
