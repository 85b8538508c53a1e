// npx tsx scripts/metrics.ts: writes the table of metrics in docs/operations.md from what /metrics says of itself.
import { createMetrics } from '../src/platform/telemetry/metrics.ts';
import { fillBetween, putGenerated, readGenerated } from './support/generated.ts';
import { printMetrics } from './support/metrics-table.ts';

const page = readGenerated('docs/operations.md') ?? '';
const table = printMetrics(await createMetrics().collect());
putGenerated(
  new Map([['docs/operations.md', fillBetween('docs/operations.md', page, 'metrics', table)]]),
  'npx tsx scripts/metrics.ts',
);
