// Entries by key, bounded in bytes, the least used go first; and by tag, so that all that depend on something are found.
import { LRUCache } from 'lru-cache';

export type Entry<T> = {
  readonly key: string;
  readonly value: T;
  readonly tags: readonly string[];
  readonly sizeBytes: number;
  readonly usableUntil: number | null;
};

export type TaggedStore<T> = {
  get(key: string): Entry<T> | undefined;
  /** Whether there is room for it. */
  put(entry: Entry<T>): boolean;
  delete(key: string): void;
  /** How many had the tag. */
  deleteTagged(tag: string): number;
  clear(): void;
  stats(): { readonly entries: number; readonly bytes: number };
};

// What an entry costs beside its bytes: the objects, its key, its place in the sets of its tags (measured).
const entryOverheadBytes = 1000;
const tagOverheadBytes = 120;
// One answer may take this part of the whole.
const entryPartMax = 1 / 8;

export function createTaggedStore<T extends object>(sizeBytesMax: number, onEvicted: () => void): TaggedStore<T> {
  const byTag = new Map<string, Set<Entry<T>>>();
  const entries = new LRUCache<string, Entry<T>>({
    maxSize: Math.max(1, sizeBytesMax),
    maxEntrySize: Math.max(1, Math.floor(sizeBytesMax * entryPartMax)),
    sizeCalculation: ({ key, tags, sizeBytes }) =>
      sizeBytes + 2 * key.length + tags.length * tagOverheadBytes + entryOverheadBytes,
    dispose: (entry, _key, reason) => {
      if (reason === 'evict') onEvicted();
      for (const tag of entry.tags) removeFrom(byTag, tag, entry);
    },
  });
  return {
    get: (key) => entries.get(key),
    put(entry) {
      entries.set(entry.key, entry);
      if (entries.peek(entry.key) !== entry) return false;
      for (const tag of entry.tags) addTo(byTag, tag, entry);
      return true;
    },
    delete: (key) => void entries.delete(key),
    deleteTagged(tag) {
      const tagged = [...(byTag.get(tag) ?? [])];
      for (const { key } of tagged) entries.delete(key);
      return tagged.length;
    },
    clear: () => entries.clear(),
    stats: () => ({ entries: entries.size, bytes: entries.calculatedSize }),
  };
}

function addTo<T>(sets: Map<string, Set<T>>, name: string, member: T): void {
  const set = sets.get(name);
  if (set === undefined) sets.set(name, new Set([member]));
  else set.add(member);
}

function removeFrom<T>(sets: Map<string, Set<T>>, name: string, member: T): void {
  const set = sets.get(name);
  set?.delete(member);
  if (set?.size === 0) sets.delete(name);
}
