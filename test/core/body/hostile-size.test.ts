import { describe, expect, it } from 'vitest';
import { parseBody } from '../../../src/core/body/read.ts';
import { renderBody } from '../../../src/core/body/render.ts';
import { type BodyInput, bodyInputSchema } from '../../../src/core/body/schema.ts';
import { Problem } from '../../../src/core/problems.ts';
import { problemOf } from './parse.ts';

// One core of a slow machine needs two; what is quadratic needs minutes.
const SECONDS_MAX = 15;
const SIZE = 999_000;

async function readInTime(body: BodyInput): Promise<void> {
  const start = performance.now();
  try {
    const { blocks } = await parseBody(body);
    for (const format of ['html', 'markdown', 'text'] as const) renderBody(blocks, format);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  expect((performance.now() - start) / 1000).toBeLessThan(SECONDS_MAX);
}

const fill = (unit: string): string => unit.repeat(SIZE / unit.length);

describe('a megabyte of hostile input ends soon, in an answer or a problem', { timeout: 60_000 }, () => {
  it.each([
    '<div>',
    '<p>',
    '<b>',
    '<',
    '&',
    '&amp;',
    '<a ',
    '<!--',
    '<br>',
    '<noscript>',
    '<iframe>',
    '<svg>',
    '<table><tr><td>',
    '<td>',
    '<ul><li>',
    '<blockquote>',
    '<a href="javascript:x">',
    'a\n',
    '<img src=x>',
    '<tr><td colspan=50 rowspan=1000>a',
  ])('HTML of %j', async (unit) => {
    await readInTime({ html: fill(unit) });
  });

  it.each([
    '[',
    '![',
    '*',
    '**a ',
    '*a_ ',
    '> ',
    '`',
    '`a``b',
    '[a](',
    '<a ',
    '&',
    '~~a',
    '- ',
    '1. ',
    '|',
    '|a\n|-\n',
    '[a]: b\n',
    '- a\n',
    '\\',
    'a\n',
    'a\n\n',
    '<div>\n',
    '    a\n',
    '**“a”**',
  ])('Markdown of %j', async (unit) => {
    await readInTime({ markdown: fill(unit) });
  });

  it.each(['a', 'a\n', '\n', '　', 'a\n\n'])('text of %j', async (unit) => {
    await readInTime({ text: fill(unit) });
  });

  it('blocks of line breaks, white space, signs and changing marks', async () => {
    const marks = Array.from({ length: 2000 }, (_, index) => ({
      _type: 'span',
      text: 'a',
      marks: index % 2 ? ['strong', 'em'] : ['em', 'code', 'sub'],
    }));
    const texts = ['\n'.repeat(99_999), `a${' '.repeat(99_000)}b`, '*`[<&\\'.repeat(16_000), '`'.repeat(99_999)];
    const children = texts.map((text) => [{ _type: 'span', text }]);
    const blocks = [...children, marks].map((each) => ({ _type: 'block', children: each }));
    await readInTime(bodyInputSchema.parse({ blocks }));
  });
});

describe('limits', () => {
  it('name the form that broke them', async () => {
    const depth = await problemOf({ html: '<div>'.repeat(101) });
    expect([depth.code, depth.status, depth.errors[0]?.pointer]).toEqual(['body.invalid', 422, '/body/html']);
    const quotations = await problemOf({ markdown: `${'>'.repeat(101)} a` });
    expect(quotations.errors[0]).toMatchObject({ pointer: '/body/markdown', code: 'too_deep' });
    const lines = await problemOf({ text: 'a\n'.repeat(2001) });
    expect(lines.errors[0]?.pointer).toBe('/body/text');
  });

  it('bound the report of what was removed', async () => {
    const attributes = Array.from({ length: 5000 }, (_, index) => `a${index}=1`).join(' ');
    const { removed } = await parseBody({ html: `<p ${attributes}>x</p>` });
    expect(removed.length).toBe(101);
    expect(removed.reduce((sum, each) => sum + each.count, 0)).toBe(5000);
  });
});
