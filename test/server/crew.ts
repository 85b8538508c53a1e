// A server with several workers as its clients and its operator see it: requests over connections that stay with one
// worker, who answered them, and which processes there are.
import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { isAlive, type Serving } from '../support/masthead.ts';

export const key = 'a-bootstrap-key-of-more-than-32-characters';

/** The pids of all workers that were ever ready, in that order. */
export const listWorkers = (server: Serving): number[] =>
  [...server.stdout().matchAll(/"workerPid":(\d+),"msg":"worker is ready"/g)].map(([, pid]) => Number(pid));

/** Resolves with the pids once so many workers have been ready. */
export async function untilWorkers(server: Serving, count: number): Promise<number[]> {
  await expect.poll(() => listWorkers(server).length, { timeout: 60_000, interval: 20 }).toBe(count);
  return listWorkers(server);
}

export async function untilGone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.filter(isAlive), { timeout: 60_000, interval: 20 }).toEqual([]);
}

/** Which worker wrote the line of this request. */
export async function findWorker(server: Serving, requestId: string): Promise<number> {
  const [, pid] = await server.says(new RegExp(`"pid":(\\d+),[^\n]*"worker":\\d+,"requestId":"${requestId}"`));
  return Number(pid);
}

export type Reply = { readonly status: number; readonly text: string; readonly requestId: string };
type Sent = { readonly body?: object; readonly ifMatch?: string };
export type Connection = { send(method: string, path: string, sent?: Sent): Promise<Reply> };

/** One connection for all its requests, for as long as the server keeps it; without, each has its own. */
export function connect(server: Serving, { keepAlive, as = key }: { keepAlive: boolean; as?: string }): Connection {
  const agent = new Agent({ keepAlive, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return {
    send: (method, path, { body, ifMatch } = {}) =>
      new Promise((resolve, reject) => {
        const requestId = randomUUID();
        const headers = {
          Authorization: `Bearer ${as}`,
          'X-Request-Id': requestId,
          ...(body && { 'Content-Type': 'application/json' }),
          ...(ifMatch && { 'If-Match': ifMatch }),
        };
        const sent = request(`${server.url}${path}`, { method, agent, headers }, async (answer) => {
          resolve({ status: answer.statusCode ?? 0, text: await readText(answer), requestId });
        });
        sent.once('error', reject).end(body && JSON.stringify(body));
      }),
  };
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** A connection to each of the workers, by pid. New ones go to the workers in turn. */
export async function connectToEach(server: Serving, pids: readonly number[], as = key) {
  const found = new Map<number, Connection>();
  while (found.size < pids.length) {
    const connection = connect(server, { keepAlive: true, as });
    const { requestId } = await connection.send('GET', '/v1/articles');
    found.set(await findWorker(server, requestId), connection);
  }
  expect([...found.keys()].toSorted()).toEqual([...pids].toSorted());
  return found;
}
