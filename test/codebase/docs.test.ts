// What the pages say about the repository is true: links lead somewhere, and named files and scripts are there.
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles, readText, root } from './files.ts';

const pages = ['README.md', 'CHANGELOG.md', ...listFiles('docs', /\.md$/)];
const isThere = (path: string) => existsSync(root + path);
// What stands in a fence is for a shell, or a picture.
const withoutFences = (text: string) => text.replaceAll(/^```.*?^```/gms, '');
const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };

/** Every match in the pages' prose with the page it stands on. */
function find(pattern: RegExp): { page: string; found: string }[] {
  return pages.flatMap((page) =>
    [...withoutFences(readText(page)).matchAll(pattern)].map((match) => ({ page, found: match[1]! })),
  );
}

/** The names of headings as a link's fragment has them. */
const listAnchors = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('pages', () => {
  it('link to files and headings that exist', () => {
    const links = find(/\]\(([^)\s]+)\)/g).filter(({ found }) => !/^(?:https?|mailto):/.test(found));
    expect(links.length).toBeGreaterThan(5);
    const broken = links.filter(({ page, found }) => {
      const [path = '', anchor] = found.split('#');
      const target = path === '' ? page : posix.join(posix.dirname(page), path);
      return !isThere(target) || (anchor !== undefined && !listAnchors(readText(target)).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('name only files and folders that exist', () => {
    const known = /^(?:src|test|prisma|scripts|docs|openapi|bench|\.ci)(?:\/[\w./-]*)?$/;
    const named = find(/`([^`\n]+)`/g).filter(({ found }) => known.test(found));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter(({ found }) => !isThere(found.replace(/\/$/, '')))).toEqual([]);
  });

  it('name only npm scripts and programs that exist', () => {
    const named = pages.flatMap((page) =>
      [...readText(page).matchAll(/npm run (?:-s |--silent )?([\w:-]+)/g)].map((match) => ({ page, found: match[1]! })),
    );
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter(({ found }) => scripts[found] === undefined)).toEqual([]);
    const run = find(/npx tsx ([\w./-]+)/g);
    expect(run.filter(({ found }) => !isThere(found))).toEqual([]);
  });

  it('of decisions are numbered without a gap, and say context, choice and consequence', () => {
    const decisions = listFiles('docs/decisions', /\.md$/);
    expect(decisions.map((path) => Number(posix.basename(path).slice(0, 4)))).toEqual(decisions.map((_, i) => i + 1));
    for (const path of decisions) {
      const text = readText(path);
      expect(text, path).toMatch(new RegExp(`^# ${posix.basename(path).slice(0, 4)} \\S`));
      for (const part of ['Context', 'Choice', 'Consequence']) expect(text, path).toContain(`**${part}.**`);
    }
  });
});

describe('docs/architecture.md', () => {
  const page = readText('docs/architecture.md');

  it('is one page', () => {
    expect(page.split('\n').length).toBeLessThanOrEqual(100);
  });

  it('names every band and every noun of src', () => {
    for (const band of ['core', 'platform', 'resources', 'channels', 'cli']) expect(page).toContain(`\`src/${band}\``);
    const nouns = new Set(listFiles('src/resources').map((path) => path.split('/')[2]!));
    const channels = new Set(listFiles('src/channels').map((path) => path.split('/')[2]!));
    for (const name of [...nouns, ...channels]) expect(page).toContain(name);
  });

  it('counts right what a field of articles costs: the files that name one, and the migration', () => {
    const row = /\| a field of articles \| \d+ \| (\d+) \|/.exec(page);
    const holders = [...listFiles('src', /\.ts$/), 'prisma/schema.prisma'].filter((path) =>
      /\burgency\b/.test(readText(path)),
    );
    expect(holders.length + 1).toBe(Number(row?.[1]));
  });
});

describe('CHANGELOG.md', () => {
  it('begins with the version of the package', () => {
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    expect(/^## (\S+)/m.exec(readText('CHANGELOG.md'))?.[1]).toBe(version);
  });
});
