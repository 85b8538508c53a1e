import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBody } from '../../../src/core/body/read.ts';
import { renderBody } from '../../../src/core/body/render.ts';
import { Problem } from '../../../src/core/problems.ts';
import { listDangers, ownPayloads } from './dangers.ts';

const folder = join(import.meta.dirname, '../../../../shared/data/attacks');
const isThere = existsSync(folder);
if (!isThere) console.warn(`skipped: the payloads of DOMPurify and BLNS, as ${folder} is not there`);

async function attack(payload: string): Promise<string[]> {
  const dangers: string[] = [];
  for (const form of ['html', 'markdown', 'text'] as const) {
    try {
      const { blocks } = await parseBody({ [form]: payload });
      const { html } = renderBody(blocks, 'html');
      const { markdown } = renderBody(blocks, 'markdown');
      const again = renderBody((await parseBody({ markdown })).blocks, 'html').html;
      dangers.push(...listDangers(html), ...listDangers(again));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  return dangers;
}

describe('attacks', () => {
  it.each(ownPayloads)('nothing live comes out of %s', async (payload) => {
    expect(await attack(payload)).toEqual([]);
  });

  describe.skipIf(!isThere)('collections from outside', () => {
    it('nothing live comes out of the payloads of DOMPurify', { timeout: 120_000 }, async () => {
      const cases = JSON.parse(readFileSync(join(folder, 'dompurify/expect.json'), 'utf8')) as { payload: string }[];
      expect(cases.length).toBeGreaterThan(100);
      for (const { payload } of cases) expect(await attack(payload), payload).toEqual([]);
    });

    it('nothing live comes out of the big list of naughty strings', { timeout: 120_000 }, async () => {
      const strings = JSON.parse(readFileSync(join(folder, 'blns/blns.json'), 'utf8')) as string[];
      expect(strings.length).toBeGreaterThan(100);
      for (const payload of strings) expect(await attack(payload), payload).toEqual([]);
    });
  });
});
