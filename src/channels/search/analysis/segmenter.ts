// Cuts folded text by jieba's dictionary, without its guesses at unknown words: what it does not know falls into single
// characters, which bridges hold together (document.ts), wherever it stands.
import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';
import type { Segmenter } from '../../../platform/words/segmenter.ts';

export type LearningSegmenter = Segmenter & { learn(words: readonly string[]): void };

const han = /\p{Script=Han}/u;

/** Whether a folded word can be taught: what has no Han character is told apart by blanks and signs. */
export const isTeachable = (folded: string) =>
  folded.length >= 2 && folded.length <= 30 && han.test(folded) && !/[\s\p{P}]/u.test(folded);

// Above all that the dictionary has, so that a taught word wins over the words in it.
const frequency = 10_000_000;

export function createSegmenter(): LearningSegmenter {
  const jieba = Jieba.withDict(dict);
  return {
    cut: (folded) => jieba.cut(folded, false),
    parts: (word) =>
      word.length > 2 ? [...new Set(jieba.cutForSearch(word, false))].filter((part) => part !== word) : [],
    learn(words) {
      if (words.length > 0) jieba.loadDict(Buffer.from(words.map((word) => `${word} ${frequency}\n`).join('')));
    },
  };
}
