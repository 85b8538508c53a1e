// npx tsx scripts/caching.ts: fills docs/scaling.md with the lifetimes of answers, as the code has them.
import { type CachePolicy, type CachePolicyName, cachePolicies } from '../src/platform/delivery/policy.ts';
import { fillBetween, putGenerated, readGenerated } from './support/generated.ts';

const file = 'docs/scaling.md';

const words: Record<Exclude<CachePolicyName, 'private'>, string> = {
  article: 'an article',
  gone: 'a retracted one (410)',
  record: 'a section, editor, source or tag',
  list: 'a list, a search',
  moved: 'a former slug (301)',
  absent: 'nothing there (404)',
  past: '`asOf`, settled (more than a minute ago)',
  recent: '`asOf` of the last minute',
  document: '`/openapi.json`',
};

const units = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

function printSeconds(seconds: number): string {
  const [size, unit] = units.find(([size]) => seconds >= size && seconds % size === 0) ?? [1, 's'];
  return `${seconds / size} ${unit}`;
}

/** Kinds with the same lifetimes share a line. */
function printLifetimes(): string {
  const rows = new Map<string, string[]>();
  for (const [name, policy] of Object.entries(cachePolicies) as [keyof typeof words, CachePolicy | null][]) {
    if (policy === null) continue;
    const { maxAge, sharedMaxAge, purgedMaxAge, staleWhileRevalidate, staleIfError } = policy;
    const cells = [maxAge, sharedMaxAge, purgedMaxAge, staleWhileRevalidate, staleIfError]
      .map(printSeconds)
      .join(' | ');
    rows.set(cells, [...(rows.get(cells) ?? []), words[name]]);
  }
  return [
    '| answer | browser (`max-age`) | shared cache (`s-maxage`) | the same, purged | `stale-while-revalidate` | `stale-if-error` |',
    '|---|---|---|---|---|---|',
    ...[...rows].map(([cells, kinds]) => `| ${kinds.join('; ')} | ${cells} |`),
  ].join('\n');
}

putGenerated(
  new Map([[file, fillBetween(file, readGenerated(file) ?? '', 'lifetimes', printLifetimes())]]),
  'npx tsx scripts/caching.ts',
);
