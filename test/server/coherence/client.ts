// One client of the hammered servers: keeps its connection, reads every coding, and says what the cache did.
import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

export type Reply = {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: whatever came.
  readonly body: any;
  readonly requestId: string;
};

type Sent = {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: object | undefined;
  readonly requestId?: string;
};

export type Client = { send(path: string, sent?: Sent): Promise<Reply>; close(): void };

export function openClient(url: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    send: (path, { method = 'GET', headers, body, requestId = randomUUID() } = {}) =>
      new Promise((resolve, reject) => {
        const sent = request(`${url}${path}`, {
          method,
          agent,
          headers: { 'X-Request-Id': requestId, ...headers },
        });
        sent.once('error', reject);
        sent.once('response', (answer) => {
          readBody(answer).then(
            (read) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: read, requestId }),
            reject,
          );
        });
        sent.end(body && JSON.stringify(body));
      }),
    close: () => agent.destroy(),
  };
}

const decode: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
};

async function readBody(answer: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const plain = decode[answer.headers['content-encoding'] ?? '']?.(bytes) ?? bytes;
  return plain.length === 0 ? undefined : JSON.parse(plain.toString('utf8'));
}
