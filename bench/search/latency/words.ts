// Words to ask for, by how common they are in the documents, and words that follow each other in them.
import type pg from 'pg';
import { createSegmenter } from '../../../src/channels/search/analysis/segmenter.ts';

export type Words = {
  readonly rare: readonly string[];
  readonly medium: readonly string[];
  readonly common: readonly string[];
  readonly commonPhrases: readonly string[];
  readonly rarePhrases: readonly string[];
  readonly characters: readonly string[];
  /** Beginnings of what may be meant. */
  readonly prefixes: readonly string[];
};

const sampleSize = 10_000;
// Shares of all documents.
const [rareMax, mediumMin, mediumMax, oftenMin, commonMin, commonMax] = [0.0003, 0.01, 0.03, 0.1, 0.25, 0.45];
const enough = 3;

export async function sampleWords(client: pg.Client, documents: number): Promise<Words> {
  const percent = Math.min(100, (100 * sampleSize) / documents);
  const sample = `search_document tablesample bernoulli (${percent}) repeatable (20260)`;
  const { rows: counts } = await client.query<{ word: string; ndoc: number }>(
    `select word, ndoc from ts_stat('select words from ${sample}') where word ~ '^[一-龥]{1,4}$'`,
  );
  const { rows: texts } = await client.query<{ text: string }>(`select text from ${sample} limit 3000`);
  const { cut } = createSegmenter();
  const sampled = documents * (percent / 100);
  const shares = new Map(counts.map(({ word, ndoc }) => [word, ndoc / sampled]));
  const known = [...shares].filter(([word]) => word.length > 1 && cut(word).length === 1);
  const between = (least: number, most: number) =>
    known.filter(([, share]) => share >= least && share <= most).map(([word]) => word);
  const isBetween = (word: string, least: number, most: number) =>
    word.length > 1 && (shares.get(word) ?? 0) >= least && (shares.get(word) ?? 0) <= most;
  const pairs = texts.flatMap(({ text }) => {
    const words = cut(text);
    return words.slice(1).map((word, n) => [words[n]!, word] as const);
  });
  const phrases = (fits: (left: string, right: string) => boolean) => [
    ...new Set(pairs.filter(([left, right]) => fits(left, right)).map((pair) => pair.join(''))),
  ];
  const isOften = (word: string) => isBetween(word, oftenMin, 1);
  const isRare = (word: string) => isBetween(word, Number.MIN_VALUE, rareMax);
  const medium = between(mediumMin, mediumMax);
  const found = {
    rare: between(Number.MIN_VALUE, rareMax),
    medium,
    common: between(commonMin, commonMax),
    commonPhrases: phrases((left, right) => isOften(left) && isOften(right)),
    rarePhrases: phrases((left, right) => (isRare(left) && right.length > 1) || (isRare(right) && left.length > 1)),
    characters: [...shares].filter(([word, share]) => word.length === 1 && share > mediumMin).map(([word]) => word),
    prefixes: medium.map((word) => word.slice(0, 2)),
  };
  for (const [name, list] of Object.entries(found)) {
    if (list.length < enough) throw new Error(`There are too few words to measure with (${name}); try more articles.`);
  }
  return found;
}
