// A stand-in for the server: starts the embedded PostgreSQL on the folder named first and prints its address. On SIGINT
// it still asks the database something, as a server that drains does, prints the answer, and stops.
import { setInterval } from 'node:timers';
import { startEmbeddedPostgres } from '../../../src/platform/db/embedded/start.ts';
import { onDatabase } from '../../support/database-address.ts';

const [dataDir = '', ...flags] = process.argv.slice(2);
const server = await startEmbeddedPostgres({ dataDir, disposable: flags.includes('--disposable') });
const staying = setInterval(() => {}, 60_000);

process.once('SIGINT', async () => {
  const answer = await onDatabase(server.url, (client) => client.query<{ one: number }>('SELECT 1 AS one'));
  console.log(`drained ${answer.rows[0]?.one}`);
  await server.stop();
  clearInterval(staying);
});
console.log(server.url);
