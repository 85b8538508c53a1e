// Sections: the tree that articles are filed under (栏目). The database keeps paths right and refuses cycles.
import { isUuid } from '../../core/ids.ts';
import { problem } from '../../core/problems.ts';
import { requireSection } from '../../platform/auth/principal.ts';
import type { PrismaTx } from '../../platform/db/db.ts';
import { defineRecord, type RecordDraft, type RecordRow } from '../../platform/records/record.ts';
import { commonSorts } from '../../platform/records/sorts.ts';
import { selectArticleUses } from '../../platform/records/uses.ts';
import { makeDraft } from '../../platform/records/view.ts';
import { publishedSection } from './published.ts';
import { type SectionInput, sectionSchemas } from './schemas.ts';

type SectionRow = RecordRow & { description: string | null; parentId: string | null; path: string[]; position: number };

const view = {
  id: '0195f2a0-0000-7000-8000-000000000001',
  slug: 'chan-jing',
  name: '产经',
  description: null,
  parent: null,
  breadcrumb: [{ slug: 'chan-jing', name: '产经' }],
  position: 0,
};

// By section_parent_id_idx, article_section_id_idx, publication_section_published_at_idx and api_key_section_section_id_idx.
const selectUses = `
  (select 'section' as type, id::text as id, name from section where parent_id = $1::uuid and trashed_at is null limit 20)
  union all
  ${selectArticleUses(`
    select w.id from article w where w.section_id = $1::uuid
    union select p.article_id from publication p
    where p.section_id = $1::uuid and (p.visible_until is null or p.visible_until > $2::timestamptz)`)}
  union all
  (select 'api key', k.id::text, k.name from api_key_section s join api_key k on k.id = s.key_id
   where s.section_id = $1::uuid and k.revoked_at is null limit 20)`;

export const sectionRecord = defineRecord<SectionRow, SectionInput>({
  noun: 'section',
  plural: 'sections',
  tag: 'Sections',
  schemas: sectionSchemas,
  examples: {
    input: { name: '产经', position: 1 },
    patch: { description: '产业与经济。', parent: null },
    view,
  },
  // The trigger on the table takes a lock too, but when rows are locked already; this one comes before them.
  turn: { lock: 'section_tree', ofEveryWrite: true },
  sorts: { position: { field: 'position', column: 'position', direction: 'asc', kind: 'number' }, ...commonSorts },
  defaultSort: 'position',
  model: (prisma) => prisma.section,
  async toColumns(prisma, { name, externalId, description, parent, position }, act, current) {
    const above = parent ? await findParent(prisma, parent) : null;
    // Moving a branch needs both ends; what stays where it is was judged by requireReach.
    if (current === null || (above?.id ?? null) !== current.parentId)
      requireSection(act.principal, above?.path ?? [], '/parent');
    return {
      name,
      externalId: externalId ?? null,
      description: description ?? null,
      parentId: above?.id ?? null,
      position,
    };
  },
  toInput: ({ name, slug, externalId, description, parentId, position }) => ({
    name,
    slug,
    externalId,
    description,
    parent: parentId,
    position,
  }),
  toDrafts,
  published: publishedSection,
  toDraftCondition: () => ({}),
  async toCondition(prisma, { parent }) {
    if (typeof parent !== 'string') return {};
    if (parent === 'none') return { parentId: null };
    const above = await prisma.section.findFirst({ where: byKey(parent) });
    return { parentId: above?.id ?? null, ...(above === null ? { id: { in: [] } } : {}) };
  },
  requireReach: (principal, row) => requireSection(principal, row.path, ''),
  selectUses,
});

const byKey = (idOrSlug: string) => (isUuid(idOrSlug) ? { id: idOrSlug.toLowerCase() } : { slug: idOrSlug });

async function findParent(prisma: PrismaTx, idOrSlug: string): Promise<{ id: string; path: string[] }> {
  const parent = await prisma.section.findFirst({ where: { ...byKey(idOrSlug), trashedAt: null } });
  if (parent !== null) return parent;
  throw problem('reference.not_found', {
    detail: `There is no section "${idOrSlug}".`,
    errors: [{ pointer: '/parent', code: 'not_found', message: 'No such section.' }],
  });
}

async function toDrafts(prisma: PrismaTx, rows: readonly SectionRow[]): Promise<RecordDraft[]> {
  const ids = [...new Set(rows.flatMap((row) => row.path))];
  const known = new Map((await prisma.section.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]));
  return rows.map((row) => {
    const trail = row.path.flatMap((id) => known.get(id) ?? []);
    const above = row.parentId === null ? undefined : known.get(row.parentId);
    return makeDraft(row, {
      description: row.description,
      parent: above === undefined ? null : { id: above.id, slug: above.slug, name: above.name },
      breadcrumb: trail.map(({ slug, name }) => ({ slug, name })),
      position: row.position,
    });
  });
}
