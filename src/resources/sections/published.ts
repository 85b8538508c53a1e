// What the public reads of a section, in SQL over its row `x`. It shows the names of all that are above it, so each of
// them shapes it. They are looked up one by one, by section's primary key: for all of a path at once the planner would
// rather read the whole of a small table, for each row of a page anew.
import { isUuid } from '../../core/ids.ts';
import { object } from '../../platform/db/json.ts';
import { type PublishedRecord, plainRecord } from '../../platform/records/published.ts';
import type { SectionField } from './schemas.ts';

const parent = `(
  select ${object([
    ['id', 's.id'],
    ['slug', 's.slug'],
    ['name', 's.name'],
  ])}
  from section s where s.id = x.parent_id)`;

const breadcrumb = `array_to_json(array(
  select (
    select ${object([
      ['slug', 's.slug'],
      ['name', 's.name'],
    ])}
    from section s where s.id = p.id)
  from unnest(x.path) with ordinality as p(id, n) order by p.n))`;

const changedAt = `(
  select max((select s.updated_at from section s where s.id = p.id)) from unnest(x.path) as p(id))`;

export const publishedSection: PublishedRecord<SectionField> = {
  ...plainRecord('section'),
  json: {
    id: 'x.id',
    slug: 'x.slug',
    name: 'x.name',
    description: 'x.description',
    parent,
    breadcrumb,
    position: 'x.position',
  },
  keys: `'section:' || array_to_string(x.id || array_remove(x.path, x.id), ' section:')`,
  changedAt,
  // By section_parent_id_idx.
  filter({ parent: above }, parameters) {
    if (typeof above !== 'string') return null;
    if (above === 'none') return { name: 'at_the_root', condition: 'x.parent_id is null' };
    if (isUuid(above)) return { name: 'below_id', condition: `x.parent_id = ${parameters.add(above)}::uuid` };
    const named = `(select s.id from section s where s.slug = ${parameters.add(above)})`;
    return { name: 'below_slug', condition: `x.parent_id = ${named}` };
  },
};
