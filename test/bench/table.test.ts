// What is judged from the figures of a run, and how the table says it.
import { describe, expect, it } from 'vitest';
import { judge } from '../../bench/compare.ts';
import { medianOf } from '../../bench/load.ts';
import { judgeSamples } from '../../bench/parts/memory.ts';
import { putReport } from '../../bench/report.ts';
import { printTable } from '../../bench/table.ts';

const round = (serverUs: number, databaseUs: number, p50Ms = 1) => ({
  perSecond: 1234.4,
  p50Ms,
  p99Ms: 9.876,
  serverUs,
  databaseUs,
});

describe('a work beside its floor', () => {
  const least = { work: 'read', beside: 'floor', aim: { atLeast: 0.8 } };

  it('is the CPU of the floor, server and database, by that of ours', () => {
    expect(judge(least, round(80, 20), round(60, 20))).toMatchObject({ result: '0.80', aim: '≥ 0.80', isMet: true });
    expect(judge(least, round(80, 20), round(60, 19))).toMatchObject({ result: '0.79', isMet: false });
  });

  it('may have a limit of its own besides', () => {
    const cheap = { ...least, cpuUsMax: 70 };
    expect(judge(cheap, round(70, 0), round(70, 0))).toMatchObject({ aim: '≥ 0.80, ≤ 70 µs', isMet: true });
    expect(judge(cheap, round(71, 0), round(71, 0))).toMatchObject({ result: '1.00', isMet: false });
  });

  it('may have no aim', () => {
    expect(judge({ ...least, aim: null }, round(100, 0), round(10, 0))).toMatchObject({
      result: '0.10',
      aim: '',
      isMet: null,
    });
  });
});

describe('a work beside itself at another size', () => {
  const most = { work: 'read at 2', beside: 'at 1', aim: { atMost: 1.3 } };

  it('is ours by the other, in CPU and in time, and both count', () => {
    expect(judge(most, round(100, 30, 1.3), round(80, 20, 1))).toMatchObject({
      result: '1.30 × CPU, 1.30 × time',
      aim: '≤ 1.3',
      isMet: true,
    });
    expect(judge(most, round(100, 31, 1), round(80, 20, 1)).isMet).toBe(false);
    expect(judge(most, round(80, 20, 1.4), round(80, 20, 1)).isMet).toBe(false);
  });
});

describe('memory', () => {
  it('counts by its most, and grows by what the last quarter has more than the one before', () => {
    expect(judgeSamples([300, 100, 200, 200, 210, 210, 220, 220])).toEqual({ mostMib: 300, grownMib: 10 });
    expect(judgeSamples([5])).toEqual({ mostMib: 5, grownMib: 0 });
  });
});

it('takes the median of each figure by itself', () => {
  const rounds = [round(1, 9, 3), round(2, 7, 1), round(3, 8, 2)];
  expect(medianOf(rounds)).toEqual(round(2, 8, 2));
});

describe('the table', () => {
  const ours = round(80.4, 19.6, 1.006);
  const rows = [
    { work: 'read', beside: 'floor', result: '0.79', aim: '≥ 0.80', isMet: false, ours, other: round(60, 19) },
    { work: 'read', beside: 'less', result: '0.90', aim: '', isMet: null, ours, other: round(90, 0) },
    { work: 'start', beside: 'database running', result: '0.90 s', aim: '≤ 1.0 s', isMet: true },
  ];
  const lines = printTable(rows)
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));

  it('has a line for each, and names a work once', () => {
    expect(lines.slice(2).map((cells) => cells.slice(1, 6))).toEqual([
      ['read', 'floor', '0.79', '≥ 0.80', 'no'],
      ['', 'less', '0.90', '', ''],
      ['start', 'database running', '0.90 s', '≤ 1.0 s', 'yes'],
    ]);
  });

  it('has the figures of both side by side', () => {
    expect(lines[2]!.slice(6, 12)).toEqual([
      '100 (80 + 20)',
      '79 (60 + 19)',
      '1234',
      '1234',
      '1.01 / 9.88',
      '1.00 / 9.88',
    ]);
    expect(lines[4]!.slice(6, 12)).toEqual(['', '', '', '', '', '']);
  });

  it('is Markdown: as many cells in each line', () => {
    expect(new Set(lines.map((cells) => cells.length))).toEqual(new Set([13]));
  });
});

describe('the page about performance', () => {
  it('gets the table in the place of the last one', () => {
    const page = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n';
    const expected = 'before\n<!-- bench:begin -->\nnew\n<!-- bench:end -->\nafter\n';
    expect(putReport(page, 'new')).toBe(expected);
    expect(putReport(expected, 'new')).toBe(expected);
    expect(() => putReport('no place', 'new')).toThrow('no place for the table');
  });
});
