// The log: JSON lines, or readable ones on a terminal. Secrets are cut out wherever they could come in.
import { type Logger, pino } from 'pino';
import { isColorSupported, prettyFactory } from 'pino-pretty';
import type { Config } from './config/config.ts';

const redact = {
  // A database's error quotes the row that it refused.
  paths: [
    'err.detail',
    'err.where',
    'err.internalQuery',
    'err.*.detail',
    'err.*.where',
    'req.headers.authorization',
    'headers.authorization',
    'authorization',
    '*.password',
    '*.connectionString',
  ],
  censor: '***',
};

export function createLog(config: Config, out: NodeJS.WriteStream = process.stdout): Logger {
  const isPretty = config.logFormat === 'pretty' || (config.logFormat === 'auto' && out.isTTY);
  const destination = openBuffered(out);
  return pino({ level: config.logLevel, redact }, isPretty ? prettify(destination) : destination);
}

type Destination = ReturnType<typeof openBuffered>;

/** Here and not in a thread, as pino would: one whose terminal is gone holds up the end of the process. */
function prettify(destination: Destination) {
  const print = prettyFactory({
    colorize: isColorSupported,
    ignore: 'pid,hostname',
    translateTime: 'HH:MM:ss.l',
  });
  return {
    write: (line: string) => void destination.write(print(line)),
    flushSync: () => destination.flushSync(),
  };
}

// A system call for each line would cost as much as answering from the cache. What a crash could lose is told at once:
// pino flushes before it ends the process with a fatal error, and at every other exit.
const bufferBytes = 4096;
const flushEveryMs = 100;
// What is kept for a disk that is full or a terminal that is gone; then lines are dropped.
const keptBytesMax = 1024 * 1024;

function openBuffered(out: NodeJS.WriteStream) {
  const destination = pino.destination({
    dest: out === process.stderr ? 2 : 1,
    minLength: bufferBytes,
    maxLength: keptBytesMax,
    sync: true,
  });
  // A log that cannot be written is no reason to stop serving. Where its reader has gone (EPIPE), pino writes no more.
  destination.on('error', () => undefined);
  const flush = () => destination.flush();
  // The destination's own would try for ever where nobody reads. A flush writes all but the last buffer, so two do.
  destination.flushSync = () => {
    flush();
    flush();
  };
  setInterval(flush, flushEveryMs).unref();
  process.on('exit', () => destination.flushSync());
  return destination;
}
