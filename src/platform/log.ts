// The log: JSON lines, or readable ones on a terminal. Secrets are cut out wherever they could come in.
import { type Logger, pino } from 'pino';
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
  if (!isPretty) return pino({ level: config.logLevel, redact }, openBuffered(out));
  return pino({
    level: config.logLevel,
    redact,
    transport: {
      target: 'pino-pretty',
      options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l', destination: out === process.stderr ? 2 : 1 },
    },
  });
}

// A system call for each line would cost as much as answering from the cache. What a crash could lose is told at once:
// pino flushes before it ends the process with a fatal error, and at every other exit.
const bufferBytes = 4096;
const flushEveryMs = 100;

function openBuffered(out: NodeJS.WriteStream) {
  const destination = pino.destination({ dest: out === process.stderr ? 2 : 1, minLength: bufferBytes, sync: true });
  setInterval(() => destination.flush(), flushEveryMs).unref();
  process.on('exit', () => destination.flushSync());
  return destination;
}
