// A throw-away PostgreSQL below the system's temporary folder, for tests and scripts: fast, not durable, and gone with
// all its files when it stops or when whoever started it dies.
import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start.ts';

export async function startTemporaryPostgres(log?: (message: string) => void): Promise<EmbeddedPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'masthead-postgres-'));
  // Its watchdog removes the folder, but has none yet while the cluster is made: an interrupted process does it itself.
  const remove = () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 });
  process.once('exit', remove);
  try {
    // Started by root, PostgreSQL runs as another user, who passes through; the cluster inside stays closed.
    await chmod(dataDir, 0o711);
    return await startEmbeddedPostgres({ dataDir, tuning: { fsync: false }, disposable: true, ...(log && { log }) });
  } catch (error) {
    remove();
    throw error;
  } finally {
    process.off('exit', remove);
  }
}
