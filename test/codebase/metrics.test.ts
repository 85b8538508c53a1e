// Metrics are what /metrics says, what the page says of them, and what the dashboard asks for: one list in three places.
import { describe, expect, it } from 'vitest';
import { printMetrics } from '../../scripts/support/metrics-table.ts';
import { createMetrics } from '../../src/platform/telemetry/metrics.ts';
import { parseScrape } from '../support/prometheus.ts';
import { readText } from './files.ts';

const text = await createMetrics().collect();
const { types } = parseScrape(text);
const ours = [...types.keys()].filter((name) => name.startsWith('masthead_'));

/** The metrics that an expression names; of a histogram's three series, the histogram. */
function familiesOf(expression: string): string[] {
  const named = expression.match(/\b(?:masthead|nodejs|process)_\w+/g) ?? [];
  return named.map((name) => (types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '')));
}

type Panel = { id: number; type: string; title: string; targets?: { expr: string; refId: string }[] };
const dashboard = JSON.parse(readText('ops/grafana/masthead.json')) as { panels: Panel[]; templating: object };
const expressions = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

describe('the Grafana dashboard', () => {
  it('asks only for metrics that /metrics has', () => {
    expect(expressions.length).toBeGreaterThan(20);
    const variables = [...JSON.stringify(dashboard.templating).matchAll(/label_values\((\w+),/g)].map(
      (match) => match[1]!,
    );
    expect(variables.length).toBeGreaterThan(0);
    const asked = [...expressions.map(({ expr }) => expr), ...variables];
    expect(asked.filter((expression) => familiesOf(expression).length === 0)).toEqual([]);
    expect(asked.flatMap(familiesOf).filter((name) => !types.has(name))).toEqual([]);
  });

  it('shows every metric of ours, each panel under an id of its own', () => {
    const shown = new Set(expressions.flatMap(({ expr }) => familiesOf(expr)));
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.filter((name) => !shown.has(name))).toEqual([]);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('asks for the rate of counters and for the value of gauges', () => {
    const misread = expressions.filter(({ expr }) =>
      (expr.match(/\b(?:rate\()?(?:masthead|nodejs|process)_\w+/g) ?? []).some((use) => {
        const isGauge = types.get(familiesOf(use)[0] ?? '') === 'gauge';
        return use.startsWith('rate(') === isGauge;
      }),
    );
    expect(misread).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  const page = readText('docs/operations.md');

  it('lists the metrics as the code says them (npx tsx scripts/metrics.ts)', () => {
    expect(page).toContain(printMetrics(text));
  });

  it('names in its expressions only metrics that /metrics has', () => {
    const named = [...page.matchAll(/`([^`\n]*masthead_[^`\n]*)`/g)].flatMap((match) => familiesOf(match[1]!));
    expect(named.length).toBeGreaterThan(ours.length);
    expect(named.filter((name) => !types.has(name))).toEqual([]);
  });
});
