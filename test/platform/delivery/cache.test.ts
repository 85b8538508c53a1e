// What the cache of finished answers promises, whatever comes between a question and its answer.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerCache, type Filled } from '../../../src/platform/delivery/cache.ts';

type Value = { readonly version: number };

const open = (sizeBytes = 1_000_000) => {
  const counts = { invalidated: 0, evicted: 0 };
  const cache = createAnswerCache<Value>(sizeBytes, {
    invalidated: (count) => {
      counts.invalidated += count;
    },
    evicted: () => {
      counts.evicted += 1;
    },
  });
  return { cache, counts };
};
const filled = (version: number, tags = ['a'], more: Partial<Filled<Value>> = {}): Filled<Value> => ({
  value: { version },
  tags,
  sizeBytes: 100,
  usableUntil: null,
  ...more,
});

function gate<T>(): { promise: Promise<T>; open: (value: T) => void; fail: (error: Error) => void } {
  let [open, fail]: [(value: T) => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<T>((resolve, reject) => {
    [open, fail] = [resolve, reject];
  });
  return { promise, open, fail };
}

describe('an answer that is kept', () => {
  it('is given again until one of its tags is touched', async () => {
    const { cache, counts } = open();
    await cache.fill('k', 0, async () => filled(1, ['a', 'b']));
    expect(cache.get('k', 0)).toEqual({ version: 1 });
    cache.drop(['c']);
    expect(cache.get('k', 0)).toEqual({ version: 1 });
    cache.drop(['b']);
    expect(cache.get('k', 0)).toBeUndefined();
    expect(counts.invalidated).toBe(1);
    expect(cache.stats()).toEqual({ entries: 0, bytes: 0 });
  });

  it('is not given from the instant on at which the clock may change it', async () => {
    const { cache } = open();
    await cache.fill('k', 0, async () => filled(1, [], { usableUntil: 1000 }));
    expect(cache.get('k', 999)).toEqual({ version: 1 });
    expect(cache.get('k', 1000)).toBeUndefined();
  });

  it('goes when others need the room, the least used first, and leaves nothing behind under its tags', async () => {
    const { cache, counts } = open(40_000);
    for (let n = 0; n < 200; n += 1) {
      await cache.fill(`k${n}`, 0, async () => filled(n, [`t${n}`]));
      cache.get('k0', 0);
    }
    expect(cache.stats().bytes).toBeLessThanOrEqual(40_000);
    expect(cache.get('k0', 0)).toEqual({ version: 0 });
    expect(cache.get('k1', 0)).toBeUndefined();
    expect(counts.evicted).toBe(200 - cache.stats().entries);
    cache.drop(['t1']);
    expect(counts.invalidated).toBe(0);
  });

  it('takes up what its coded forms take', async () => {
    const { cache } = open();
    const { value } = await cache.fill('k', 0, async () => filled(1));
    const before = cache.stats().bytes;
    cache.resize('k', value, 300);
    expect(cache.stats()).toEqual({ entries: 1, bytes: before + 200 });
    cache.resize('k', { version: 9 }, 9000);
    expect(cache.stats().bytes).toBe(before + 200);
    cache.drop(['a']);
    expect(cache.stats()).toEqual({ entries: 0, bytes: 0 });
  });

  it('is never larger than an eighth of the whole', async () => {
    const { cache } = open(80_000);
    const result = await cache.fill('k', 0, async () => filled(1, ['a'], { sizeBytes: 20_000 }));
    expect(result).toMatchObject({ value: { version: 1 }, outcome: 'passed on' });
    expect(cache.get('k', 0)).toBeUndefined();
  });
});

describe('a reading', () => {
  it('is made once for all who ask meanwhile', async () => {
    const { cache } = open();
    const door = gate<Filled<Value>>();
    let readings = 0;
    const read = () => {
      readings += 1;
      return door.promise;
    };
    const asked = [cache.fill('k', 0, read), cache.fill('k', 0, read), cache.fill('k', 0, read)];
    door.open(filled(1));
    const outcomes = (await Promise.all(asked)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['stored', 'collapsed', 'collapsed']);
    expect(readings).toBe(1);
  });

  it.each([
    ['one of its tags is touched', (cache: { drop(tags: string[]): void }) => cache.drop(['a'])],
    ['everything is forgotten', (cache: { clear(): void }) => cache.clear()],
  ])('that began before %s is not kept, and not given to whoever asked after', async (_name, touch) => {
    const { cache } = open();
    const door = gate<Filled<Value>>();
    const before = cache.fill('k', 0, () => door.promise);
    touch(cache as never);
    const after = cache.fill('k', 0, async () => filled(2));
    door.open(filled(1));
    expect(await before).toMatchObject({ value: { version: 1 }, outcome: 'passed on' });
    expect(await after).toMatchObject({ value: { version: 2 }, outcome: 'stored' });
    expect(cache.get('k', 0)).toEqual({ version: 2 });
  });

  it('that began before something else was touched is kept', async () => {
    const { cache } = open();
    const door = gate<Filled<Value>>();
    const reading = cache.fill('k', 0, () => door.promise);
    cache.drop(['b']);
    door.open(filled(1));
    expect((await reading).outcome).toBe('stored');
  });

  it('that fails fails for all who waited, and the next is made anew', async () => {
    const { cache } = open();
    const door = gate<Filled<Value>>();
    const asked = [cache.fill('k', 0, () => door.promise), cache.fill('k', 0, () => door.promise)];
    door.fail(new Error('no database'));
    for (const each of asked) await expect(each).rejects.toThrow('no database');
    expect((await cache.fill('k', 0, async () => filled(2))).outcome).toBe('stored');
  });

  it('whose answer has ended by then is made anew for whoever asked after its end', async () => {
    const { cache } = open();
    const door = gate<Filled<Value>>();
    const early = cache.fill('k', 0, () => door.promise);
    const late = cache.fill('k', 1000, async () => filled(2));
    door.open(filled(1, ['a'], { usableUntil: 1000 }));
    expect((await early).value).toEqual({ version: 1 });
    expect((await late).value).toEqual({ version: 2 });
  });
});

it('never gives anybody what was out of date when it was asked for, in whatever order things happen', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('ask' as const), key: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ kind: fc.constant('change' as const), key: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ kind: fc.constant('finish' as const), nth: fc.integer({ min: 0, max: 5 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { cache } = open();
      const current = [0, 0, 0];
      const running: (() => void)[] = [];
      const asked: Promise<void>[] = [];
      const ask = async (key: number) => {
        const least = current[key]!;
        const kept = cache.get(`k${key}`, 0);
        const read = async () => {
          const version = current[key]!;
          const door = gate<void>();
          running.push(() => door.open());
          await door.promise;
          return filled(version, [`t${key}`]);
        };
        const { version } = kept ?? (await cache.fill(`k${key}`, 0, read)).value;
        expect(version).toBeGreaterThanOrEqual(least);
      };
      for (const each of steps) {
        if (each.kind === 'ask') asked.push(ask(each.key));
        if (each.kind === 'change') {
          current[each.key]! += 1;
          cache.drop([`t${each.key}`]);
        }
        if (each.kind === 'finish') running.splice(each.nth, 1)[0]?.();
        await Promise.resolve();
      }
      let isDone = false;
      const all = Promise.all(asked).finally(() => {
        isDone = true;
      });
      // Whoever may not have what was waited for reads again.
      while (!isDone) {
        running.shift()?.();
        await new Promise(setImmediate);
      }
      await all;
    }),
    { numRuns: 300 },
  );
});
