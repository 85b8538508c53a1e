// What `npm run bench --` takes, and what it refuses.
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../bench/options.ts';

const usual = ['hot', 'cold', 'writes', 'mixed', 'memory', 'start'];

describe('the parts of a run', () => {
  it('are all but those with data of their own, unless some are named', () => {
    expect(parseOptions([]).parts).toEqual(usual);
    expect(parseOptions(['writes', 'hot']).parts).toEqual(['hot', 'writes']);
    expect(parseOptions(['history']).parts).toEqual(['history']);
  });

  it('have the scale among them once a number of articles is given', () => {
    expect(parseOptions(['--articles', '1000000'])).toMatchObject({ parts: [...usual, 'scale'], articles: 1_000_000 });
    expect(parseOptions(['hot', '--articles', '1000000']).parts).toEqual(['hot']);
    expect(() => parseOptions(['scale'])).toThrow('--articles');
  });

  it('are refused with their names where one does not exist', () => {
    expect(() => parseOptions(['hots'])).toThrow(/"hots"[\s\S]*hot, cold/);
  });
});

describe('numbers', () => {
  it('have values without being given', () => {
    expect(parseOptions([])).toMatchObject({ articles: null, minutes: 1, rounds: 3, seconds: 2 });
  });

  it.each([
    ['--articles', '9999'],
    ['--articles', '1e9x'],
    ['--minutes', '0'],
    ['--rounds', '-1'],
    ['--seconds', '1.5'],
    ['--rounds', ''],
  ])('are refused where they measure nothing: %s %s', (name, value) => {
    expect(() => parseOptions([`${name}=${value}`])).toThrow(name);
  });

  it('are options that exist', () => {
    expect(() => parseOptions(['--round', '1'])).toThrow('--round');
  });
});
