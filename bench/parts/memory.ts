// Memory of a serving process whose cache is full all the time: more is read than fits, in every coding, and some of it is
// changed meanwhile.
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { median, runLoad } from '../load.ts';
import { ask, withoutLimits } from '../stage.ts';
import { targetReadersAndEditors } from './mixed.ts';
import { type Part, usualCount } from './part.ts';

const mibMax = 250;
const everyMs = 2000;
const writeShare = 0.01;
// Below this, warming up cannot be told from growing.
const minutesToJudge = 10;
const mayGrowMib = 5;

export const measureMemory: Part = async ({ options: { minutes, only }, provideData, onStage }) => {
  const work = 'memory (resident), cache full';
  if (!work.includes(only)) return [];
  return onStage('memory', await provideData('articles', usualCount), async (stage) => {
    const ours = await stage.startOurs(withoutLimits);
    const target = await targetReadersAndEditors(stage, ours, writeShare, ['identity', 'gzip', 'br']);
    const load = runLoad(target, minutes * 60);
    const samples: number[] = [];
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        samples.push(await readResidentMib(ours.pid));
        await delay(everyMs);
      }
    })();
    const round = await load.finally(() => {
      isOver = true;
    });
    await watching;
    const { mostMib, grownMib } = judgeSamples(samples);
    const [, cacheBytes = ''] = /^masthead_cache_bytes (\d+)/m.exec(await ask(ours, 'GET', '/metrics')) ?? [];
    const cacheMib = Number(cacheBytes) / 2 ** 20;
    const isSteady = minutes < minutesToJudge || grownMib <= mayGrowMib;
    return [
      {
        work: `${work} (${cacheMib.toFixed(0)} MiB)`,
        beside: `${minutes} min of reads in three codings, ${writeShare * 100} % writes`,
        result: `${mostMib.toFixed(0)} MiB at most, ${grownMib < 0 ? '' : '+'}${grownMib.toFixed(0)} in the second half`,
        aim: `≤ ${mibMax} MiB, not growing`,
        isMet: mostMib <= mibMax && isSteady,
        ours: round,
      },
    ];
  });
};

/** Growth: from the third quarter to the last, by their medians. */
export function judgeSamples(samples: readonly number[]): { mostMib: number; grownMib: number } {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const third = samples.slice(-2 * quarter, -quarter);
  const last = samples.slice(-quarter);
  return { mostMib: Math.max(...samples), grownMib: third.length === 0 ? 0 : median(last) - median(third) };
}

async function readResidentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024;
}
