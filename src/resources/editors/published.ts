// What the public reads of an editor, in SQL over its row `x`.
import { type PublishedRecord, plainRecord } from '../../platform/records/published.ts';
import type { EditorField } from './schemas.ts';

export const publishedEditor: PublishedRecord<EditorField> = {
  ...plainRecord('editor'),
  json: { id: 'x.id', slug: 'x.slug', name: 'x.name', jobTitle: 'x.job_title', bio: 'x.bio' },
};
