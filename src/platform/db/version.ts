// Which PostgreSQL is needed. On an older one the start would succeed, and some statement fail later.
import pg from 'pg';

const neededMajor = 17;

type Found = { version: string; major: number };
const readVersion = `
  select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major`;

/** Throws where the server is too old, and says what to do. */
export async function requireVersion(connectionString: string, needed = neededMajor): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const { version, major } = (await client.query<Found>(readVersion)).rows[0]!;
    if (major < needed) throw new Error(advise(version, needed));
  } finally {
    await client.end();
  }
}

const advise = (version: string, needed: number) =>
  `The database is PostgreSQL ${version}, and Masthead needs ${needed} or newer. ` +
  'Upgrade it, or name another one in DATABASE_URL; without DATABASE_URL an embedded one is started.';
