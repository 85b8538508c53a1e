import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseDocument } from '../../../../src/channels/search/analysis/document.ts';
import { createSegmenter } from '../../../../src/channels/search/analysis/segmenter.ts';
import { analyseQuery, type Word } from '../../../../src/channels/search/query/analyse.ts';
import { parseQuery } from '../../../../src/channels/search/query/parse.ts';
import type { Segmenter } from '../../../../src/platform/words/segmenter.ts';
import { lexemesOf } from '../analysis/lexemes.ts';

const segmenter = createSegmenter();
const analyse = (q: string, by: Segmenter = segmenter) => analyseQuery(by, parseQuery(q));
const requiredOf = (q: string, by?: Segmenter) =>
  analyse(q, by).clauses.flatMap((atoms) => atoms.flatMap(({ words }) => words.filter(({ isRequired }) => isRequired)));
const lookedFor = ({ alternatives, pieces }: Word) => (pieces.length > 0 ? pieces.join('&') : alternatives.join('|'));

const documentOf = (title: string, body: string, by: Segmenter = segmenter) =>
  lexemesOf(analyseDocument(by, { title, second: [], body, ids: [] }).words);
const finds = (q: string, lexemes: ReadonlySet<string>, by?: Segmenter) => {
  const has = (lexeme: string) => lexemes.has(lexeme);
  const words = requiredOf(q, by);
  return (
    words.length > 0 &&
    words.every(({ pieces, alternatives }) => (pieces.length > 0 ? pieces.every(has) : alternatives.some(has)))
  );
};

describe('what a query asks for', () => {
  it.each([
    ['words', '青岛工业大会', ['青岛', '工业', '大会']],
    ['of a longer word what it has however it was cut', '互联网', ['互联&联网']],
    ['characters together that are no word', '汪小帆', ['汪小', '小帆']],
    ['a lone character', '岛', ['岛']],
    ['no function words', '怎么去青岛', ['青岛']],
    ['function words where there is nothing else', '怎么', ['怎么']],
    ['of a phrase all words and what joins them', '"青岛的经济"', ['青岛', '岛的', '的经', '经济']],
    ['a stem or pinyin', 'Growing', ['grow|~growing']],
    ['pinyin as it may be typed', 'zhanlve', ['zhanlv|~zhanlue']],
    ['numbers', '3.5% T+0', ['3.5', 't', '0']],
    ['what is in the title', 'title:互联网 title:青岛 title:qingdao', ['^互联&^联网', '^青岛', '^qingdao|~qingdao']],
  ])('is %s', (_, q, expected) => {
    expect(requiredOf(q).map(lookedFor)).toEqual(expected);
  });

  it('ranks by words, the words in them, neighbours and pairs in the title, each once', () => {
    const { features } = analyse('青岛互联网怎么 青岛');
    const of = (wanted: string) => features.filter(({ kind }) => kind === wanted).map(({ lexeme }) => lexeme);
    expect(of('word')).toEqual(['青岛', '互联网', '怎么']);
    expect(of('part')).toEqual(['互联', '联网']);
    expect(of('bridge')).toEqual(['岛互', '网怎']);
    expect(of('titlePair')).toEqual(['^青岛', '^岛互', '^互联', '^联网', '^网怎', '^怎么']);
    expect(features.find(({ lexeme }) => lexeme === '怎么')!.weight).toBeLessThan(1);
  });

  it('excludes words, and ranks by none of them', () => {
    const { clauses, excluded, features } = analyse('-北京 -title:"两会"');
    expect(clauses).toEqual([]);
    expect(excluded.map(({ words }) => words.map(lookedFor))).toEqual([['北京'], ['^两会']]);
    expect(features).toEqual([]);
  });

  it('is bounded, and says so', () => {
    const { clauses, isCut } = analyse('青岛两会开幕 '.repeat(15) + '青岛'.repeat(60));
    expect(isCut).toBe(true);
    expect(clauses.flat().flatMap(({ words }) => words.filter(({ kind }) => kind !== 'bridge'))).toHaveLength(48);
    expect(analyse('青岛 两会').isCut).toBe(false);
  });

  it('is no more than sixty-five lexemes for what syllables are together, however many there are', () => {
    const syllables = 'qing dao xi an ha er bin shang hai yan tai ji nan wei hai wei fang zi bo lin yi'.split(' ');
    for (const q of [syllables.slice(0, 16).join(' '), syllables.join("'"), `${syllables.join("'")} `.repeat(4)]) {
      const lexemes = new Set(requiredOf(q).flatMap(({ alternatives }) => alternatives));
      const joined = [...lexemes].filter((lexeme) => lexeme.startsWith('~') && !syllables.includes(lexeme.slice(1)));
      expect(joined.length).toBeGreaterThan(32);
      expect(joined.length).toBeLessThanOrEqual(65);
    }
  });

  it('is there for anything that is typed', () => {
    const typed = fc.array(
      fc.oneof(
        fc.constantFrom('"', '青', "'s", '5G', '\ud800', '😀', '\u202e', 'title:'),
        fc.string({ unit: 'binary' }),
      ),
    );
    fc.assert(
      fc.property(typed, (parts) => {
        const { clauses, excluded, features } = analyse(parts.join(''));
        const atoms = [...clauses.flat(), ...excluded];
        for (const { words } of atoms) expect(words.some(({ isRequired }) => isRequired)).toBe(true);
        expect(atoms.flatMap(({ words }) => words).length).toBeLessThanOrEqual(96);
        expect(features.every(({ lexeme }) => lexeme.length <= 64)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a text is found by what stands in it', () => {
  const text = readFileSync('prisma/seed/qingdao-two-sessions.txt', 'utf8');
  const lexemes = documentOf('', text);
  const runs = text.match(/\p{Script=Han}+/gu)!.map((run) => [...run]);
  const stretchesOf = (length: number) => [
    ...new Set(runs.flatMap((run) => run.slice(length - 1).map((_, n) => run.slice(n, n + length).join('')))),
  ];

  it.each([1, 2, 3, 4, 5, 6])('each stretch of %i characters, as words and as a phrase', (length) => {
    const missed = stretchesOf(length).filter((stretch) => !finds(stretch, lexemes) || !finds(`"${stretch}"`, lexemes));
    expect(missed).toEqual([]);
  });

  it('in Traditional characters and in any width', () => {
    const found = documentOf('', '青岛两会聚焦工业互联网与5G，GDP增长3.5%');
    for (const q of ['青島兩會', '工業互聯網', '５Ｇ', 'ＧＤＰ', '3.5', '3.5%']) expect(finds(q, found), q).toBe(true);
    expect(finds('工业互联网', documentOf('', '工業互聯網'))).toBe(true);
  });

  it('also by one who knows words that it was not cut by, and the other way round', () => {
    const terms = ['上合组织总部', '汪小帆', '5g消息', '云上两会', '岛市'];
    const learned = createSegmenter(terms);
    for (const q of [...terms, '总部', '消息', '5g', '两会', '青岛市', '市长', '云上']) {
      const body = '上合组织总部的汪小帆说5G消息，云上两会，青岛市长';
      expect(finds(q, documentOf('', body), learned), `${q}, taught later`).toBe(true);
      expect(finds(q, documentOf('', body, learned)), `${q}, taught before`).toBe(true);
    }
  });

  it('by the pinyin of its title', () => {
    const found = documentOf('重庆长沙战略：青岛两会', '');
    for (const q of ['chongqing', 'changsha', 'zhanlue', 'zhanlve', 'Qingdao', 'lianghui', 'qingdaolianghui'])
      expect(finds(q, found), q).toBe(true);
  });
});
