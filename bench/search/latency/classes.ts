// The kinds of queries that are timed, and what the index alone is asked for in their place.
import type { Random } from './random.ts';
import { names } from './stories.ts';
import type { Words } from './words.ts';

export type QueryClass = {
  readonly name: string;
  readonly p95MsMax: number;
  make(random: Random): Made;
};

export type Made = {
  /** Of the request. */
  readonly path: string;
  /** How many pages are turned before, untimed. */
  readonly pagesBefore: number;
  /** A tsquery; null: there is none that is near to it. */
  readonly floor: string | null;
};

const [rareMsMax, msMax] = [50, 100];

const address = (q: string, more: Record<string, string> = {}) =>
  `/v1/search?${new URLSearchParams({ q, limit: '20', ...more })}`;

export function listClasses(words: Words): readonly QueryClass[] {
  const all = (...lexemes: string[]) => lexemes.map((lexeme) => `'${lexeme}'`).join(' & ');
  const of = (pick: (random: Random) => Omit<Made, 'pagesBefore'>, pagesBefore = 0) => ({
    p95MsMax: msMax,
    make: (random: Random): Made => ({ ...pick(random), pagesBefore }),
  });
  const terms = (lists: readonly (readonly string[])[], more?: Record<string, string>, pagesBefore?: number) =>
    of((random) => {
      const chosen = lists.map((list) => random.of(list));
      return { path: address(chosen.join(' '), more), floor: all(...chosen) };
    }, pagesBefore);
  const { rare, medium, common, commonPhrases, rarePhrases, characters, prefixes } = words;
  const phrase = (phrases: readonly string[]) =>
    of((random) => ({ path: address(`"${random.of(phrases)}"`), floor: null }));
  return [
    { name: 'rare word', ...terms([rare]), p95MsMax: rareMsMax },
    { name: 'medium word', ...terms([medium]) },
    { name: 'common word', ...terms([common]) },
    { name: 'two common words', ...terms([common, common]) },
    { name: 'rare and common word', ...terms([rare, common]), p95MsMax: rareMsMax },
    { name: 'phrase of common words', ...phrase(commonPhrases) },
    { name: 'phrase with a rare word', ...phrase(rarePhrases), p95MsMax: rareMsMax },
    {
      name: 'common word without a medium one',
      ...of((random) => {
        const [left, right] = [random.of(common), random.of(medium)];
        return { path: address(`${left} -${right}`), floor: `'${left}' & !'${right}'` };
      }),
    },
    {
      name: 'common word in the title',
      ...of((random) => {
        const word = random.of(common);
        return { path: address(`title:${word}`), floor: `'^${word}'` };
      }),
    },
    { name: 'single character', ...terms([characters]) },
    {
      name: 'common word in a section',
      ...of((random) => {
        const word = random.of(common);
        return { path: address(word, { section: sectionSlug(random) }), floor: all(word) };
      }),
    },
    { name: 'common word with facets', ...terms([common], { facets: 'section,source,editor,tag,year' }) },
    { name: 'common word with highlights', ...terms([common], { highlight: 'true' }) },
    { name: 'common word, newest first', ...terms([common], { sort: '-publishedAt' }) },
    { name: 'common word, page 2', ...terms([common], {}, 1) },
    { name: 'common word, page 10', ...terms([common], {}, 9) },
    {
      name: 'question of eight words',
      ...of((random) => {
        const [a, b, c] = [random.of(common), random.of(common), random.of(common)];
        const [d, e, f] = [random.of(medium), random.of(medium), random.of(rare)];
        return { path: address(`为什么${d}${a}的${f}${b}${e}怎么${c}`), floor: null };
      }),
    },
    {
      name: 'suggestions',
      ...of((random) => ({
        path: `/v1/search/suggest?${new URLSearchParams({ q: random.of(prefixes) })}`,
        floor: null,
      })),
    },
  ];
}

const sectionSlug = (random: Random) => `search-${String(random.below(names.section.length)).padStart(3, '0')}`;
