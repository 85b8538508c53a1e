// Who may import whom (docs/architecture.md), read off the import statements of src. Types count, except in cycles.
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLines, listFiles, readText } from './files.ts';

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean };

// From the first word of a statement to its specifier; names between braces may run over several lines.
const statement = /^\s*(import|export)(\s+type\b(?!\s+from\b))?\s*(?:[\w*{}\s,$]*?\bfrom\s*)?['"]([^'"]+)['"]/gm;
const call = /\b(typeof\s+)?import\(\s*['"]([^'"]+)['"]\s*\)(\.[A-Z])?/g;

const modules = listFiles('src', /\.ts$/);
const imports = modules.flatMap(listImports);
const inner = imports.filter(({ to }) => to.startsWith('src/'));

/** Relative specifiers become paths from the root; packages stay as they are. */
function listImports(from: string): Import[] {
  const text = readText(from);
  const resolve = (to: string) => (to.startsWith('.') ? posix.join(posix.dirname(from), to) : to);
  const statements = [...text.matchAll(statement)].map((match) => ({
    from,
    to: resolve(match[3] ?? ''),
    typeOnly: match[2] !== undefined,
  }));
  const calls = [...text.matchAll(call)].map((match) => ({
    from,
    to: resolve(match[2] ?? ''),
    typeOnly: match[1] !== undefined || match[3] !== undefined,
  }));
  return [...statements, ...calls];
}

const ranks = {
  core: 0,
  platform: 1,
  resources: 2,
  channels: 3,
  'document.ts': 3,
  'app.ts': 4,
  'compose.ts': 4,
} as const;
const processRanks = { 'openapi.ts': 5, 'worker.ts': 5, 'server.ts': 6, cli: 7 } as const;
const rankOf: Readonly<Record<string, number>> = { ...ranks, ...processRanks };

const bandOf = (path: string) => path.split('/')[1] ?? '';
const partOf = (path: string) => path.split('/')[2] ?? '';

function isAllowed({ from, to }: Import): boolean {
  const [band, target] = [bandOf(from), bandOf(to)];
  if (band !== target) return (rankOf[target] ?? Number.NaN) < (rankOf[band] ?? Number.NaN);
  if (band === 'resources') return partOf(from) === partOf(to) || partOf(from) === 'articles';
  if (band === 'channels') return partOf(from) === partOf(to);
  return true;
}

/** The ways round, each starting at its first module in alphabetical order. */
function findCycles(edges: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const finished = new Set<string>();
  const cycles = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.add(nameCycle(trail.slice(start)));
    if (start >= 0 || finished.has(path)) return;
    for (const to of targets.get(path) ?? []) visit(to, [...trail, path]);
    finished.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return [...cycles];
}

function nameCycle(members: readonly string[]): string {
  const first = members.indexOf([...members].sort()[0] ?? '');
  const ordered = [...members.slice(first), ...members.slice(0, first)];
  return [...ordered, ordered[0]].join(' -> ');
}

const show = ({ from, to }: Import) => `${from} -> ${to}`;
const declared = JSON.parse(readText('package.json')) as Record<'dependencies' | 'optionalDependencies', object>;

describe('the imports of src', () => {
  it('are found at all, in every way of writing them', () => {
    expect(inner.length).toBeGreaterThan(modules.length / 2);
    expect(imports.some(({ from, to }) => from === 'src/core/problems.ts' && to.startsWith('.'))).toBe(false);
    expect(inner.filter(({ to }) => !modules.includes(to) && !to.includes('/generated/')).map(show)).toEqual([]);
  });

  it('only point down: cli, server and worker, app and compose, channels, resources, platform, core', () => {
    expect(modules.filter((path) => !(bandOf(path) in rankOf))).toEqual([]);
    expect(inner.filter((edge) => !isAllowed(edge)).map(show)).toEqual([]);
  });

  it('form no cycle between modules', () => {
    expect(findCycles(inner.filter((edge) => !edge.typeOnly))).toEqual([]);
  });

  it('name only packages that are installed where the server runs', () => {
    const packages = [...Object.keys(declared.dependencies), ...Object.keys(declared.optionalDependencies)];
    const unknown = imports.filter(({ to, typeOnly }) => {
      const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : (to.split('/')[0] ?? '');
      return !typeOnly && !to.startsWith('src/') && !to.startsWith('node:') && !packages.includes(name);
    });
    expect(unknown.map(show)).toEqual([]);
  });
});

describe('src', () => {
  it('reads the environment in one file', () => {
    const lines = findLines(modules, /\bprocess\s*(\.|\?\.|\[)\s*['"]?env\b/);
    expect(lines.filter((line) => !line.startsWith('src/platform/config/config.ts:'))).toEqual([]);
  });

  it('has no barrels', () => {
    expect(modules.filter((path) => path.endsWith('/index.ts'))).toEqual([]);
    expect(findLines(modules, /^\s*export\s+(type\s+)?\*/)).toEqual([]);
  });
});
