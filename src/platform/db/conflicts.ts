// Turns a database's refusal into the problem a client sees: by the name of the violated constraint, never by message
// text, and never by asking first. A refusal that is not listed here is a fault of ours (500).
import { type Problem, type ProblemCode, problem } from '../../core/problems.ts';

type Conflict = { code: ProblemCode; pointer: string; detail: string };

const slugTaken = (noun: string) => ({
  code: `${noun}.slug_taken` as ProblemCode,
  pointer: '/slug',
  detail: 'Another one has this slug, or had it. Choose another slug, or leave it out to have one made.',
});
const externalIdTaken = (noun: string) => ({
  code: `${noun}.external_id_taken` as ProblemCode,
  pointer: '/externalId',
  detail: 'This externalId belongs to another one already, or to one in the trash.',
});
const inUse = (noun: string) => ({
  code: `${noun}.in_use` as ProblemCode,
  pointer: '',
  detail: 'Something still refers to it.',
});

const conflicts: Readonly<Record<string, Conflict>> = {
  section_slug_key: slugTaken('section'),
  editor_slug_key: slugTaken('editor'),
  source_slug_key: slugTaken('source'),
  tag_slug_key: slugTaken('tag'),
  tag_name_key: { code: 'tag.name_taken', pointer: '/name', detail: 'Another tag has this name.' },
  section_external_id_key: externalIdTaken('section'),
  editor_external_id_key: externalIdTaken('editor'),
  source_external_id_key: externalIdTaken('source'),
  tag_external_id_key: externalIdTaken('tag'),
  article_external_id_key: externalIdTaken('article'),
  article_slug_pkey: slugTaken('article'),
  article_slug_permanent: slugTaken('article'),
  publication_embargo_check: {
    code: 'article.embargoed',
    pointer: '/at',
    detail: 'The article is under an embargo then. Publish later, or lift the embargo.',
  },
  section_cycle_check: {
    code: 'section.cycle',
    pointer: '/parent',
    detail: 'A section cannot be below itself. Choose a parent outside its own branch.',
  },
  search_term_folded_key: { code: 'search.term_taken', pointer: '/text', detail: 'This word was taught already.' },
  section_parent_id_fkey: inUse('section'),
  publication_overlap_excl: {
    code: 'article.publication_overlap',
    pointer: '/at',
    detail: 'Two publications of one article cannot cover the same instant.',
  },
};

// The network's and pool's own codes, Prisma's for the same, and what Postgres says while it starts, stops, is full, or
// has ended one of two transactions that waited for each other. None is the client's fault, and each passes.
const passingCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
]);
const passingStates = /^(?:08\d{3}|53\d{3}|55P03|57P0[1-5]|25P03|40001|40P01)$/;

function isUnavailable(error: unknown, code: string | undefined): boolean {
  const outer = asText((error as { code?: unknown })?.code);
  if ([code, outer].some((each) => each !== undefined && (passingCodes.has(each) || passingStates.test(each))))
    return true;
  // `pg` gives a lost connection and a full pool no code.
  const message = error instanceof Error ? error.message : '';
  return message.startsWith('Connection terminated') || message === 'timeout exceeded when trying to connect';
}

function unavailable(cause: unknown, isRead = false): Problem {
  const what = 'The database cannot be reached, or is busy with the same thing.';
  const advice = isRead ? 'Try again.' : 'Whether anything was stored is not certain: read, then try again.';
  const detail = `${what} ${advice}`;
  return problem('server.unavailable', { detail, headers: { 'Retry-After': '1' }, cause });
}

/** Postgres ended one of two transactions that waited for each other; all of it was undone. */
export function isDeadlock(error: unknown): boolean {
  return readFault(error).code === '40P01';
}

/** Somebody else held a lock for longer than a request may wait; all of it was undone. */
export function isLockTimeout(error: unknown): boolean {
  return readFault(error).code === '55P03';
}

/** A write that ran out of time waited for others; no filter of the client's is to blame. Null for every other error. */
export function describeOverrun(error: unknown): Problem | null {
  return readFault(error).code === '57014' ? unavailable(error) : null;
}

type DriverFault = { code?: string; constraint?: string };

/** The problem behind a database error, or null when it is none that a client could cause. `isRead`: nothing was stored. */
export function findConflict(error: unknown, isRead = false): Problem | null {
  const fault = readFault(error);
  if (fault.code === '57014') return slow(error);
  if (isUnavailable(error, fault.code)) return unavailable(error, isRead);
  if (fault.code === '22P05' || fault.code === '22021') {
    return problem('request.invalid_text', {
      detail: 'The text holds characters the database cannot store.',
      cause: error,
    });
  }
  const conflict = fault.constraint === undefined ? undefined : conflicts[fault.constraint];
  if (conflict === undefined) return null;
  const { code, pointer, detail } = conflict;
  const kind = code.slice(code.indexOf('.') + 1);
  return problem(code, { detail, errors: [{ pointer, code: kind, message: detail }], cause: error });
}

function slow(cause: unknown): Problem {
  return problem('request.query_too_slow', {
    detail: 'The combination of filters and sort took too long. Use fewer filters, or another sort.',
    headers: { 'Retry-After': '5' },
    cause,
  });
}

// `pg` puts code and constraint on the error; Prisma's adapter keeps them in the cause of its own, where it drops the name
// of an exclusion constraint. There is one.
function readFault(error: unknown): DriverFault {
  const direct = error as { code?: unknown; constraint?: unknown; meta?: { driverAdapterError?: { cause?: unknown } } };
  const wrapped = (direct?.meta?.driverAdapterError?.cause ?? (error as { cause?: unknown })?.cause) as
    | { originalCode?: unknown; constraint?: { index?: unknown } }
    | undefined;
  if (typeof wrapped?.originalCode === 'string') {
    const { originalCode: code, constraint } = wrapped;
    return { code, constraint: code === '23P01' ? 'publication_overlap_excl' : asText(constraint?.index) };
  }
  return { code: asText(direct?.code), constraint: asText(direct?.constraint) };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
