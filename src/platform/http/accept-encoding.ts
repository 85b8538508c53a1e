// Which coding a client gets (RFC 9110, section 12.5.3). Clients send a handful of different headers, so what each of
// them means is kept.
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { Coding } from '../delivery/prepared.ts';

const offered: readonly Coding[] = ['br', 'gzip', 'identity'];
// The package's types lag behind it: where the client has no preference, ours decides.
type Preferring = { encodings(available: readonly string[], options: { preferred: readonly string[] }): string[] };

const known = new LRUCache<string, Coding>({ max: 200 });

export function chooseCoding(header: string | undefined): Coding {
  if (header === undefined || header === '') return 'identity';
  const kept = known.get(header);
  if (kept !== undefined) return kept;
  const negotiator = new Negotiator({ headers: { 'accept-encoding': header } }) as unknown as Preferring;
  // Where nothing is acceptable to the client, the plain bytes are what it most likely can read.
  const [best = 'identity'] = negotiator.encodings(offered, { preferred: offered });
  if (header.length <= 200) known.set(header, best as Coding);
  return best as Coding;
}
