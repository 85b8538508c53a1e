// An answer made ready to leave: its bytes in each coding, made once, with the tag and the head of each. Nothing in it
// depends on who asks.
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import type { Problem } from '../../core/problems.ts';
import { tagBytes } from './etag.ts';
import { type CachePolicy, formatCacheControl } from './policy.ts';
import type { PurgeTarget } from './purge/targets.ts';
import { jsonType } from './send.ts';

export type Coding = 'identity' | 'gzip' | 'br';

export type PublicAnswer = {
  /** JSON text, or the bytes of another format. */
  readonly content: string | Buffer;
  readonly contentType?: string;
  /** Every entity that shaped the answer, as `noun:id`, and every noun of which it matters which there are. */
  readonly surrogateKeys: readonly string[];
  /** More of the same, which would give away that there is something hidden. */
  readonly untoldKeys?: readonly string[];
  /** The last change of anything that shaped the answer. */
  readonly lastModified: Date | null;
  /** When the answer stops being true, if that may be told. */
  readonly endsAt: Date | null;
  /** When the clock alone may change it, which is not told: it would give away what is scheduled. */
  readonly nextChangeAt?: Date | null;
  /** Further headers: `Link`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Request headers, `Accept-Encoding` aside, that another answer may depend on. */
  readonly vary?: string;
};

/** The address under which the same is found now. */
export type Redirect = Pick<PublicAnswer, 'surrogateKeys' | 'endsAt' | 'nextChangeAt' | 'vary'> & {
  readonly location: string;
};

/** What stands where nothing is shown: absent, or gone. */
export type Absence = Pick<PublicAnswer, 'surrogateKeys' | 'untoldKeys' | 'nextChangeAt' | 'vary'> & {
  readonly problem: Problem;
};

export type Reading = PublicAnswer | Redirect | Absence;

type Headers = Readonly<Record<string, string>>;
export type Head = {
  readonly full: Headers;
  /** Of a 304: what RFC 9110, section 15.4.5 asks for, and what a purge needs. */
  readonly notModified: Headers;
  /** The same as names and values in turn, as Node's `writeHead` takes them fastest. */
  readonly rawFull: readonly string[];
  readonly rawNotModified: readonly string[];
  readonly lastModified: Date | null;
  readonly usableUntil: number;
};
export type Coded = { readonly bytes: Buffer; readonly tag: string; head: Head | null };

export type Prepared = {
  readonly reading: Reading;
  readonly policy: CachePolicy;
  readonly target: PurgeTarget | null;
  readonly codings: Map<Coding, Coded | Promise<Coded>>;
};

// Below it, the coding's own cost eats what it saves.
const codedFromBytes = 1024;

/** `target`: the shared cache in front that is told what to forget. */
export function prepare(given: Reading, policy: CachePolicy, target: PurgeTarget | null): Prepared {
  // Names that were cut out of a text keep all of it.
  const surrogateKeys = JSON.parse(JSON.stringify(given.surrogateKeys)) as string[];
  const reading = { ...given, surrogateKeys };
  const codings: Prepared['codings'] = new Map();
  if ('content' in reading) {
    const bytes = copyAlone(reading.content);
    codings.set('identity', { bytes, tag: tagBytes(bytes), head: null });
    // Not the text itself, which would lie there a second time.
    return { reading: { ...reading, content: bytes }, policy, target, codings };
  }
  return { reading, policy, target, codings };
}

/** Small buffers share blocks of 8 kB, and what zlib makes lies in one of 16: kept, they would hold on to all of it. */
function copyAlone(content: string | Buffer): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(content));
  if (typeof content === 'string') bytes.write(content);
  else content.copy(bytes);
  return bytes;
}

const identityOf = (prepared: Prepared) => prepared.codings.get('identity') as Coded | undefined;

/** Which coding an answer leaves in: small ones are not worth one. */
export function fitCoding(prepared: Prepared, wanted: Coding): Coding {
  return (identityOf(prepared)?.bytes.length ?? 0) < codedFromBytes ? 'identity' : wanted;
}

