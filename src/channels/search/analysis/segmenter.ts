// Cuts folded text by jieba's dictionary, without its guesses at unknown words: what it does not know falls into single
// characters, which pairs hold together (pieces.ts), wherever it stands.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Segmenter } from '../../../platform/words/segmenter.ts';

export type LearningSegmenter = Segmenter & { learn(words: readonly string[]): void };

const han = /\p{Script=Han}/u;

/** Whether a folded word can be taught: what has no Han character is told apart by blanks and signs. */
export const isTeachable = (folded: string) =>
  folded.length >= 2 && folded.length <= 30 && han.test(folded) && !/[\s\p{P}]/u.test(folded);

// Enough to win over any two words of the dictionary, whose frequencies sum up to 60 million and stay under a million each.
// What is taught adds to that sum, which every cut is reckoned with, so far more would cut other text differently.
const frequency = 5000;

type JiebaModule = typeof import('@node-rs/jieba');

/**
 * Takes 150 ms and 40 MB, and 10 ms for 50,000 words that it learns. Two of them share nothing. Neither is it loaded
 * before: the import alone would read the dictionary.
 */
export function createSegmenter(words: readonly string[] = []): LearningSegmenter {
  const require = createRequire(import.meta.url);
  const { Jieba }: JiebaModule = require('@node-rs/jieba');
  const jieba = Jieba.withDict(readFileSync(require.resolve('@node-rs/jieba/dict.txt')));
  const learn = (added: readonly string[]) => {
    if (added.length > 0) jieba.loadDict(Buffer.from(added.map((word) => `${word} ${frequency}\n`).join('')));
  };
  learn(words);
  return {
    cut: (folded) => jieba.cut(folded, false),
    parts: (word) =>
      word.length > 2 ? [...new Set(jieba.cutForSearch(word, false))].filter((part) => part !== word) : [],
    learn,
  };
}
