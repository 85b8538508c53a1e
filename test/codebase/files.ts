// The repository's own files as the codebase tests see them: paths from the root, generated code left out.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const generated = 'src/platform/db/generated/';

/** Every file below the folder or file that the pattern fits; none where it does not exist. */
export function listFiles(place: string, pattern: RegExp = /./): string[] {
  if (!existsSync(root + place)) return [];
  if (statSync(root + place).isFile()) return [place];
  const entries = readdirSync(root + place, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').slice(root.length));
  return paths.filter((path) => pattern.test(path) && !path.startsWith(generated)).sort();
}

export const readText = (path: string) => readFileSync(root + path, 'utf8');

/** `path:line: text` of every line that the pattern fits. */
export function findLines(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    readText(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}
