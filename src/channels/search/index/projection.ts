// Keeps the index in step with the rows, in the transaction that changes them: whoever is answered next finds what was
// published, and does not find what was taken back.
import type { Projection } from '../../../platform/events/record.ts';
import type { SegmenterSource } from '../../../platform/words/segmenter.ts';
import { projectArticles } from './articles.ts';
import { subjectsOf } from './effects.ts';
import { projectNames } from './names.ts';
import { requestTerms } from './requests.ts';

export function createSearchProjection(segmenter: SegmenterSource): Projection {
  return async (tx, changes, now) => {
    const articleIds = subjectsOf(changes, 'article');
    if (articleIds.length > 0) await projectArticles(tx, segmenter, articleIds, now);
    const recordIds = subjectsOf(changes, 'name');
    if (recordIds.length > 0) await projectNames(tx, segmenter, recordIds, now);
    const termIds = subjectsOf(changes, 'term');
    if (termIds.length > 0) await requestTerms(tx, termIds, now);
  };
}
