// The command `masthead serve`.
import { type Command, InvalidArgumentError } from 'commander';
import { isWorker, reportReady, workerId } from '../platform/cluster/worker.ts';
import { type Config, loadConfig, variables } from '../platform/config/config.ts';
import { createLog } from '../platform/log.ts';
import { type Cluster, startServer, startServerWorker } from '../server.ts';
import { explainFailure } from './failure.ts';
import { endProcess, leaveRestartsToPrimary, restartOnSignal, stopOnSignal } from './signals.ts';

type Options = { workers?: number };

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('Serve the API, and announce what comes due. Without DATABASE_URL an embedded PostgreSQL is started.')
    .option(
      '--workers <count>',
      'processes that serve, or "auto": as many as there are cores (MASTHEAD_WORKERS). SIGHUP replaces them one by one',
      readWorkers,
    )
    .action((options: Options) => (isWorker ? serveAsWorker() : serve(options)));
}

async function serve(options: Options): Promise<void> {
  const readConfig = () => Object.freeze({ ...loadConfig(), ...options });
  const config = readConfig();
  const log = createLog(config);
  const server = await startServer(config, log);
  process.stdout.write(greet(server.url, server.firstKey));
  stopOnSignal(log, server.stop);
  if (server.cluster === undefined) return;
  const { cluster } = server;
  restartOnSignal(() => restart(cluster, readConfig, log));
  const failure = await cluster.failed;
  process.stderr.write(`${explainFailure(failure)}\n`);
  await endProcess(log, server.stop, 1);
}

async function restart(cluster: Cluster, readConfig: () => Config, log: ReturnType<typeof createLog>): Promise<void> {
  log.info('replacing the workers');
  try {
    if (await cluster.restart(readConfig())) log.info('the workers are replaced');
    else log.error('a new worker did not come up; those that were running go on');
  } catch (error) {
    log.error({ err: error }, 'the workers were not replaced');
  }
}

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
