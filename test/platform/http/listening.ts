// The real app behind a port, for what a well-behaved client cannot send: raw bytes, half requests, silence. Its
// configuration and log can differ from the test app's, whose database and clock it shares.
import { type AddressInfo, createConnection, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { parseConfig } from '../../../src/platform/config/config.ts';
import type { Deps } from '../../../src/platform/deps.ts';
import { createAdmission } from '../../../src/platform/http/admission.ts';
import { type Answer, noPressure, patient, type TestApp } from '../../support/app.ts';

export type Listening = {
  readonly port: number;
  /** Parsed log lines so far. */
  readonly lines: Record<string, unknown>[];
  /** The log exactly as written. */
  readonly text: () => string;
  /** How many connections are open. */
  connections(): Promise<number>;
  close(): Promise<void>;
};

export async function listen(
  app: TestApp,
  environment: Record<string, string> = {},
  more: Partial<Deps> = {},
): Promise<Listening> {
  const written: string[] = [];
  const out = { write: (line: string) => void written.push(line) };
  const config = parseConfig({ PUBLIC_URL: 'https://news.test', LOG_LEVEL: 'info', ...patient, ...environment });
  const log = pino({ level: config.logLevel }, out);
  const { clock, metrics } = app.deps;
  const admission = createAdmission({ config, clock, metrics, pressure: noPressure });
  const server = await buildApp({ ...app.deps, config, admission, publicUrl: config.publicUrl!, log, ...more });
  await server.listen({ host: config.host, port: 0 });
  return {
    port: (server.server.address() as AddressInfo).port,
    get lines() {
      return written.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    text: () => written.join(''),
    connections: () => promisify(server.server.getConnections.bind(server.server))(),
    close: () => server.close(),
  };
}

/** Opens a connection, lets `talk` write to it, and answers everything that came back until the server closed it. */
export function converse(port: number, talk: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.on('connect', () => talk(socket));
    socket.on('data', (chunk) => chunks.push(chunk));
    // A server that refuses may reset what is still being sent; what it said before counts.
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    onTestFinished(() => void socket.destroy());
  });
}

/** One request as raw bytes; the answer when the server has closed the connection. */
export async function sendRaw(port: number, request: string | Buffer): Promise<Answer> {
  return readAnswer(await converse(port, (socket) => socket.write(request)));
}

export function readAnswer(raw: string): Answer {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const text = Buffer.from(rest.join('\r\n\r\n'), 'latin1').toString('utf8');
  const isJson = /json/.test(headers['content-type'] ?? '') && text !== '';
  return { status: Number(first.split(' ')[1]), headers, text, body: isJson ? JSON.parse(text) : undefined };
}
