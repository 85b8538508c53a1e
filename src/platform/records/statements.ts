// The SQL of public reads of records: one statement that answers with the text that is sent, and with what caches need
// to know of it. The texts are few, and each is named, so each is planned once on a connection; what is asked are
// parameters. The row is called `x`.
import type { Position } from '../../core/cursor.ts';
import { isUuid } from '../../core/ids.ts';
import { instant, object } from '../db/json.ts';
import { createParameters, type Parameters } from '../db/parameters.ts';
import { lastChangeAt } from '../events/last-change.ts';
import type { Moment } from '../http/as-of.ts';
import type { RecordKind, RecordSort } from './record.ts';

export type Statement = { readonly text: string; readonly values: readonly unknown[]; readonly name: string };

const jsonOf = ({ schemas, published }: RecordKind) =>
  `${object(schemas.publicFields.map((field) => [field, published.json[field]!]))}::text`;

/** Placeholders; of the present, the past is null. */
type Instants = { readonly now: string; readonly past: string };

const addInstants = ({ now, at, isPast }: Moment, parameters: Parameters): Instants => ({
  now: `${parameters.add(now.toISOString())}::timestamptz`,
  past: `${parameters.add(isPast ? at.toISOString() : null)}::timestamptz`,
});

// Of the past it is known when a row was made, and when it went into the trash that it is still in. Before the first row
// there was none, which spares the walk through all of them.
const isThere = ({ noun, published }: RecordKind, { now, past }: Instants) => `
  (${past} is null or ${past} >= (select min(f.created_at) from ${noun} f))
  and x.created_at <= coalesce(${past}, 'infinity')
  and (x.trashed_at is null or x.trashed_at > ${past})
  and ${published.isPublic(`coalesce(${past}, ${now})`)}`;

/** By the primary key or the key of the slug. One row in any case: what is absent may be coming. */
export function selectOne(kind: RecordKind, idOrSlug: string, moment: Moment): Statement {
  const { noun, published } = kind;
  const parameters = createParameters();
  const instants = addInstants(moment, parameters);
  const isId = isUuid(idOrSlug);
  const key = isId ? `x.id = ${parameters.add(idOrSlug)}::uuid` : `x.slug = ${parameters.add(idOrSlug)}`;
  const text = `
    select found.json, found.keys, found.changed_at,
      case when found.json is null and ${instants.past} is null then ${published.nextChangeAt(instants.now)} end as next_change_at
    from (select ${instants.now} as now) as asked left join lateral (
      select ${jsonOf(kind)} as json, ${published.keys} as keys, ${published.changedAt} as changed_at
      from ${noun} x where ${key} and ${isThere(kind, instants)}) as found on true`;
  return { text, values: parameters.values, name: `${noun}_by_${isId ? 'id' : 'slug'}` };
}

type Listing = {
  readonly moment: Moment;
  readonly filters: Readonly<Record<string, unknown>>;
  /** Whether to count all rows of the list. */
  readonly isCounted: boolean;
};

export type PageOrder = Listing & { readonly sort: string; readonly after: Position | null; readonly limit: number };

// The most that a page shows, and one to know whether more follow. The plan reckons with this; the page's own limit stops
// the walk earlier.
const rowsMax = 101;

/** Along the index of the sort, from the cursor on. */
export function selectPage(kind: RecordKind, { sort, after, limit, ...listing }: PageOrder): Statement {
  const parameters = createParameters();
  const scope = scopeOf(kind, listing, parameters);
  const { column, direction } = kind.sorts[sort]!;
  const order = `x.${column} ${direction}, x.id ${direction}`;
  const from = after === null ? '' : `and ${isBehind(kind.sorts[sort]!, after, parameters)}`;
  const rows = `
    select x.*, row_number() over (order by ${order}) as n from ${kind.noun} x
    where ${scope.condition} ${from} order by ${order} limit ${rowsMax}`;
  const text = printRows(kind, scope, { rows, limit: parameters.add(limit), value: printKey(kind.sorts[sort]!) });
  const name = `${kind.plural}_${sort}${after === null ? '' : '_behind'}${scope.name}`;
  return { text, values: parameters.values, name };
}

export type PickOrder = Listing & { readonly ids: readonly string[] };

/** By the primary key, in the order asked. */
export function selectPicked(kind: RecordKind, { ids, ...listing }: PickOrder): Statement {
  const parameters = createParameters();
  const wanted = `${parameters.add(ids)}::uuid[]`;
  const whole = scopeOf(kind, listing, parameters);
  const picked = { ...whole, condition: `${whole.condition} and x.id = any(${wanted})` };
  const rows = `select x.*, array_position(${wanted}, x.id) as n from ${kind.noun} x where ${picked.condition}`;
  const text = printRows(kind, picked, { rows, limit: parameters.add(ids.length), value: 'null::text' });
  return { text, values: parameters.values, name: `${kind.plural}_picked${whole.name}` };
}

/** Which rows a list has, whatever its page. */
type Scope = {
  readonly instants: Instants;
  readonly condition: string;
  readonly counted: string;
  readonly name: string;
};

function scopeOf(kind: RecordKind, { moment, filters, isCounted }: Listing, parameters: Parameters): Scope {
  const instants = addInstants(moment, parameters);
  const counted = `${parameters.add(isCounted)}::boolean`;
  const filter = kind.published.filter(filters, parameters);
  if (filter === null) return { instants, counted, condition: isThere(kind, instants), name: '' };
  const condition = `${isThere(kind, instants)} and ${filter.condition}`;
  return { instants, counted, condition, name: `_${filter.name}` };
}

type Rows = { readonly rows: string; readonly limit: string; readonly value: string };

// One row, also for an empty page. `n` is a row's place in the page.
function printRows(kind: RecordKind, { instants, condition, counted }: Scope, { rows, limit, value }: Rows): string {
  const { now, past } = instants;
  const isShown = `filter (where x.n <= ${limit}::int)`;
  const isLast = `filter (where x.n = ${limit}::int)`;
  return `
    select '[' || coalesce(string_agg(${jsonOf(kind)}, ',' order by x.n) ${isShown}, '') || ']' as data,
      string_agg(${kind.published.keys}, ' ' order by x.n) ${isShown} as keys,
      count(*) > ${limit}::int as has_more, max(${value}) ${isLast} as last_value, max(x.id::text) ${isLast} as last_id,
      case when ${counted} then (select count(*)::int from ${kind.noun} x where ${condition}) end as total,
      case when ${past} is null then ${lastChangeAt(now)} end as changed_at,
      case when ${past} is null then ${kind.published.nextChangeAt(now)} end as next_change_at
    from (select * from (${rows}) as r limit ${limit}::int + 1) as x`;
}

const printKey = ({ column, kind }: RecordSort) => (kind === 'instant' ? instant(`x.${column}`) : `x.${column}::text`);

const sqlTypes: Record<RecordSort['kind'], string> = { text: 'text', instant: 'timestamptz', number: 'int' };

// In the order of the column's own collation, as the index has it.
function isBehind({ column, direction, kind }: RecordSort, { value, id }: Position, parameters: Parameters): string {
  const position = `${parameters.add(value)}::${sqlTypes[kind]}, ${parameters.add(id)}::uuid`;
  return `(x.${column}, x.id) ${direction === 'asc' ? '>' : '<'} (${position})`;
}
