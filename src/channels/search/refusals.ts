// What search cannot answer.
import { refuse } from '../../core/problems.ts';

export const nothingToLookFor = () => refuse('?q', 'There is no word in it to look for.');

export const trashIsNotSearched = () =>
  refuse('?trashed', 'What is in the trash is not searched: GET /v1/articles?perspective=draft&trashed=true lists it.');
