// Tags that an article names and that do not exist yet are made on the way. They may tell what a draft is about, so the
// public does not see them before an article that has them.
import { isUuid } from '../../core/ids.ts';
import { problem } from '../../core/problems.ts';
import { listSlugCandidates, makeSlug, type SlugPolicy } from '../../core/slug.ts';
import type { Tx } from '../../platform/db/db.ts';
import { takeLock } from '../../platform/db/locks.ts';
import type { Act, EventDraft } from '../../platform/events/record.ts';
import type { References, TagReference } from './references.ts';

// Whoever loses a race for the name finds the winner's row; a taken slug gets the next suffix.
const insertTag = `
  insert into tag (id, slug, name, is_listed, created_at, updated_at)
  select $1::uuid, c.slug, $2, false, $3::timestamptz, $3::timestamptz
  from unnest($4::text[]) with ordinality as c(slug, n)
  where not exists (select from tag t where t.slug = c.slug)
  order by c.n limit 1
  on conflict (name) do nothing
  returning id::text, slug, name`;

const selectByName = `select id::text, slug, name from tag where name = $1 and trashed_at is null for key share`;

/** The same references, completed by the tags that had to be made, and the events that tell of those. */
export async function ensureTags(
  tx: Tx,
  act: Act,
  names: readonly string[],
  references: References,
  policy: SlugPolicy,
): Promise<{ references: References; events: EventDraft[] }> {
  // An id that is unknown stays unknown: the lookup of all names points at it.
  const missing = [...new Set(names.filter((name) => !isUuid(name) && !references.tags.has(name)))];
  if (missing.length === 0) return { references, events: [] };
  const tags = new Map(references.tags);
  const events: EventDraft[] = [];
  // The turn of whoever makes tags (tags/record.ts). New tags are rare; without it, writers whose tags are spelled alike
  // lose the slug, and two that make the same tags in another order wait for each other.
  await takeLock(tx, 'turn', 'tag_slug');
  for (const name of missing) {
    const pointer = `/tags/${names.indexOf(name)}`;
    const { tag, isNew } = await ensureTag(tx, act, name, policy, pointer);
    tags.set(name, tag);
    if (isNew) events.push({ type: 'tag.drafted', subjectId: tag.id, payload: { revision: 1, slug: tag.slug, name } });
  }
  return { references: { ...references, tags }, events };
}

async function ensureTag(
  tx: Tx,
  act: Act,
  name: string,
  policy: SlugPolicy,
  pointer: string,
): Promise<{ tag: TagReference; isNew: boolean }> {
  const id = act.newId();
  const slugs = listSlugCandidates(makeSlug(name, policy, { seed: id }), id);
  const [made] = await tx.rows<TagReference>(insertTag, [id, name, act.now.toISOString(), slugs], 'tag_insert');
  if (made !== undefined) return { tag: made, isNew: true };
  const [found] = await tx.rows<TagReference>(selectByName, [name], 'tag_by_name');
  if (found !== undefined) return { tag: found, isNew: false };
  throw problem('reference.not_found', {
    detail: `The tag "${name}" is in the trash. Use another name.`,
    errors: [{ pointer, code: 'trashed', message: `The tag "${name}" is in the trash.` }],
  });
}
