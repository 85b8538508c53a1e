// The files of an embedded cluster and their making. A cluster appears under its name complete or not at all: it is made
// under a temporary name and renamed, so that neither a kill in the middle nor a second start leaves half of one.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chooseAccount, findUser } from './account.ts';
import type { Binaries } from './binaries.ts';
import { isRunning } from './postmaster.ts';

export type Paths = { dataDir: string; home: string; cluster: string; passwordFile: string; logFile: string };

const draftName = /^postgres\.draft-(\d+)-/;

export function pathsBelow(dataDir: string): Paths {
  return { dataDir, ...pathsIn(join(dataDir, 'postgres')), logFile: join(dataDir, 'postgres.log') };
}

const pathsIn = (home: string) => ({ home, cluster: join(home, 'cluster'), passwordFile: join(home, 'password') });

export function readPassword(paths: Paths): string {
  try {
    return readFileSync(paths.passwordFile, 'utf8').trim();
  } catch (cause) {
    const advice = 'Was it made by another user, or as root? Start as that user, or remove the folder to begin anew.';
    throw new Error(`The database in ${paths.home} cannot be opened. ${advice}`, { cause });
  }
}

/** Makes the cluster if there is none; of two at once the first to finish wins and the other uses its cluster. */
export async function ensureCluster(paths: Paths, binaries: Binaries, durable: boolean): Promise<void> {
  removeAbandonedDrafts(paths.dataDir);
  if (existsSync(paths.home)) return;
  const draft = pathsIn(join(paths.dataDir, `postgres.draft-${process.pid}-${randomBytes(4).toString('hex')}`));
  try {
    await fillDraft(draft, paths, binaries, durable);
    renameSync(draft.home, paths.home);
  } catch (error) {
    if (!existsSync(paths.home)) throw error;
  } finally {
    rmSync(draft.home, { recursive: true, force: true });
  }
}

async function fillDraft(draft: ReturnType<typeof pathsIn>, paths: Paths, binaries: Binaries, durable: boolean) {
  mkdirSync(draft.home, { mode: 0o700 });
  writeFileSync(draft.passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  const user = findUser(paths.dataDir, paths.cluster);
  if (user) for (const path of [draft.home, draft.passwordFile]) chownSync(path, user.uid, user.gid);
  const { prefix, ...identity } = chooseAccount(user, [draft.cluster, binaries.initdb]);
  const [command = '', ...args] = [
    ...prefix,
    binaries.initdb,
    ...initdbFlags(draft.cluster, draft.passwordFile, durable),
  ];
  try {
    await promisify(execFile)(command, args, { ...identity, cwd: '/' });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`PostgreSQL could not make its data folder in ${paths.dataDir}: ${output}`, { cause: error });
  }
}

/** libc's LC_CTYPE decides how Chinese is split into words and trigrams; the builtin provider sorts the same everywhere. */
function initdbFlags(cluster: string, passwordFile: string, durable: boolean): string[] {
  const locale = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  const text = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', `--locale=${locale}`];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  return ['-D', cluster, ...text, ...access, '--no-instructions', ...(durable ? [] : ['--no-sync'])];
}

function removeAbandonedDrafts(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    const maker = draftName.exec(name)?.[1];
    if (maker === undefined || isRunning(Number(maker))) continue;
    // Its initdb may live on for a moment and add files.
    rmSync(join(dataDir, name), { recursive: true, force: true, maxRetries: 10 });
  }
}
