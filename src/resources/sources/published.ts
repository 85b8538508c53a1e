// What the public reads of a source, in SQL over its row `x`.
import { type PublishedRecord, plainRecord } from '../../platform/records/published.ts';
import type { SourceField } from './schemas.ts';

export const publishedSource: PublishedRecord<SourceField> = {
  ...plainRecord('source'),
  json: { id: 'x.id', slug: 'x.slug', name: 'x.name', url: 'x.url' },
};
