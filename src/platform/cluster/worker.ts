// A worker's side of the cluster: says that it is ready, obeys, and asks what only the primary knows. When the primary is
// gone, Node ends its workers by itself.
import cluster from 'node:cluster';
import { type FromPrimary, type FromWorker, type Order, readMessage } from './messages.ts';

export const isWorker = cluster.isWorker;
/** Counted from 1 in the life of a primary; null in the primary, and where there is no cluster. */
export const workerId = cluster.worker?.id ?? null;

// Beyond what the primary may need to ask all the other workers in turn.
const answerLimitMs = 10_000;

/** Tells the primary that requests can come, and passes its orders on. */
export function reportReady(obey: (order: Order) => void): void {
  process.on('message', (raw) => {
    const message = readMessage<FromPrimary>(raw);
    if (message?.masthead === 'order') obey(message.order);
  });
  say({ masthead: 'ready' });
}

type Waiting = { resolve(value: unknown): void; reject(error: Error): void };
const waiting = new Map<number, Waiting>();
let lastId = 0;

/** The primary's answer, a value that JSON can carry; rejects when it has none, or gives none in time. */
export async function askPrimary<T>(question: string): Promise<T> {
  if (lastId === 0) process.on('message', hearAnswer);
  const id = ++lastId;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      timer = setTimeout(() => reject(new Error(`The primary does not answer "${question}".`)), answerLimitMs);
      say({ masthead: 'question', id, question });
    });
  } finally {
    clearTimeout(timer);
    waiting.delete(id);
  }
}

function hearAnswer(raw: unknown): void {
  const message = readMessage<FromPrimary>(raw);
  if (message?.masthead !== 'answer') return;
  const asked = waiting.get(message.id);
  if (message.error === undefined) asked?.resolve(message.value);
  else asked?.reject(new Error(message.error));
}

function say(message: FromWorker): void {
  // Unheard only when the primary is gone, and we are about to go too.
  process.send?.(message, undefined, undefined, () => undefined);
}
