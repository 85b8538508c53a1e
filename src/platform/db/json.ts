// SQL expressions of JSON text as clients read it: compact, members in the order given, instants in UTC.

/** An instant as RFC 3339 in UTC with milliseconds. */
export const instant = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export type Pair = readonly [name: string, expression: string];

/** An object in compact form; `json_build_object` would put blanks around its colons. */
export function object(pairs: readonly Pair[]): string {
  return `(select to_json(o) from (select ${pairs.map(([name, expression]) => `${expression} as "${name}"`).join(', ')}) o)`;
}
