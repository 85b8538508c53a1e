// Answers to single requests: their bytes as they come over the wire, coded or not.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly bytes: Buffer };

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

export async function fetchBytes(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const [message] = (await once(get(url, { headers, agent }), 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return { status: message.statusCode!, headers: message.headers, bytes: Buffer.concat(chunks) };
}

export const pathsOf = async (file: string) => (await readFile(file, 'utf8')).trimEnd().split('\n');

/** Asks for each of them once, so that a cache holds it. */
export async function warm(origin: string, paths: readonly string[], headers?: Record<string, string>): Promise<void> {
  const left = paths.values();
  const askNext = async () => {
    for (const path of left) {
      const { status, bytes } = await fetchBytes(origin + path, headers);
      if (status >= 400) throw new Error(`${path}: ${bytes.toString().slice(0, 1000)}`);
    }
  };
  await Promise.all(Array.from({ length: 4 }, askNext));
}
