// Which Node is supported, and that an older one is told of where somebody looks: in the log of what runs on.
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { isSupported, warnOfOldNode } from '../../src/cli/node-version.ts';

const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

it.each([
  ['20.20.2', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['24.0.0', true],
])('Node %s is supported: %s', (version, is) => expect(isSupported(version)).toBe(is));

it('the first that is supported is the one that package.json names', () => {
  const [, version = ''] = /^>=(\d+\.\d+)$/.exec(engines.node) ?? [];
  const [major = 0, minor = 0] = version.split('.').map(Number);
  expect([isSupported(version), isSupported(`${major}.${minor - 1}`)]).toEqual([true, false]);
});

it('an older one is one warning that says what to do; a supported one is none', () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  warnOfOldNode(log, '22.12.0');
  warnOfOldNode(log, '20.20.2');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, node: '20.20.2', msg: 'this version of Node is not supported; update to 22.12 or newer' },
  ]);
});
