// Files that are made from code: written on demand, or with --check compared, so that a stale one fails.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The file's text, or null where there is none. Paths are from the root of the repository. */
export function readGenerated(path: string): string | null {
  return existsSync(root + path) ? readFileSync(root + path, 'utf8') : null;
}

/** Puts a part between `<!-- name:start -->` and `<!-- name:end -->`. */
export function fillBetween(file: string, page: string, name: string, part: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no ${start} followed by ${end}`);
  return `${page.slice(0, from + start.length)}\n${part}\n${page.slice(to)}`;
}

/** Writes the files, or with --check sets the exit code to 1 when one of them differs. */
export function putGenerated(files: ReadonlyMap<string, string>, command: string): void {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  for (const [path, text] of files) {
    if (readGenerated(path) === text) continue;
    if (values.check) {
      console.error(`${path} is stale: ${command}`);
      process.exitCode = 1;
    } else {
      writeFileSync(root + path, text);
      console.log(`wrote ${path}`);
    }
  }
}
