// The command `masthead serve`.
import { type Command, InvalidArgumentError } from 'commander';
import type { Logger } from 'pino';
import { isWorker, reportReady, workerId } from '../platform/cluster/worker.ts';
import { type Config, loadConfig, variables } from '../platform/config/config.ts';
import { createLog } from '../platform/log.ts';
import { type Cluster, fixedAtStart, startServer, startServerWorker } from '../server.ts';
import { explainFailure } from './failure.ts';
import { warnOfOldNode } from './node-version.ts';
import { endProcess, leaveRestartsToPrimary, obeySignals, stopOnSignal } from './signals.ts';

type Options = { workers?: number };

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Serve the API, and announce what comes due. Without DATABASE_URL an embedded PostgreSQL is started.')
    .option(
      '--workers <count>',
      'processes that serve, or "auto": as many as there are cores (MASTHEAD_WORKERS). SIGHUP, on a terminal SIGUSR2, replaces them one by one',
      readWorkers,
    )
    .action((options: Options) => (isWorker ? serveAsWorker() : serve(options)));
}

async function serve(options: Options): Promise<void> {
  const readConfig = () => Object.freeze({ ...loadConfig(), ...options });
  const config = readConfig();
  const log = createLog(config);
  warnOfOldNode(log);
  const server = await startServer(config, log);
  const { cluster, stop } = server;
  obeySignals({ log, stop, ...(cluster && { restart: () => restart(cluster, { config, readConfig, log }) }) });
  process.stdout.write(greet(server.url, server.firstKey));
  if (cluster === undefined) return;
  const failure = await cluster.failed;
  process.stderr.write(`${explainFailure(failure)}\n`);
  await endProcess(log, stop, 1);
}

type Restarting = { config: Config; readConfig: () => Config; log: Logger };

async function restart(cluster: Cluster, { config, readConfig, log }: Restarting): Promise<void> {
  log.info('replacing the workers');
  try {
    const next = readConfig();
    const ignored = fixedAtStart.filter((key) => next[key] !== config[key]).map((key) => variables[key].name);
    if (ignored.length > 0) log.warn({ ignored }, 'these variables stay as they were until the next start');
    const { isDone, replaced, left } = await cluster.restart(next);
    if (isDone) log.info('the workers are replaced');
    else if (replaced === 0) log.error('a new worker did not come up; those that were running go on');
    else log.error({ replaced, left }, halfDone);
  } catch (error) {
    log.error({ err: error }, 'the workers were not replaced');
  }
}

const halfDone =
  'a new worker did not come up; the restart is half done: some workers have the new configuration, those that are left go on with the old one';

/** Started by the primary, with its arguments; ends when it is told to, or when the primary is gone. */
async function serveAsWorker(): Promise<void> {
  leaveRestartsToPrimary();
  try {
    const { log, ...server } = await startServerWorker((config) => createLog(config).child({ worker: workerId }));
    stopOnSignal(log, server.stop);
    reportReady(async (order) => {
      await endProcess(log, server[order]);
      process.exit();
    });
  } catch (error) {
    process.stderr.write(`${explainFailure(error)}\n`);
    // By itself it would not end: the channel to the primary is open.
    process.exit(1);
  }
}

function readWorkers(text: string): number {
  const read = variables.workers.schema.safeParse(text);
  if (!read.success) throw new InvalidArgumentError(`It ${read.error.issues[0]?.message}.`);
  return read.data;
}

function greet(url: string, firstKey: string | null): string {
  const lines = ['', '  Masthead is ready.', `    API     ${url}/v1/articles`, `    Docs    ${url}/docs`];
  if (firstKey !== null) lines.push(`    Key     ${firstKey}`, '            (admin; shown this once, keep it)');
  return `${lines.join('\n')}\n\n`;
}
