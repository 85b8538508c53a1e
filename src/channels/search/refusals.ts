// What search cannot answer.
import { problem } from '../../core/problems.ts';

export const nothingToLookFor = () => {
  const message = 'There is no word in it to look for.';
  return problem('request.invalid', {
    detail: `?q: ${message}`,
    errors: [{ pointer: '?q', code: 'invalid_value', message }],
  });
};
