// What the public reads of a tag, in SQL over its row `x`; and of which tags. One that an article made on the way is
// the secret of that article until it is public: triggers keep since when (`published_from`).
import { type PublishedRecord, plainRecord } from '../../platform/records/published.ts';
import type { TagField } from './schemas.ts';

export const publishedTag: PublishedRecord<TagField> = {
  ...plainRecord('tag'),
  json: { id: 'x.id', slug: 'x.slug', name: 'x.name' },
  keys: `'tag:' || x.id || case when x.is_listed then '' else ' articles' end`,
  isPublic: (at) => `(x.is_listed or x.published_from <= ${at})`,
  // One row of tag_published_from_idx.
  nextChangeAt: (now) =>
    `(select min(t.published_from) from tag t where not t.is_listed and t.published_from > ${now})`,
  changedBy: ['articles'],
};
