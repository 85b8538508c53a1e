// How long it takes from the start of the process until its port takes connections, with the database running.
import { median } from '../load.ts';
import { type Part, usualCount } from './part.ts';

const times = 7;
const secondsMax = 1;

export const measureStart: Part = async ({ options, provideData, onStage }) => {
  const work = 'listening after start';
  if (!work.includes(options.only)) return [];
  return onStage('start', await provideData('articles', usualCount), async (stage) => {
    const tookMs: number[] = [];
    for (let n = 0; n < times; n += 1) {
      const ours = await stage.startOurs();
      tookMs.push(ours.listeningAfterMs);
      await ours.stop();
    }
    const seconds = median(tookMs) / 1000;
    return [
      {
        work,
        beside: `median of ${times}, database running`,
        result: `${seconds.toFixed(2)} s`,
        aim: `≤ ${secondsMax.toFixed(1)} s`,
        isMet: seconds <= secondsMax,
      },
    ];
  });
};
