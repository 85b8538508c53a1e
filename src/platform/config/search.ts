// How search ranks what it finds. docs/search.md has the formula and the reasons.
import { text, variable, whole } from './variable.ts';

const factorUpTo = (max: number) =>
  text(
    (given) => /^\d+(?:\.\d+)?$/.test(given) && Number(given) <= max,
    `a number from 0 to ${max}, such as 0.5`,
  ).transform(Number);
const factor = factorUpTo(10);
// ts_rank takes no more (PostgreSQL documentation, section 12.3.3).
const fieldWeight = factorUpTo(1);

export const searchVariables = {
  searchTitleWeight: variable({
    name: 'SEARCH_TITLE_WEIGHT',
    schema: fieldWeight.default(1),
    example: '1',
    about: 'What a word counts in a title.',
  }),
  searchBesideWeight: variable({
    name: 'SEARCH_BESIDE_WEIGHT',
    schema: fieldWeight.default(0.7),
    example: '0.7',
    about: 'What a word counts in a kicker, a subtitle, a summary or a byline.',
  }),
  searchBodyWeight: variable({
    name: 'SEARCH_BODY_WEIGHT',
    schema: fieldWeight.default(0.5),
    example: '0.5',
    about: 'What a word counts in a body.',
  }),
  searchNameWeight: variable({
    name: 'SEARCH_NAME_WEIGHT',
    schema: factor.default(0.5),
    example: '0.5',
    about: 'What it counts that an article belongs to a section, source, person or tag that is called so.',
  }),
  searchPhraseWeight: variable({
    name: 'SEARCH_PHRASE_WEIGHT',
    schema: factor.default(0.2),
    example: '0.2',
    about: 'What it counts that words follow each other as in the query.',
  }),
  searchFreshnessWeight: variable({
    name: 'SEARCH_FRESHNESS_WEIGHT',
    schema: factor.default(0.2),
    example: '0.2',
    about: 'How much more than an old article one of this moment counts: 0.2 is a fifth more.',
  }),
  searchFreshnessDays: variable({
    name: 'SEARCH_FRESHNESS_DAYS',
    schema: whole({ min: 1, max: 3650, of: 'days' }).default(30),
    example: '30',
    about: 'After how many days that is half as much.',
  }),
  searchCandidates: variable({
    name: 'SEARCH_CANDIDATES',
    schema: whole({ min: 100, max: 10_000, of: 'articles' }).default(600),
    example: '600',
    about: 'Of how many articles at most, the newest and those with the words in their titles, relevance is reckoned.',
  }),
} as const;
