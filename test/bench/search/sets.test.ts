// The set of our own is sound: whatever is judged is there, and can be published under its name.
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../bench/search/latency/random.ts';
import { readText, sources } from '../../../bench/search/sets.ts';

describe('the set of our own', async () => {
  const { documents, queries } = await sources.own.read();
  const ids = documents.map(({ id }) => id);

  it('grades only documents that exist, each query at least one', () => {
    const graded = queries.flatMap(({ id, grades }) => [...grades.keys()].map((document) => `${id} ${document}`));
    expect(graded.filter((line) => !ids.includes(line.split(' ')[1]!))).toEqual([]);
    expect(queries.filter(({ grades }) => grades.size === 0)).toEqual([]);
    expect(queries.flatMap(({ grades }) => [...grades.values()]).filter((grade) => ![1, 2, 3].includes(grade))).toEqual(
      [],
    );
  });

  it('names each document and query once, documents as addresses may be', () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(queries.map(({ id }) => id)).size).toBe(queries.length);
    expect(new Set(queries.map(({ q }) => q)).size).toBe(queries.length);
    expect(ids.filter((id) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it('has several queries of each kind', () => {
    const kinds = [...new Set(queries.map(({ kind }) => kind))];
    expect(kinds.length).toBeGreaterThan(10);
    expect(kinds.filter((kind) => queries.filter((query) => query.kind === kind).length < 4)).toEqual([]);
  });
});

it('reads the text of a story, a paragraph a line', () => {
  expect(readText('<p><strong>消息</strong>：甲&nbsp;乙</p><p>丙&amp;丁</p>')).toBe('消息：甲 乙\n丙&丁');
});

it('takes the same numbers by chance in every run', () => {
  const take = () => {
    const random = createRandom(1);
    return Array.from({ length: 100 }, () => random.next());
  };
  expect(take()).toEqual(take());
  expect(Math.min(...take())).toBeGreaterThanOrEqual(0);
  expect(Math.max(...take())).toBeLessThan(1);
  expect(new Set(take()).size).toBe(100);
});
