// One request and its answer as they are on the wire: nothing is added to the headers, nothing is decoded.
import { type IncomingHttpHeaders, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

export type Raw = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly bytes: Buffer };

export function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(chunks) });
    });
    sent.once('error', reject).end();
  });
}

/** What an answer says, whatever its coding. */
export function decode({ headers, bytes }: Raw): string {
  const coding = headers['content-encoding'];
  if (coding === 'br') return brotliDecompressSync(bytes).toString('utf8');
  return (coding === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
}

const patienceMs = 30_000;

/** Asks until the answer comes from the cache: a busy machine may not be heard for a second. */
export async function untilKept(port: number, path: string, headers: Record<string, string> = {}): Promise<Raw> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask(port, path, headers);
    if (answer.headers['cache-status'] === 'masthead; hit') return answer;
    if (performance.now() > end) throw new Error(`${path} is not kept: ${answer.headers['cache-status']}`);
  }
}
