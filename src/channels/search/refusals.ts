// What search cannot answer.
import { problem } from '../../core/problems.ts';

function invalidValue(pointer: string, message: string) {
  return problem('request.invalid', {
    detail: `${pointer}: ${message}`,
    errors: [{ pointer, code: 'invalid_value', message }],
  });
}

export const nothingToLookFor = () => invalidValue('?q', 'There is no word in it to look for.');

export const trashIsNotSearched = () =>
  invalidValue(
    '?trashed',
    'What is in the trash is not searched: GET /v1/articles?perspective=draft&trashed=true lists it.',
  );
