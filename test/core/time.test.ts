import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatInstant, instantBefore, instantSchema, isTimeZone, parseInstant } from '../../src/core/time.ts';

const read = (text: string, zone = 'Asia/Shanghai') => parseInstant(text, zone)?.toISOString() ?? null;

describe('parseInstant', () => {
  it.each([
    ['2020-05-27T14:48:49+08:00', '2020-05-27T06:48:49.000Z'],
    ['2020-05-27T06:48:49.5Z', '2020-05-27T06:48:49.500Z'],
    ['2020-05-27t06:48:49z', '2020-05-27T06:48:49.000Z'],
    ['2020-05-27T06:48:49.123456789-00:00', '2020-05-27T06:48:49.123Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2020-02-29T23:59Z', '2020-02-29T23:59:00.000Z'],
  ])('an offset says which instant %s is', (text, expected) => expect(read(text, 'America/New_York')).toBe(expected));

  it.each([
    ['2020-05-27T14:48:49', '2020-05-27T06:48:49.000Z'],
    ['2020-05-27 14:48', '2020-05-27T06:48:00.000Z'],
    ['2020-05-27 14:48:49.25', '2020-05-27T06:48:49.250Z'],
    ['2020-05-27', '2020-05-26T16:00:00.000Z'],
  ])('without an offset %s belongs to the zone', (text, expected) => expect(read(text)).toBe(expected));

  it.each([
    '2021-02-30',
    '2021-02-29',
    '1900-02-29',
    '2021-13-01',
    '2021-00-10',
    '2021-01-00',
    '2021-01-01T24:00:00Z',
    '2021-01-01T24:61:00',
    '2016-12-31T23:59:60Z',
    '2021-01-01T00:60',
    '2021-01-01T00:00:00+24:00',
    '2021-01-01T00:00:00+08',
    '0000-01-01',
    '0001-01-01',
    '0001-01-01T00:00:00+08:00',
    '9999-12-31T23:59:59-01:00',
    '+002020-01-01',
    '-0001-01-01',
    '2021-1-1',
    '20210101',
    '2021-01-01T',
    '2021-01-01Z',
    '2021-01-01T10',
    '2021-01-01T10:00:00.',
    '2021-01-01  10:00',
    '',
    'now',
    ' 2021-01-01',
    '2021-01-01\n',
    '2021-01-01T00:00:00Z[Asia/Shanghai]',
    '１２34-01-01',
    '1590562129',
  ])('%j is no instant', (text) => expect(read(text)).toBeNull());

  it('a local time in a gap is the later instant, one in an overlap the earlier', () => {
    expect(read('2021-03-14T02:30', 'America/New_York')).toBe('2021-03-14T07:30:00.000Z');
    expect(read('2021-11-07T01:30', 'America/New_York')).toBe('2021-11-07T05:30:00.000Z');
  });

  it('a day whose midnight a clock change skips starts at its first existing time', () => {
    expect(read('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z');
  });

  it('an unknown zone is a defect of the caller, not a bad date', () => {
    expect(() => parseInstant('2021-01-01', 'Mars/Olympus')).toThrow(RangeError);
  });
});

describe('instantBefore', () => {
  const now = new Date('2026-03-31T02:30:00.123Z');
  const before = (duration: string, timeZone = 'Asia/Shanghai') =>
    instantBefore(now, duration, timeZone)?.toISOString() ?? null;
  it.each([
    ['P30D', '2026-03-01T02:30:00.123Z'],
    ['30d', '2026-03-01T02:30:00.123Z'],
    ['P2W', '2026-03-17T02:30:00.123Z'],
    ['P1M', '2026-02-28T02:30:00.123Z'],
    ['P1Y2M3DT4H5M6.5S', '2025-01-27T22:24:53.623Z'],
    ['PT1,5H', '2026-03-31T01:00:00.123Z'],
    ['P0D', '2026-03-31T02:30:00.123Z'],
    ['0d', '2026-03-31T02:30:00.123Z'],
  ])('%s leads back to %s', (duration, instant) => expect(before(duration)).toBe(instant));

  it('counts days where the newsroom is: one with a change of clocks has not 24 hours', () => {
    expect(before('P3D', 'Europe/Berlin')).toBe('2026-03-28T03:30:00.123Z');
    expect(before('PT72H', 'Europe/Berlin')).toBe('2026-03-28T02:30:00.123Z');
  });

  it.each(['', 'P', 'PT', 'P1', '1', 'd', '-1d', '+1d', '1.5d', '1D', '30 d', 'p1d', '-P1D', 'P-1D', 'P1S', 'PT1D'])(
    '%j is no duration',
    (duration) => expect(before(duration)).toBeNull(),
  );

  it.each(['P2026Y', '999999999d', 'P99999999999999Y', `P${'9'.repeat(500)}D`])(
    'leads nowhere before the year 1: %s',
    (duration) => expect(before(duration)).toBeNull(),
  );
});

describe('formatInstant', () => {
  it('prints UTC with milliseconds', () => expect(formatInstant(new Date(0))).toBe('1970-01-01T00:00:00.000Z'));
  it.each([new Date(Number.NaN), new Date(8.64e15), new Date('-000001-01-01T00:00:00Z')])(
    'refuses what RFC 3339 cannot say',
    (date) => {
      expect(() => formatInstant(date)).toThrow(RangeError);
    },
  );
});

describe('isTimeZone', () => {
  it.each(['Asia/Shanghai', 'UTC', 'America/Argentina/Buenos_Aires'])('%s is one', (name) =>
    expect(isTimeZone(name)).toBe(true),
  );
  it.each(['', '+08:00', 'Mars/Olympus', '2020-01-01T00:00[Asia/Shanghai]', 'Asia/Shanghai '])('%j is none', (name) =>
    expect(isTimeZone(name)).toBe(false),
  );
});

describe('instantSchema', () => {
  const schema = instantSchema('Asia/Shanghai');
  it('gives a Date', () => expect(schema.parse('2020-05-27 14:48:49')).toEqual(new Date('2020-05-27T06:48:49Z')));
  it.each(['2021-02-30', 5, null, {}])('refuses %j', (value) => expect(schema.safeParse(value).success).toBe(false));
  it('is a string with a format on the input side of the contract', () => {
    expect(z.toJSONSchema(schema, { io: 'input' })).toMatchObject({ type: 'string', format: 'date-time' });
  });
});
