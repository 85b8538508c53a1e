// Takes out of a difference what Prisma's schema language cannot say and the migrations therefore keep by hand:
// the objects that prisma/unmanaged.json names. Only whole actions on a named object go; it never guesses.

export type Unmanaged = ReadonlySet<string>;

const named = /^(?:CREATE|DROP|ALTER)(?: UNIQUE)? (?:INDEX|TYPE|SEQUENCE|VIEW|TABLE) (?:IF EXISTS )?"([^"]+)"/;
const alterTable = /^(ALTER TABLE "([^"]+)")\s+/;
const constraint = /^(?:ADD|DROP|RENAME) CONSTRAINT "([^"]+)"/;
const column = /^(?:ADD|DROP|ALTER) COLUMN\s+"([^"]+)"/;

/** The list's form: the name of an index, constraint, table or type, or `table.column`, with the reason beside it. */
export function readUnmanaged(json: string): Unmanaged {
  const entries: unknown = JSON.parse(json);
  const isMap = typeof entries === 'object' && entries !== null && !Array.isArray(entries);
  if (!isMap || Object.values(entries).some((reason) => typeof reason !== 'string' || reason === '')) {
    throw new Error('prisma/unmanaged.json must map the name of each object to the reason why it is listed');
  }
  return new Set(Object.keys(entries));
}

export function removeUnmanaged(script: string, unmanaged: Unmanaged): string {
  const warnings = /^\s*\/\*[\s\S]*?\*\/\s*/.exec(script)?.[0] ?? '';
  // The engine writes one statement to a block, under a comment that says what it does.
  const blocks = script.slice(warnings.length).split(/\n{2,}/);
  const kept = blocks.map((block) => keepManaged(block.trim(), unmanaged)).filter((block) => block !== '');
  return kept.length === 0 ? '' : `${warnings}${kept.join('\n\n')}\n`;
}

function keepManaged(block: string, unmanaged: Unmanaged): string {
  const comments = block.split('\n').filter((line) => line.startsWith('--'));
  const statement = block.split('\n').slice(comments.length).join('\n');
  const rest = keepActions(statement, unmanaged);
  return rest === '' ? '' : [...comments, rest].join('\n');
}

function keepActions(statement: string, unmanaged: Unmanaged): string {
  const alter = alterTable.exec(statement);
  if (!alter) return unmanaged.has(named.exec(statement)?.[1] ?? '') ? '' : statement;
  const [head, opening = '', table = ''] = alter;
  const actions = statement.slice(head.length).replace(/;\s*$/, '').split(/,\n/);
  const kept = actions.filter((action) => !isUnmanaged(action.trim(), table, unmanaged));
  if (kept.length === actions.length) return statement;
  return kept.length === 0 ? '' : `${opening} ${kept.join(',\n')};`;
}

function isUnmanaged(action: string, table: string, unmanaged: Unmanaged): boolean {
  const columnName = column.exec(action)?.[1];
  const name = columnName === undefined ? constraint.exec(action)?.[1] : `${table}.${columnName}`;
  return unmanaged.has(name ?? '') || unmanaged.has(table);
}
