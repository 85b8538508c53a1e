// How every database session is set up. A connection brings the settings along; a transaction pooler passes none on, so
// behind one the role has them, and the start refuses without.
import pg from 'pg';

/** What stands between us and the database; `transaction`: each transaction may run on another session. */
export type Pooler = 'none' | 'transaction';

type Setting = { readonly value: string | number; fits(value: string): boolean };

const limit = (value: number): Setting => ({ value, fits: (found) => found !== '0' });

const settingsFor = (statementTimeoutMs: number) => ({
  // The Prisma adapter reads every offset as +00:00.
  TimeZone: { value: 'UTC', fits: (found: string) => /^(?:Etc\/)?(?:UTC|GMT)$/i.test(found) },
  statement_timeout: limit(statementTimeoutMs),
  // Waiting for a lock ends before the statement does, so that the two can be told apart.
  lock_timeout: limit(Math.ceil(statementTimeoutMs * 0.8)),
  // A transaction whose host is gone lets go of its locks.
  idle_in_transaction_session_timeout: limit(20_000),
});

/** Rows are read along indexes; see pool.ts. */
export const randomPageCost = 1.1;

/** As a start-up parameter. */
export function printOptions(statementTimeoutMs: number): string {
  const settings = Object.entries(settingsFor(statementTimeoutMs));
  return settings.map(([name, { value }]) => `-c ${name}=${value}`).join(' ');
}

type Session = { role: string; database: string; values: Record<string, string> };

// `true`: a name that some server does not know is a setting that is missing.
const readSession = `
  select quote_ident(current_user) as role, quote_ident(current_database()) as database,
    (select json_object_agg(name, current_setting(name, true)) from unnest($1::text[]) as wanted(name)) as values`;

/** Throws where sessions of this address lack a setting, and says how they get it. */
export async function requireSession(connectionString: string, statementTimeoutMs: number): Promise<void> {
  const pages: Setting = { value: randomPageCost, fits: (found) => Number(found) < 2 };
  const settings = Object.entries({ ...settingsFor(statementTimeoutMs), random_page_cost: pages });
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<Session>(readSession, [settings.map(([name]) => name)]);
    const { role, database, values } = rows[0]!;
    const missing = settings.filter(([name, setting]) => !setting.fits(values[name] ?? '0'));
    const statements = missing.map(
      ([name, { value }]) => `ALTER ROLE ${role} IN DATABASE ${database} SET ${name} = '${value}';`,
    );
    if (statements.length > 0) throw new Error(advise(statements));
  } finally {
    await client.end();
  }
}

const advise = (statements: readonly string[]) =>
  `DATABASE_POOLER=transaction: a pooler passes no settings on, so the role has to have them. Run in the database\n  ${statements.join(
    '\n  ',
  )}\nthen let the pooler open new connections (PgBouncer: RECONNECT), and start again.`;
