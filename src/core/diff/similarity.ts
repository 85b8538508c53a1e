// Whether a block that came is the one that went, changed: the two are of one kind and have half of their words in
// common. A word is what the word count counts, so a Chinese character is one.
import type { Block, Blocks } from '../body/schema.ts';
import { listWords } from '../body/words.ts';
import { textOfBlock } from './block-form.ts';
import { type Effort, spend } from './effort.ts';

// Dice's coefficient. Measured on Chinese news: unrelated paragraphs have about a fifth in common.
const commonMin = 0.5;
// Enough to know a paragraph by; a longer one costs no more.
const lengthMax = 120;

type Words = { readonly counts: ReadonlyMap<string, number>; readonly total: number };

/** A test for two blocks by their indexes. Out of effort, nothing is similar any more. */
export function createSimilarity(before: Blocks, after: Blocks, effort: Effort) {
  const known = new Map<Block, Words>();
  const wordsOf = (block: Block): Words => {
    const words = known.get(block) ?? countEach(listWords(textOfBlock(block).slice(0, lengthMax)));
    known.set(block, words);
    return words;
  };
  return (left: number, right: number): boolean => {
    const [old, fresh] = [before[left]!, after[right]!];
    if (old._type !== fresh._type) return false;
    if (addressOf(old) !== null && addressOf(old) === addressOf(fresh)) return true;
    const [a, b] = [wordsOf(old), wordsOf(fresh)];
    const total = a.total + b.total;
    if (total === 0) return textOfBlock(old) !== '' && textOfBlock(fresh) !== '';
    if ((2 * Math.min(a.total, b.total)) / total < commonMin) return false;
    if (!spend(effort, Math.min(a.counts.size, b.counts.size) + 1)) return false;
    return (2 * countCommon(a, b)) / total >= commonMin;
  };
}

const addressOf = (block: Block): string | null =>
  block._type === 'figure' || block._type === 'embed' ? block.url : null;

function countEach(words: readonly string[]): Words {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, total: words.length };
}

function countCommon(a: Words, b: Words): number {
  const [few, many] = a.counts.size <= b.counts.size ? [a.counts, b.counts] : [b.counts, a.counts];
  let common = 0;
  for (const [word, count] of few) common += Math.min(count, many.get(word) ?? 0);
  return common;
}
