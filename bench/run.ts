// npm run bench: our server and its floors in turns, on loopback only; prints one table. Compare CPU per request: requests
// per second depend on who else computes. See docs/performance.md.
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { provideData } from './kept-data.ts';
import { openKeptServer, profilesFolder, removeKept } from './kept-server.ts';
import { hasWrk } from './load.ts';
import { type Options, type PartName, parseOptions, usage } from './options.ts';
import { measureCold } from './parts/cold.ts';
import { measureHistory } from './parts/history.ts';
import { measureHot } from './parts/hot.ts';
import { measureMemory } from './parts/memory.ts';
import { measureMixed } from './parts/mixed.ts';
import type { Bench, Part } from './parts/part.ts';
import { measureScale } from './parts/scale.ts';
import { measureStart } from './parts/start.ts';
import { measureWrites } from './parts/writes.ts';
import { printProfiles } from './profile.ts';
import { printReport, saveReport } from './report.ts';
import { openStage } from './stage.ts';
import type { Row } from './table.ts';

const parts: Record<PartName, Part> = {
  hot: measureHot,
  cold: measureCold,
  writes: measureWrites,
  mixed: measureMixed,
  memory: measureMemory,
  start: measureStart,
  scale: measureScale,
  history: measureHistory,
};

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return console.log(usage);
  if (options.clean) return removeKept();
  if (!hasWrk()) throw new Error('wrk is missing: install it (apt-get install wrk), then run again.');
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  await rm(profilesFolder, { recursive: true, force: true });
  const [startedAt, [loadBefore = 0]] = [new Date(), loadavg()];
  const server = await openKeptServer();
  try {
    const bench = openBench(server.url, options);
    const rows: Row[] = [];
    for (const name of options.parts) {
      console.log(`${name} …`);
      rows.push(...(await parts[name](bench)));
    }
    if (options.profile) console.log(await printProfiles(profilesFolder));
    const report = await printReport(rows, { serverUrl: server.url, options, startedAt, loadBefore });
    console.log(report);
    if (options.save) await saveReport(report);
  } finally {
    await server.stop();
  }
}

function openBench(serverUrl: string, options: Options): Bench {
  const { profile } = options;
  const open =
    (isCopied: boolean): Bench['onStage'] =>
    async (name, data, work) => {
      const stage = await openStage({ serverUrl, name, data, isCopied, profile });
      try {
        return await work(stage);
      } finally {
        await stage.close();
      }
    };
  return {
    options,
    async provideData(kind, count) {
      const begin = Date.now();
      const data = await provideData({ serverUrl, kind, count });
      if (data.isNew) console.log(`  ${count} articles made in ${Math.round((Date.now() - begin) / 1000)} s`);
      return data;
    },
    onStage: open(true),
    onData: open(false),
  };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
