// Owns one postgres process, so that it outlives neither its server nor a Ctrl-C: run detached by launch.ts with the
// job on the command line, it ends postgres when its stdin closes, however the server went. It restarts nothing.
// launch.ts hands this text to `node --eval`, on a Node that strips no types: only syntax that is also JavaScript.
import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import { constants } from 'node:os';

const job = JSON.parse(process.argv[1] ?? '');
process.title = 'masthead-postgres-watchdog';
const log = openSync(job.logFile, 'a');
// A later start asks the database for these to tell a folder in use from an orphan.
const owners = ['-c', `masthead.watchdog_pid=${process.pid}`, '-c', `masthead.server_pid=${process.ppid}`];
const postgres = spawn(job.command, [...job.args, ...owners], { ...job.options, stdio: ['ignore', log, log] });

// Fast shutdown, then an immediate one, then the end; ten seconds for each is what a full checkpoint may take.
const { SIGINT, SIGQUIT, SIGKILL } = constants.signals;
const steps = [SIGINT, SIGQUIT, SIGKILL];
const stop = () => {
  const step = steps.shift();
  if (step === undefined) return;
  postgres.kill(step);
  setTimeout(stop, 10_000);
};

const finish = (status = 1) => {
  if (job.removeDir) rmSync(job.removeDir, { recursive: true, force: true, maxRetries: 5 });
  process.exit(status);
};

postgres.on('error', (error) => {
  process.stderr.write(error.message);
  finish();
});
postgres.on('exit', (code) => finish(code ?? 1));
process.stdin.on('end', stop).on('error', stop).resume();
// A service manager may signal every process of the group at once, but the server still drains: its end is what counts.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
