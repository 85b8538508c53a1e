// One worker as the primary sees it: started, ready, told to go, ended.
import cluster from 'node:cluster';
import { type FromPrimary, type FromWorker, type Order, readMessage } from './messages.ts';

export type Ended = { readonly code: number | null; readonly signal: string | null };
/** What workers may ask by name. */
export type Answers = Readonly<Record<string, () => unknown>>;

export type Member = {
  readonly id: number;
  readonly pid: number | undefined;
  readonly startedAt: number;
  isReady: boolean;
  /** On its way out, or about to be replaced: its end is no loss. */
  isOutgoing: boolean;
  /** Whether it came to be ready; false when it ended first. */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<Ended>;
  /** Resolves when it has ended, at the latest when it was killed after the limit. */
  dismiss(order: Order, limitMs: number): Promise<void>;
};

// Beyond what a start takes on a busy machine; one that hangs is no better than one that died.
const startLimitMs = 60_000;

export function startMember(answers: Answers): Member {
  const worker = cluster.fork();
  const say = (message: FromPrimary) => worker.isConnected() && worker.send(message, () => undefined);
  const ended = new Promise<Ended>((resolve) => {
    worker.once('exit', (code, signal) => resolve({ code, signal }));
    // Only this tells that no process came to be; otherwise it is about the channel, and `exit` follows.
    worker.on('error', () => worker.process.pid === undefined && resolve({ code: null, signal: null }));
  });
  const startLimit = setTimeout(() => worker.process.kill('SIGKILL'), startLimitMs);
  const ready = new Promise<boolean>((resolve) => {
    worker.on('message', async (raw) => {
      const message = readMessage<FromWorker>(raw);
      if (message?.masthead === 'ready') {
        member.isReady = true;
        resolve(true);
      }
      if (message?.masthead === 'question') say({ ...(await answer(answers, message.question)), id: message.id });
    });
    void ended.then(() => resolve(false));
  });
  void ready.then(() => clearTimeout(startLimit));
  const member: Member = {
    id: worker.id,
    pid: worker.process.pid,
    startedAt: performance.now(),
    isReady: false,
    isOutgoing: false,
    ready,
    ended,
    async dismiss(order, limitMs) {
      member.isOutgoing = true;
      // One that is still starting has nothing to finish.
      if (member.isReady) say({ masthead: 'order', order });
      else worker.process.kill('SIGTERM');
      const limit = setTimeout(() => worker.process.kill('SIGKILL'), limitMs);
      await ended;
      clearTimeout(limit);
    },
  };
  return member;
}

async function answer(answers: Answers, question: string) {
  try {
    const give = answers[question];
    if (give === undefined) throw new Error(`The primary knows no answer to "${question}".`);
    return { masthead: 'answer', value: await give() } as const;
  } catch (error) {
    return { masthead: 'answer', error: error instanceof Error ? error.message : String(error) } as const;
  }
}