const encode: Record<Exclude<Coding, 'identity'>, (bytes: Buffer) => Promise<Buffer>> = {
  gzip: (bytes) => promisify(gzip)(bytes, { level: 6 }),
  // Quality 5 with a small window: a fifth of a millisecond for an article, and within a percent of the size of 9.
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [zlib.BROTLI_PARAM_QUALITY]: 5,
        [zlib.BROTLI_PARAM_LGWIN]: 16,
        [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
};
const suffixes: Record<Coding, string> = { identity: '', gzip: '-gz', br: '-br' };

/** Makes a coded form, once; `onCoded` is told when there is a new one. */
export function codeAnswer(prepared: Prepared, coding: Coding, onCoded?: () => void): Coded | Promise<Coded> {
  const known = prepared.codings.get(coding);
  if (known !== undefined) return known;
  const { bytes, tag } = identityOf(prepared)!;
  const making = encode[coding as 'br'](bytes).then((coded) => {
    const made = { bytes: copyAlone(coded), tag: `${tag.slice(0, -1)}${suffixes[coding]}"`, head: null };
    prepared.codings.set(coding, made);
    onCoded?.();
    return made;
  });
  prepared.codings.set(coding, making);
  // The next who asks tries again.
  making.catch(() => prepared.codings.delete(coding));
  return making;
}

/** The bytes of all its forms. */
export function sizeOf(prepared: Prepared): number {
  const { reading, codings } = prepared;
  const own = 'problem' in reading ? JSON.stringify(reading.problem.extensions).length : 0;
  return [...codings.values()].reduce((sum, coded) => sum + ('bytes' in coded ? coded.bytes.length : 0), 2 * own);
}

/** The headers of an answer in a coding, but for what a request adds; made again only when they change. */
export function headOf(prepared: Prepared, coding: Coding, coded: Coded, nowMs: number): Head {
  if (coded.head !== null && nowMs < coded.head.usableUntil) return coded.head;
  const { lastModified: changedAt, endsAt, headers, contentType, vary } = prepared.reading as PublicAnswer;
  const lastModified = settledSecond(changedAt, nowMs);
  const notModified = {
    etag: coded.tag,
    ...lifetimeOf(prepared, endsAt, nowMs),
    vary: vary === undefined ? 'Accept-Encoding' : `Accept-Encoding, ${vary}`,
    ...(lastModified !== null && { 'last-modified': lastModified.toUTCString() }),
  };
  const full = {
    'content-type': contentType ?? jsonType,
    ...(coding !== 'identity' && { 'content-encoding': coding }),
    ...notModified,
    ...headers,
  };
  // A lifetime that is clipped shrinks by the second, and a change is dated when its second is over.
  const isSettled = endsAt === null && (changedAt === null || lastModified !== null);
  const usableUntil = isSettled ? Number.POSITIVE_INFINITY : (Math.floor(nowMs / 1000) + 1) * 1000;
  const rawFull = flatten({ ...full, 'content-length': String(coded.bytes.length) });
  coded.head = { full, notModified, rawFull, rawNotModified: flatten(notModified), lastModified, usableUntil };
  return coded.head;
}

/** How long it may be kept by others, and by which names it can be taken out before. */
export function lifetimeOf({ reading, policy, target }: Prepared, endsAt: Date | null, nowMs: number): Headers {
  const keys = reading.surrogateKeys;
  return {
    'cache-control': formatCacheControl(policy, new Date(nowMs), endsAt, target !== null),
    ...(keys.length > 0 && { 'surrogate-key': keys.join(' ') }),
    ...(keys.length > 0 && target?.tagHeader && { [target.tagHeader]: keys.join(',') }),
  };
}

const flatten = (headers: Headers) => Object.entries(headers).flat();

// Last-Modified counts seconds. Within the running second a further change could follow unseen, so it is not sent
// before that second is over (RFC 9110, section 8.8.2.2).
function settledSecond(instant: Date | null, nowMs: number): Date | null {
  if (instant === null) return null;
  const second = Math.floor(instant.getTime() / 1000) * 1000;
  return second + 1000 <= nowMs ? new Date(second) : null;
}
