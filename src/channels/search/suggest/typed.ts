// What was typed so far, as the index is asked for it. The last word may be half a word, or the beginning of its pinyin.
// Chinese is looked for by its characters, not by words: what is typed is cut otherwise than what it is to become.
import type { Segmenter } from '../../../platform/words/segmenter.ts';
import { pinyinMark, titleMark } from '../analysis/document.ts';
import { fold } from '../analysis/fold.ts';
import { pairsOf } from '../analysis/pieces.ts';
import { spellPinyin } from '../analysis/pinyin.ts';
import { quoteLexeme } from '../analysis/quote.ts';
import { isCharacter, type Token, tokenizeFolded } from '../analysis/tokens.ts';
import { allOf, anyOf } from '../match/expressions.ts';
import { stemsOfBegun } from './endings.ts';

export type Typed = {
  /** Folded. */
  readonly text: string;
  readonly ofNames: string;
  readonly ofTitles: string;
  /** What a name must hold as it stands. */
  readonly runs: readonly string[];
};

// More words than that nobody suggests anything for.
const wordsMax = 12;

/** Null: there is no word in it. */
export function readTyped(segmenter: Segmenter, q: string): Typed | null {
  const text = fold(q).trim();
  const tokens = joinCharacters(tokenizeFolded(segmenter, text)).slice(0, wordsMax);
  if (tokens.length === 0) return null;
  return {
    text,
    ofNames: print(tokens, '', ({ word }) => characters(word)),
    ofTitles: print(tokens, titleMark, ({ word }) => {
      const pairs = pairsOf(word);
      return pairs.length === 0 ? characters(word) : pairs;
    }),
    runs: tokens.filter(({ kind }) => kind === 'han').map(({ word }) => word),
  };
}

/** Characters that the dictionary does not join are looked for as they stand. */
function joinCharacters(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const [n, token] of tokens.entries()) {
    const isNext = token.isGlued && isLone(token) && isLone(tokens[n - 1]!);
    const { word, raw } = isNext ? joined.pop()! : { word: '', raw: '' };
    joined.push({ ...token, word: word + token.word, raw: raw + token.raw });
  }
  return joined;
}

const isLone = ({ word, kind }: Token) => kind === 'han' && isCharacter(word);

const characters = (word: string) => word.match(/\p{Script=Han}/gu) ?? [];

/** `lexemesOf`: what stands in the index for a word in Han characters. */
function print(tokens: readonly Token[], mark: string, lexemesOf: (token: Token) => readonly string[]): string {
  const words = tokens.map((token, n) => {
    if (token.kind === 'han') return allOf(lexemesOf(token).map((lexeme) => quoteLexeme(mark + lexeme)));
    return n === tokens.length - 1 ? printBegun(token, mark) : printWhole(token, mark);
  });
  const joined = joinPinyin(tokens);
  return joined === null ? allOf(words) : anyOf([allOf(words), joined]);
}

const printWhole = ({ word, raw }: Token, mark: string) =>
  anyOf([quoteLexeme(mark + word), quoteLexeme(pinyinMark + spellPinyin(raw))]);

function printBegun({ word, raw }: Token, mark: string): string {
  const stems = [...new Set([word, ...stemsOfBegun(raw)])];
  return anyOf([
    begins(mark + raw),
    begins(pinyinMark + spellPinyin(raw)),
    ...stems.map((stem) => quoteLexeme(mark + stem)),
  ]);
}

const begins = (start: string) => `${quoteLexeme(start)}:*`;

const letters = /^[a-z]+$/;

/** Syllables with blanks between them: `qing dao`. */
function joinPinyin(tokens: readonly Token[]): string | null {
  if (tokens.length < 2 || !tokens.every(({ raw }) => letters.test(raw))) return null;
  return begins(pinyinMark + spellPinyin(tokens.map(({ raw }) => raw).join('')));
}
