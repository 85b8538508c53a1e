// The big list of naughty strings in every place that takes text: kept to the character, or refused with a reason; never
// a 500, and never half of it. The list is not ours to ship: without it these tests are skipped and say so.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeSection } from '../../support/factories.ts';
import { expectProblem, fingerprintDatabase } from './refusals.ts';

const file = join(import.meta.dirname, '../../../../shared/data/attacks/blns/blns.json');
const isThere = existsSync(file);
const strings: string[] = isThere ? JSON.parse(readFileSync(file, 'utf8')) : [];
if (!isThere) console.info(`skipped: naughty strings, because ${file} is not here`);
// Five hundred requests and more in each test.
const patience = 120_000;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

/** Fails with every string that was answered otherwise than expected, not with the first. */
async function expectEach(call: (text: string) => Promise<Answer>, check: (answer: Answer, text: string) => void) {
  const failures: string[] = [];
  for (const text of strings) {
    try {
      check(await call(text), text);
    } catch (error) {
      failures.push(`${JSON.stringify(text).slice(0, 100)}: ${String(error).slice(0, 300)}`);
    }
  }
  expect(failures).toEqual([]);
}

const isProblem = (answer: Answer, ...statuses: number[]) => {
  expect(statuses).toContain(answer.status);
  expectProblem(answer, { status: answer.status, code: answer.body.code });
};

// White space as Unicode has it: JavaScript's \s leaves out NEL, a line break, and counts the byte order mark.
const bare = (text: string) => text.replaceAll(/[\p{White_Space}\ufeff]/gu, '');
const isShort = (text: string) => text.trim() !== '' && text.length <= 200;

describe.skipIf(!isThere)('naughty strings', () => {
  it('as titles, summaries and bodies are kept to the character', { timeout: patience }, async () => {
    await expectEach(
      (text) => app.post('/v1/articles', { title: text, summary: text || null, metadata: { text } }),
      (answer, text) => {
        if (text.trim() === '') return isProblem(answer, 400);
        expect(answer.status, answer.text.slice(0, 200)).toBe(201);
        expect(answer.body).toMatchObject({ title: text, summary: text, metadata: { text } });
      },
    );
  });

  it('as the text of a body lose nothing but white space', { timeout: patience }, async () => {
    const made = await makeArticle(app);
    let etag = made.etag;
    await expectEach(
      async (text) => {
        const answer = await app.patch(`/v1/articles/${made.id}`, { body: { text: `x${text}x` } }, { ifMatch: etag });
        etag = answer.headers.etag ?? etag;
        return answer;
      },
      (answer, text) => {
        expect(answer.status, answer.text.slice(0, 200)).toBe(200);
        const blocks = answer.body.body.blocks as { children: { text: string }[] }[];
        const kept = blocks.flatMap(({ children }) => children.map((span) => span.text)).join('');
        expect(bare(kept)).toBe(bare(`x${text}x`));
      },
    );
  });

  it.each(['html', 'markdown'])('as a body in %s are read, or refused', { timeout: patience }, async (format) => {
    await expectEach(
      (text) => app.post('/v1/articles', { title: '稿件', body: { [format]: text } }),
      (answer) => (answer.status === 201 ? undefined : isProblem(answer, 400, 422)),
    );
  });

  it('as slugs are taken as they are, or refused', { timeout: patience }, async () => {
    await expectEach(
      (text) => app.post('/v1/articles', { title: '稿件', slug: text }),
      (answer, text) => (answer.status === 201 ? expect(answer.body.slug).toBe(text) : isProblem(answer, 400, 409)),
    );
  });

  it('as names of sections and keys are kept', { timeout: patience }, async () => {
    for (const [path, as] of [
      ['/v1/sections', 'editor'],
      ['/v1/api-keys', 'admin'],
    ]) {
      await expectEach(
        (text) => app.post(path!, { name: text, ...(as === 'admin' && { role: 'viewer' }) }, { as }),
        (answer, text) =>
          answer.status === 201 ? expect(answer.body.name).toBe(text) : isProblem(answer, isShort(text) ? 409 : 400),
      );
    }
  });

  it('as tags, sections, editors, related articles and external ids write all or nothing', {
    timeout: patience,
  }, async () => {
    await makeSection(app, { slug: 'chan-jing' });
    const before = await fingerprintDatabase(app);
    await expectEach(
      (text) => {
        // No editor is ever made here, so each of these fails, after the tag was found or made.
        const credits = [{ role: 'author', editor: text }];
        const body = { title: '稿件', tags: [text], section: text, related: [text], externalId: text || null, credits };
        return app.post('/v1/articles', body);
      },
      (answer) => isProblem(answer, 400, 422),
    );
    expect(await fingerprintDatabase(app)).toEqual(before);
  });

  it('as filters find nothing, or are refused', { timeout: patience }, async () => {
    await expectEach(
      (text) => {
        const value = encodeURIComponent(text);
        return app.get(`/v1/articles?section=${value}&source=${value}&tag=${value}&editor=${value}`);
      },
      (answer) => (answer.status === 200 ? expect(answer.body.data).toEqual([]) : isProblem(answer, 400)),
    );
  });

  it.each(['ids', 'cursor', 'publishedAfter'])(
    'as the parameter %s are refused',
    { timeout: patience },
    async (name) => {
      await expectEach(
        (text) => app.get(`/v1/articles?${name}=${encodeURIComponent(text)}`),
        (answer) => isProblem(answer, 400),
      );
    },
  );

  it('as ids and slugs in an address are not found', { timeout: patience }, async () => {
    for (const noun of ['articles', 'sections']) {
      await expectEach(
        (text) => app.get(`/v1/${noun}/${encodeURIComponent(text)}x-none`),
        (answer) => isProblem(answer, 400, 404),
      );
    }
  });

  it('as external ids in an address create once, and replace after', { timeout: patience }, async () => {
    let count = 0;
    await expectEach(
      (text) => {
        count += 1;
        return app.put(`/v1/sources/by-external-id/${encodeURIComponent(text)}`, { name: `来源 ${count}` });
      },
      (answer, text) => {
        if (answer.status < 300) expect(answer.body.externalId).toBe(text);
        else isProblem(answer, 400, 404, 405);
      },
    );
  });

  it('as keys are never let in', { timeout: patience }, async () => {
    const sendable = strings.filter((text) => /^[\x20-\x7e]*$/.test(text));
    for (const text of sendable) {
      const answer = await app.get('/v1/me', { headers: { Authorization: `Bearer ${text}` } });
      isProblem(answer, 401);
    }
  });
});
