// The primary's side of the cluster: keeps so many workers serving. One that dies is replaced, later and later when that
// happens again and again; all are replaced one after the other on demand. It knows nothing of what they serve.
import type { Logger } from 'pino';
import { type Answers, type Ended, type Member, startMember } from './member.ts';

export type WorkersOptions = {
  count: number;
  log: Logger;
  answers: Answers;
  /** How long a worker may take to end what runs, and, where it retires, before that for its clients to leave. */
  graceMs: number;
};

export type Restarted = { readonly isDone: boolean; readonly replaced: number; readonly left: number };

export type Workers = {
  /** Replaces all, one after the other, until a new one does not come up; the old ones that are left go on. */
  restart(): Promise<Restarted>;
  stop(): Promise<void>;
  /** Settles when the primary gives up: workers die before they are ready, and none is left. */
  readonly failed: Promise<Error>;
};

type Crew = WorkersOptions & {
  members: Set<Member>;
  isStopping: boolean;
  /** Deaths in a row: of workers that were never ready, and of those that were not up for long. */
  stillborn: number;
  shortLived: number;
  refill: NodeJS.Timeout | undefined;
  onReady(): void;
  onFailure(error: Error): void;
};

// Each try costs a start; what fails so often in a row fails for a reason that no further try removes.
const stillbornMax = 5;
// A worker that was up for so long did not die of what it was started with.
const longLifeMs = 60_000;
const firstDelayMs = 100;
const longestDelayMs = 30_000;
// Beyond the grace, for closing what it had open.
const endMarginMs = 3000;

/** Resolves when all are ready. */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const crew = { ...options, members: new Set<Member>(), isStopping: false, stillborn: 0, shortLived: 0 } as Crew;
  const failed = new Promise<Error>((resolve) => {
    crew.onFailure = resolve;
  });
  const complete = new Promise<null>((resolve) => {
    crew.onReady = () => countReady(crew) === crew.count && resolve(null);
  });
  refill(crew);
  const failure = await Promise.race([complete, failed]);
  if (failure !== null) throw failure;
  return { restart: () => restart(crew), stop: () => stop(crew), failed };
}

const countReady = ({ members }: Crew) => [...members].filter(({ isReady }) => isReady).length;
const countStaying = ({ members }: Crew) => [...members].filter(({ isOutgoing }) => !isOutgoing).length;

function refill(crew: Crew): void {
  while (!crew.isStopping && countStaying(crew) < crew.count) start(crew);
}

function start(crew: Crew): Member {
  const member = startMember(crew.answers);
  crew.members.add(member);
  void member.ready.then((isReady) => isReady && noteReady(crew, member));
  void member.ended.then((ended) => noteEnd(crew, member, ended));
  return member;
}

function noteReady(crew: Crew, { id, pid }: Member): void {
  crew.stillborn = 0;
  crew.log.info({ worker: id, workerPid: pid }, 'worker is ready');
  crew.onReady();
}

function noteEnd(crew: Crew, member: Member, ended: Ended): void {
  crew.members.delete(member);
  const facts = { worker: member.id, workerPid: member.pid, ...ended };
  if (member.isOutgoing || crew.isStopping) {
    crew.log.info(facts, 'worker ended');
    return;
  }
  crew.stillborn = member.isReady ? 0 : crew.stillborn + 1;
  crew.shortLived = performance.now() - member.startedAt < longLifeMs ? crew.shortLived + 1 : 0;
  if (crew.stillborn >= stillbornMax && countReady(crew) === 0) {
    void giveUp(crew);
    return;
  }
  const delayMs = crew.shortLived === 0 ? 0 : Math.min(firstDelayMs * 2 ** (crew.shortLived - 1), longestDelayMs);
  // One that was to take another's place leaves none empty: the other goes on.
  const wasToReplace = !member.isReady && crew.members.size >= crew.count;
  if (wasToReplace) crew.log.error(facts, 'a new worker ended before it could take the place of another');
  else crew.log.error({ ...facts, delayMs }, 'a worker ended that was not told to; it is replaced');
  clearTimeout(crew.refill);
  crew.refill = setTimeout(refill, delayMs, crew);
}

async function giveUp(crew: Crew): Promise<void> {
  await stop(crew);
  crew.onFailure(
    new Error(
      `Workers ended ${crew.stillborn} times in a row before they were ready, for the reasons above; giving up.`,
    ),
  );
}

async function stop(crew: Crew): Promise<void> {
  crew.isStopping = true;
  clearTimeout(crew.refill);
  await Promise.all([...crew.members].map((member) => member.dismiss('stop', crew.graceMs + endMarginMs)));
}

async function restart(crew: Crew): Promise<Restarted> {
  const before = [...crew.members].filter(({ isOutgoing }) => !isOutgoing);
  for (const [replaced, old] of before.entries()) {
    const halted = { isDone: false, replaced, left: before.length - replaced };
    // It has died meanwhile, and its replacement is new.
    if (!crew.members.has(old)) continue;
    if (crew.isStopping) return halted;
    old.isOutgoing = true;
    const successor = start(crew);
    if (!(await successor.ready)) {
      // Where it has lived on, the crew is as it was.
      old.isOutgoing = crew.isStopping;
      return halted;
    }
    if (!crew.isStopping) await old.dismiss('retire', 2 * crew.graceMs + endMarginMs);
  }
  return { isDone: true, replaced: before.length, left: 0 };
}
