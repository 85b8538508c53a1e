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
  if (!isPretty) return pino({ level: config.logLevel, redact }, out);
  return pino({
    level: config.logLevel,
    redact,
    transport: {
      target: 'pino-pretty',
      options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l', destination: out === process.stderr ? 2 : 1 },
    },
  });
}
