// House rules that the linter does not know: lengths, leftovers, opening comments, names of tests.
import { describe, expect, it } from 'vitest';
import { findLines, listFiles, readText } from './files.ts';

const code = /\.(ts|js|mjs|sh)$/;
const [sources, tests, benches, scripts] = ['src', 'test', 'bench', 'scripts'].map((folder) => listFiles(folder, code));
const written = [sources, tests, benches, scripts].flatMap((paths) => paths ?? []);
const testFiles = listFiles('test', /\.test\.ts$/);

const countLines = (path: string) => readText(path).trimEnd().split('\n').length;

describe('files', () => {
  it('have at most 300 lines, those of tests 400', () => {
    const limitOf = (path: string) => (path.startsWith('test/') ? 400 : 300);
    const long = written.filter((path) => countLines(path) > limitOf(path));
    expect(long.map((path) => `${path}: ${countLines(path)}`)).toEqual([]);
  });

  it('hold no leftovers', () => {
    // Written so that the patterns do not fit themselves.
    expect(findLines(written, /\b(?:TOD[O]|FIXM[E])\b/)).toEqual([]);
    expect(findLines(written, /@ts-ignor[e]|@ts-nochec[k]/)).toEqual([]);
    expect(findLines(written, /\bas\s+an[y]\b(?!\s+\w)/)).toEqual([]);
  });

  it('name no folder of one machine', () => {
    const published = [...listFiles('src'), ...listFiles('docs'), ...listFiles('scripts')];
    const pages = ['README.md', 'CHANGELOG.md', '.env.example'].flatMap((path) => listFiles(path));
    expect(findLines([...published, ...pages], /(?<![\w.:])\/(?:work|root|tmp|home)\//)).toEqual([]);
  });

  it('in src open with a comment that says what the module is for', () => {
    const modules = listFiles('src', /(?<!schemas)\.ts$/);
    const opening = (path: string) =>
      readText(path)
        .split('\n')
        .find((line) => !line.startsWith('#!')) ?? '';
    expect(modules.filter((path) => !/^\/\/ \S/.test(opening(path)))).toEqual([]);
  });
});

describe('tests', () => {
  it('all run: none is singled out or left out without a condition', () => {
    expect(findLines(tests ?? [], /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:only|skip|todo)\b/)).toEqual([]);
  });

  it('have names that are unique within their file', () => {
    const repeated = testFiles.flatMap((path) => {
      // A lone placeholder is no name: the rows of the table bring theirs.
      const names = listTestNames(readText(path)).filter((name) => !/^(?:%s|\$\w+)$/.test(name));
      return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${path}: ${name}`);
    });
    expect(repeated).toEqual([]);
    expect(testFiles.filter((path) => listTestNames(readText(path)).length === 0)).toEqual([]);
  });

  it('are counted in every form they are written in', () => {
    const text = [
      "it('one', () => {});",
      "it.skipIf(process.platform === 'win32')('two', () => {});",
      "it.each([\n  ['a', (b)],\n])('three %s', () => {});",
      'test.each`a`(`four`, () => {});',
      'it(\n  "it\'s five",\n  () => {},\n);',
      "await init('no');",
    ].join('\n');
    expect(listTestNames(text)).toEqual(['one', 'two', 'three %s', 'four', "it's five"]);
  });
});

/** The first string after `it(` or `test(`, or after the table or condition in `it.each(…)(`. */
function listTestNames(text: string): string[] {
  const name = /^\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)/;
  return [...text.matchAll(/(?<![\w.])(?:it|test)((?:\.\w+)*)(?=[(`])/g)].flatMap((match) => {
    let rest = text.slice(match.index + match[0].length);
    if (/\.(?:each|for|skipIf|runIf)$/.test(match[1] ?? '')) rest = rest.slice(lengthOfArgument(rest));
    const found = name.exec(rest);
    return found === null ? [] : [found[1] ?? found[2] ?? found[3] ?? ''];
  });
}

/** How long a parenthesised argument list or a template is, strings and comments inside taken as one piece. */
function lengthOfArgument(text: string): number {
  const piece = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/.*|[()]|[^'"`()/]+|./gs;
  let depth = 0;
  for (const match of text.matchAll(piece)) {
    if (match[0] === '(') depth += 1;
    if (match[0] === ')') depth -= 1;
    if (depth === 0) return match.index + match[0].length;
  }
  return 0;
}
