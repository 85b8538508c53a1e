// The filters of an editor's desk as SQL: what a list is read along, and conditions on the rows found.
import { isUuid } from '../../../core/ids.ts';
import type { Parameters } from '../../../platform/db/parameters.ts';
import type { Desk } from './desk-query.ts';
import { hasUnpublishedChanges, isPending } from './json.ts';

export const isInUse = ({ trashed, ...filters }: Desk) =>
  trashed || Object.values(filters).some((value) => value !== undefined);

type Wanted = 'wanted_assignee' | 'wanted_creator' | 'wanted_service';

/** Part of the list: the rows whose column is one of the ids that are wanted, or is null. */
export type DeskArm = { readonly column: string; readonly wanted: Wanted | null };

/** What a list is read along; none: the whole. Arms have no row in common. */
export function listArms(desk: Desk): DeskArm[] {
  const assigned = listAssigned(desk);
  return assigned.length > 0 ? assigned : listMade(desk);
}

function listAssigned({ assignee }: Desk): DeskArm[] {
  if (assignee === undefined) return [];
  const given: DeskArm = { column: 'assignee_id', wanted: 'wanted_assignee' };
  return [given, ...(assignee.none ? [{ ...given, wanted: null }] : [])];
}

function listMade({ createdBy }: Desk): DeskArm[] {
  if (createdBy === undefined) return [];
  return [
    { column: 'created_by_editor', wanted: 'wanted_creator' },
    { column: 'created_by_service', wanted: 'wanted_service' },
  ];
}

/** One CTE for each kind of people in use. */
export const nameDeskWanted = (desk: Desk, parameters: Parameters): string[] =>
  [...listAssigned(desk), ...listMade(desk)].flatMap(({ wanted }) =>
    wanted === null ? [] : [`${wanted} as materialized (${selectWanted[wanted](desk, parameters)})`],
  );

const selectWanted: Record<Wanted, (desk: Desk, parameters: Parameters) => string> = {
  wanted_assignee: ({ assignee }, parameters) => selectEditors(assignee?.editors ?? [], parameters),
  wanted_creator: ({ createdBy }, parameters) => selectEditors(createdBy?.editors ?? [], parameters),
  wanted_service: ({ createdBy }, parameters) =>
    `select distinct unnest(${parameters.add(createdBy?.services ?? [])}::text[]) as id`,
};

// By editor_slug_key and editor_pkey.
function selectEditors(editors: readonly string[], parameters: Parameters): string {
  const slugs = parameters.add(editors.filter((each) => !isUuid(each)));
  const ids = parameters.add(editors.filter(isUuid));
  return `
    select e.id from editor e where e.slug = any(${slugs}::text[]) or e.id = any(${ids}::uuid[])`;
}

/** Whether `a` is on one of the arms. `select`: the statement for the ids; as an array they are read once, whatever the plan. */
const isOnAny = (arms: readonly DeskArm[], select: (wanted: Wanted) => string) =>
  `(${arms
    .map(({ column, wanted }) =>
      wanted === null ? `a.${column} is null` : `a.${column} = any(array(${select(wanted)}))`,
    )
    .join(' or ')})`;

/** Conditions on `a` for what the list is not read along; the CTEs hold who is wanted. */
export const filterDesk = (desk: Desk, parameters: Parameters, now: Date): string[] => [
  ...filterFacts(desk, parameters, now),
  ...(desk.assignee && desk.createdBy ? [isOnAny(listMade(desk), (wanted) => `select id from ${wanted}`)] : []),
];

/** All filters as conditions on `a`, for what is not read as a list and has no CTEs. */
export const limitToDesk = (desk: Desk, parameters: Parameters, now: Date): string[] => [
  ...filterFacts(desk, parameters, now),
  ...[listAssigned(desk), listMade(desk)]
    .filter((arms) => arms.length > 0)
    .map((arms) => isOnAny(arms, (wanted) => selectWanted[wanted](desk, parameters))),
];

const isIn = (value: boolean) => (value ? 'in' : 'not in');

function filterFacts(desk: Desk, parameters: Parameters, now: Date): string[] {
  const { state, scheduled, embargoed, retracted } = desk;
  const conditions = [`a.trashed_at is ${desk.trashed ? 'not null' : 'null'}`];
  const instant = () => parameters.add(now.toISOString());
  // Written out, as the planner knows how rare each state is but not what a parameter will hold.
  if (state) conditions.push(`a.state in (${state.map((each) => `'${each}'`).join(', ')})`);
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
