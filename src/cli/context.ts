// Opens the program for a command that does one thing, and closes it again.
import { type Composition, compose } from '../compose.ts';
import { type Config, loadConfig } from '../platform/config/config.ts';
import { createLog } from '../platform/log.ts';

/** A command's log goes nowhere unless something is wrong: its result is what it prints. */
export function loadQuietConfig(): Config {
  const config = loadConfig();
  return config.logLevel === 'info' ? { ...config, logLevel: 'warn' } : config;
}

export async function withComposition<T>(work: (composition: Composition, config: Config) => Promise<T>): Promise<T> {
  const config = loadQuietConfig();
  const composition = await compose(config, createLog(config, process.stderr), { migrate: true });
  try {
    return await work(composition, config);
  } finally {
    await composition.close();
  }
}

export function print(value: unknown): void {
  process.stdout.write(`${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}\n`);
}
