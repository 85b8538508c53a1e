// How many documents the common words are in is counted now and then: by one worker at a time, and of what the public sees.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countWords } from '../../../src/channels/search/index/counting.ts';
import { tidySearch } from '../../../src/channels/search/index/upkeep.ts';
import { countedMax } from '../../../src/channels/search/match/facts.ts';
import { whileHolding } from '../../platform/http/locks.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';
import { multiply, pathOf } from './asking.ts';

const hourMs = 3_600_000;
const [common, uncommon, hidden] = [2500, 1500, 3000];
const all = common + uncommon + hidden;

let app: TestApp;
let draftId: string;
const run = <Row extends object>(statement: string) => app.deps.db.sql.rows<Row>(statement, []);
const analyse = () => run('analyze search_document');
/** Whether it counted anything. */
const count = () => countWords(app.deps.db, app.clock.now());
const forget = async () => {
  await run('delete from search_count');
  await run('delete from search_word');
};
const keptCounts = async () => {
  const rows = await run<{ word: string; documents: number }>('select word, documents from search_word');
  return Object.fromEntries(rows.map(({ word, documents }) => [word, documents]));
};

/** So many documents, of which all but the first are put there by SQL. */
async function fill(id: string, documents: number): Promise<string> {
  await multiply(app, id, { from: 2, to: documents });
  return id;
}

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await fill((await makePublished(app, { title: '海鸥新闻' })).id, common);
  await fill((await makePublished(app, { title: '燕隼新闻' })).id, uncommon);
  draftId = await fill((await makeArticle(app, { title: '苍鹰新闻' })).id, hidden);
  await analyse();
});
afterAll(() => app.close());

describe('what is kept', () => {
  beforeEach(forget);

  it('is the number of public documents of each common word, and nothing of a rare one or of drafts alone', async () => {
    expect(await count()).toBe(true);
    const kept = await keptCounts();
    expect(kept).toMatchObject({ 海鸥: common, 新闻: common + uncommon });
    for (const word of ['燕隼', '苍鹰']) expect(kept).not.toHaveProperty(word);
    expect(Object.values(kept).every((documents) => documents > countedMax)).toBe(true);
  });

  it('is of all documents the number of those that the public sees: a cursor tells it', async () => {
    expect(await count()).toBe(true);
    expect(await run('select documents from search_count')).toEqual([{ documents: common + uncommon }]);
  });

  it('is close to it where a sample is looked at', async () => {
    const { id } = await makePublished(app, { title: '鸬鹚新闻' });
    await fill(id, 5000);
    await analyse();
    expect(await count()).toBe(true);
    const kept = await keptCounts();
    for (const [word, documents] of Object.entries({ 鸬鹚: 5000, 海鸥: common, 新闻: 5000 + common + uncommon })) {
      expect(kept[word]! / documents).toBeGreaterThan(0.85);
      expect(kept[word]! / documents).toBeLessThan(1.15);
    }
    await run(`delete from search_document where article_id = '${id}'`);
    await analyse();
  });

  it('replaces what was kept before', async () => {
    await run(`insert into search_word (word, documents) values ('渡渡鸟', 9000), ('海鸥', 9000)`);
    expect(await count()).toBe(true);
    const kept = await keptCounts();
    expect([kept.渡渡鸟, kept.海鸥]).toEqual([undefined, common]);
  });
});

it('what was counted is what a search reckons with', async () => {
  const rare = await makePublished(app, { title: '苹果' });
  // Of equal ones the fresher comes first.
  app.clock.advance(1000);
  const other = await makePublished(app, { title: '香蕉' });
  const order = async (more = '') => {
    const { body } = await app.get(pathOf('苹果 OR 香蕉', `fields=id${more}`));
    return body.data.map(({ id }: { id: string }) => id);
  };
  expect(await order()).toEqual([other.id, rare.id]);
  await run(`insert into search_word (word, documents) values ('香蕉', ${common})`);
  expect(await order('&limit=5')).toEqual([rare.id, other.id]);
  await run(`delete from search_document where article_id in ('${rare.id}', '${other.id}')`);
});

describe('it is counted', () => {
  beforeEach(forget);

  it('once by two at a time: the second leaves it to the first, and both end', async () => {
    // The first one waits with what it has begun.
    const [first, second] = await whileHolding(app, 'lock table search_word', [], async ({ untilWaiting, release }) => {
      const first = count();
      await untilWaiting();
      const second = await Promise.race([count(), untilWaiting(2)]);
      expect(await run('select from search_count')).toEqual([]);
      await release();
      return [await first, second];
    });
    expect([first, second]).toEqual([true, false]);
    expect(await keptCounts()).toMatchObject({ 海鸥: common });
    expect(await count()).toBe(false);
  });

  it('under a limit of time of its own, which nobody has after it', async () => {
    await run('create table limits (seen text)');
    await run(`create function tell_limit() returns trigger language plpgsql as $$
      begin insert into limits values (current_setting('statement_timeout')); return null; end $$`);
    await run('create trigger tell_limit after delete on search_word execute function tell_limit()');
    await count();
    await run('drop function tell_limit cascade');
    expect(await run('select seen from limits')).toEqual([{ seen: '10min' }]);
    expect(await run('show statement_timeout')).not.toEqual([{ statement_timeout: '10min' }]);
  });

  it('in the upkeep, without being asked for', async () => {
    await tidySearch(app.deps);
    expect(await keptCounts()).toMatchObject({ 海鸥: common });
  });
});

describe('it is counted anew', () => {
  const addDrafts = async (to: number) => {
    const [{ last }] = (await run(
      `select max(version) as last from search_document where article_id = '${draftId}'`,
    )) as [{ last: number }];
    await multiply(app, draftId, { from: last + 1, to: last + to - (await documents()) });
    await analyse();
  };
  const documents = async () => (await run<{ n: number }>('select count(*)::int as n from search_document'))[0]!.n;
  const removeDrafts = async (to: number) => {
    const surplus = (await documents()) - to;
    await run(`delete from search_document where ctid in (
      select ctid from search_document where article_id = '${draftId}' and version > 1 limit ${surplus})`);
    await run('vacuum (analyze) search_document');
  };

  beforeEach(async () => {
    await forget();
    expect([await documents(), await count()]).toEqual([all, true]);
  });

  it('when more than an hour has passed, and no sooner', async () => {
    app.clock.advance(hourMs);
    expect(await count()).toBe(false);
    app.clock.advance(1);
    expect([await count(), await count()]).toEqual([true, false]);
  });

  it('when more than a fifth has come or gone, and no sooner', async () => {
    await addDrafts(all * 1.2);
    expect(await count()).toBe(false);
    await addDrafts(all * 1.2 + 1);
    expect([await count(), await count()]).toEqual([true, false]);
    await removeDrafts(all + 1);
    expect(await count()).toBe(false);
    await removeDrafts(all);
    expect([await count(), await count()]).toEqual([true, false]);
  });
});

it('of few documents nothing is kept', async () => {
  await forget();
  await run('delete from search_document');
  const { id } = await makePublished(app, { title: '信天翁' });
  await fill(id, countedMax);
  await run('vacuum (analyze) search_document');
  expect([await count(), await run('select from search_count')]).toEqual([false, []]);
  await multiply(app, id, { from: countedMax + 1, to: countedMax + 1 });
  await analyse();
  expect([await count(), await keptCounts()]).toEqual([true, expect.objectContaining({ 信天翁: countedMax + 1 })]);
});
