// Decides as whom PostgreSQL runs: as ourselves, or, since it refuses root, as another user when we are root.
// Where that user may not enter the folders on the way, PostgreSQL gets the one capability to, or we say which folder.
import { spawnSync } from 'node:child_process';
import { type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** How to run a program: what to put before its command line, and as whom. */
export type Account = { prefix: string[]; uid?: number; gid?: number };

type User = { uid: number; gid: number };

export const nobody: User = { uid: 65_534, gid: 65_534 };
const ourselves: Account = { prefix: [] };

/** Whom the cluster belongs to or shall belong to; null when it is simply us. */
export function findUser(dataDir: string, clusterDir: string): User | null {
  if (process.getuid?.() !== 0) return null;
  const owner = ownerOf(clusterDir) ?? ownerOf(dirname(resolve(dataDir)));
  return owner === undefined || owner.uid === 0 || !hasName(owner.uid) ? nobody : owner;
}

/** initdb refuses a user without a name, as the owner of a folder mounted into a container often is. */
function hasName(uid: number): boolean {
  return spawnSync('id', ['-nu', `${uid}`], { stdio: 'ignore' }).status === 0;
}

export function chooseAccount(user: User | null, paths: string[]): Account {
  if (user === null) return ourselves;
  const closed = paths.map((path) => findClosedFolder(path, user)).find((folder) => folder !== undefined);
  if (closed === undefined) return { prefix: [], ...user };
  const prefix = capablePrefix(user);
  if (prefix !== null) return { prefix };
  throw new Error(
    `PostgreSQL does not run as root, and as user ${user.uid} it cannot enter ${closed}. ` +
      `Allow that (chmod o+x ${closed}), start as a user who is not root, or set DATABASE_URL.`,
  );
}

function ownerOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** The topmost folder on the way to `path` that the user may not pass through. */
function findClosedFolder(path: string, user: User): string | undefined {
  const parent = dirname(path);
  if (parent === path) return undefined;
  return findClosedFolder(parent, user) ?? (mayEnter(statSync(parent), user) ? undefined : parent);
}

function mayEnter(folder: Stats, user: User): boolean {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === user.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}

/**
 * util-linux can drop root but keep passing through closed folders; PostgreSQL only minds the user. The secure bit is
 * for access(2), with which initdb looks for its companion: otherwise it would ask for the bare user's rights.
 */
function capablePrefix(user: User): string[] | null {
  const identity = ['--reuid', `${user.uid}`, '--regid', `${user.gid}`, '--clear-groups'];
  const rights = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const probe = spawnSync('setpriv', [...identity, ...rights, 'true'], { stdio: 'ignore' });
  return process.platform === 'linux' && probe.status === 0 ? ['setpriv', ...identity, ...rights] : null;
}
