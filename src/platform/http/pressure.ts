// Whether the process itself is in trouble: its event loop is late, or its memory runs out. Looked at once a second, so
// that asking costs nothing.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Config } from '../config/config.ts';

export type Pressure = {
  /** What is short; null: nothing. */
  read(): 'event_loop' | 'memory' | null;
  stop(): void;
};

const lookEveryMs = 1000;
const resolutionMs = 20;
// A process that starts, or the collector at work, is late for a moment; trouble lasts.
const lateLooksMin = 2;
// Beyond it the collector takes more and more of the time, and then the process ends.
const heapPartMax = 0.9;

export function watchPressure({
  overloadDelayMs,
  overloadRssMib,
}: Pick<Config, 'overloadDelayMs' | 'overloadRssMib'>): Pressure {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  let short: ReturnType<Pressure['read']> = null;
  let lateLooks = 0;
  const look = () => {
    // The mean, since one long turn is no trouble. A loop that did not turn at all has counted nothing.
    const delayMs = Number.isNaN(delays.mean) ? lookEveryMs : delays.mean / 1e6 - resolutionMs;
    delays.reset();
    lateLooks = overloadDelayMs > 0 && delayMs > overloadDelayMs ? lateLooks + 1 : 0;
    if (lateLooks >= lateLooksMin) short = 'event_loop';
    else short = isMemoryShort(overloadRssMib) ? 'memory' : null;
  };
  const timer = setInterval(look, lookEveryMs).unref();
  return {
    read: () => short,
    stop() {
      clearInterval(timer);
      delays.disable();
    },
  };
}

function isMemoryShort(rssMaxMib: number): boolean {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used > limit * heapPartMax || (rssMaxMib > 0 && process.memoryUsage.rss() > rssMaxMib * 1024 ** 2);
}
