// Each process has words of its own: it learns what others were taught, and goes on with what it knows where it cannot.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDictionary } from '../../../src/channels/search/index/dictionary.ts';
import type { Sql } from '../../../src/platform/db/db.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeTag } from '../../support/factories.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const teach = async (text: string) => {
  expect((await app.post('/v1/search/terms', { text }, { as: 'admin' })).status).toBe(201);
};

/** The words of another process, which counts how often it has read them. */
function openAnother() {
  const another = { nowMs: 0, isAway: false, readings: [] as Promise<unknown>[] };
  const sql: Sql = {
    rows(text, values, name) {
      const reading = another.isAway ? Promise.reject(new Error('away')) : app.deps.db.sql.rows(text, values, name);
      another.readings.push(reading.catch(() => undefined));
      return reading as never;
    },
  };
  const dictionary = openDictionary(sql, app.clock, () => another.nowMs);
  /** Once what was being read is known. */
  const isWord = async (text: string) => {
    await dictionary.get();
    await Promise.all(another.readings);
    return (await dictionary.get()).cut(text).length === 1;
  };
  return { another, dictionary, isWord };
}

it('it learns what another was taught within half a minute, and does not ask more often', async () => {
  await teach('灵境计划');
  const { another, isWord } = openAnother();
  expect(await isWord('灵境计划')).toBe(true);
  await teach('蓝芯一号');
  another.nowMs = 30_000;
  expect([await isWord('蓝芯一号'), another.readings.length]).toEqual([false, 1]);
  another.nowMs += 1;
  expect([await isWord('蓝芯一号'), another.readings.length]).toEqual([true, 2]);
});

it('it goes on with what it knows while the database is away, and learns the rest later', async () => {
  await teach('沧海明珠号');
  const { another, isWord } = openAnother();
  another.isAway = true;
  expect([await isWord('沧海明珠号'), await isWord('青岛')]).toEqual([false, true]);
  another.isAway = false;
  another.nowMs += 30_001;
  expect(await isWord('沧海明珠号')).toBe(true);
});

it('a name with blanks or signs is none of its words, and keeps it from no other', async () => {
  for (const name of ['瀚海 云图', '云图·瀚海', 'Deep Sea 2026', '极']) await makeTag(app, { name });
  await makeTag(app, { name: '瀚海云图' });
  const { dictionary, isWord } = openAnother();
  await dictionary.refresh();
  expect([await isWord('瀚海云图'), await isWord('瀚海 云图'), await isWord('瀚海')]).toEqual([true, false, true]);
});
