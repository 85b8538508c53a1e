// What the primary and its workers say to each other, over the channel that Node opens between them.

/** `stop`: nobody will serve here. `retire`: another worker goes on serving. */
export type Order = 'stop' | 'retire';

/** `masthead` tells our messages from those of libraries on the same channel. */
export type FromWorker = { masthead: 'ready' } | { masthead: 'question'; id: number; question: string };
export type FromPrimary =
  | { masthead: 'order'; order: Order }
  | { masthead: 'answer'; id: number; value?: unknown; error?: string };

export function readMessage<T extends FromWorker | FromPrimary>(message: unknown): T | null {
  const isOurs = typeof message === 'object' && message !== null && 'masthead' in message;
  return isOurs ? (message as T) : null;
}
