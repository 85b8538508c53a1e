// The filters of an editor's desk as SQL: what a list is read along, and conditions on the rows found.
import { isUuid } from '../../../core/ids.ts';
import type { Parameters } from '../../../platform/db/parameters.ts';
import type { Desk } from './desk-query.ts';
import { hasUnpublishedChanges, isPending } from './json.ts';

export const isInUse = ({ trashed, ...filters }: Desk) =>
  trashed || Object.values(filters).some((value) => value !== undefined);

/** Part of the list: the rows whose column is one of the ids that a CTE holds, or is null. */
export type DeskArm = { readonly column: string; readonly wanted: string | null };

/** What a list is read along; none: the whole. Arms have no row in common. */
export function listArms({ assignee, createdBy }: Desk): DeskArm[] {
  if (assignee !== undefined) {
    const given = { column: 'assignee_id', wanted: 'wanted_assignee' };
    return [given, ...(assignee.none ? [{ column: 'assignee_id', wanted: null }] : [])];
  }
  if (createdBy === undefined) return [];
  return [
    { column: 'created_by_editor', wanted: 'wanted_creator' },
    { column: 'created_by_service', wanted: 'wanted_service' },
  ];
}

/** One CTE for each kind of people in use. */
export function nameDeskWanted({ assignee, createdBy }: Desk, parameters: Parameters): string[] {
  return [
    ...(assignee ? [nameEditors('wanted_assignee', assignee.editors, parameters)] : []),
    ...(createdBy ? [nameEditors('wanted_creator', createdBy.editors, parameters)] : []),
    ...(createdBy
      ? [`wanted_service as materialized (select distinct unnest(${parameters.add(createdBy.services)}::text[]) as id)`]
      : []),
  ];
}

// By editor_slug_key and editor_pkey.
function nameEditors(name: string, editors: readonly string[], parameters: Parameters): string {
  const slugs = parameters.add(editors.filter((each) => !isUuid(each)));
  const ids = parameters.add(editors.filter(isUuid));
  return `${name} as materialized (
    select e.id from editor e where e.slug = any(${slugs}::text[]) or e.id = any(${ids}::uuid[]))`;
}

const isIn = (value: boolean) => (value ? 'in' : 'not in');

/** Conditions on `a` for what the list is not read along. */
export function filterDesk(desk: Desk, parameters: Parameters, now: Date): string[] {
  const { state, assignee, createdBy, scheduled, embargoed, retracted } = desk;
  const conditions = [`a.trashed_at is ${desk.trashed ? 'not null' : 'null'}`];
  const instant = () => parameters.add(now.toISOString());
  // Written out, as the planner knows how rare each state is but not what a parameter will hold.
  if (state) conditions.push(`a.state in (${state.map((each) => `'${each}'`).join(', ')})`);
  if (assignee && createdBy) {
    conditions.push(`(a.created_by_editor in (select id from wanted_creator)
      or a.created_by_service in (select id from wanted_service))`);
  }
  // By publication_start_due_idx: what is to come has not been announced.
  if (scheduled !== undefined)
    conditions.push(
      `a.id ${isIn(scheduled)} (select n.article_id from publication n where ${isPending('n', instant())})`,
    );
  // By retraction_open_key.
  if (retracted !== undefined)
    conditions.push(`a.id ${isIn(retracted)} (select t.article_id from retraction t where t.reinstated_at is null)`);
  if (desk.hasUnpublishedChanges !== undefined)
    conditions.push(`${desk.hasUnpublishedChanges ? '' : 'not'} (${hasUnpublishedChanges(instant())})`);
  // By article_embargo_until_idx. Said twice, since the planner takes a third of all for what is behind an instant.
  if (embargoed === true)
    conditions.push(`a.embargo_until is not null and a.embargo_until > ${instant()}::timestamptz`);
  if (embargoed === false) conditions.push(`(a.embargo_until is null or a.embargo_until <= ${instant()}::timestamptz)`);
  return conditions;
}
