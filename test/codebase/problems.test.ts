// Every problem code is documented with its status, and something answers with it.
import { describe, expect, it } from 'vitest';
import { problemKinds } from '../../src/core/problem-kinds.ts';
import { listFiles, readText } from './files.ts';

const row = /^\| `([\w.]+)` \| (\d{3}) \| (.*?) \| (.+?) \|$/gm;
const documented = new Map(
  [...readText('docs/problems.md').matchAll(row)].map(([, code = '', status, title, advice]) => [
    code,
    { status: Number(status), title, advice },
  ]),
);
const users = listFiles('src', /\.ts$/).filter((path) => path !== 'src/core/problem-kinds.ts');
const text = users.map(readText).join('\n');
// Codes that several nouns have are made from the noun.
const madeKinds = ['slug_taken', 'external_id_taken', 'in_use', 'name_taken'];

function isUsed(code: string): boolean {
  const kind = code.slice(code.indexOf('.') + 1);
  if (text.includes(`'${code}'`)) return true;
  return madeKinds.includes(kind) && text.includes(`noun}.${kind}\``);
}

describe('problem codes', () => {
  it('are all documented in docs/problems.md, with status and title (npx tsx scripts/problems.ts)', () => {
    const kinds = Object.entries(problemKinds).map(([code, { status, title }]) => [code, { status, title }]);
    const pages = [...documented].map(([code, { status, title }]) => [code, { status, title }]);
    expect(Object.fromEntries(pages)).toEqual(Object.fromEntries(kinds));
  });

  it('come with something to do', () => {
    expect([...documented].filter(([, { advice = '' }]) => advice.trim().length < 10)).toEqual([]);
  });

  it('are all answered by something in src', () => {
    expect(Object.keys(problemKinds).filter((code) => !isUsed(code))).toEqual([]);
  });

  it('have a status of the 4xx or 5xx range and a name of the form noun.rule', () => {
    for (const [code, { status }] of Object.entries(problemKinds)) {
      expect(code).toMatch(/^[a-z]+\.[a-z]+(_[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });
});
