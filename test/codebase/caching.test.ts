// docs/caching.md says only what is so: each line of its table is asked of the real app, in order.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../support/app.ts';
import { makePublished, makeSection } from '../support/factories.ts';
import { readText } from './files.ts';

type Line = { request: string; method: string; path: string; sent: string[]; expected: string[]; isCacheless: boolean };

const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
const lines: Line[] = [...readText('docs/caching.md').matchAll(/^\| (`(?:GET|PATCH) .+?) \| (.+?) \|.*\|$/gm)].map(
  ([, request = '', answer = '']) => {
    const [first = '', ...rest] = quoted(request);
    const [method = '', path = ''] = first.split(' ');
    const isCacheless = rest.includes('CACHE_SIZE_BYTES=0');
    const sent = rest.filter((part) => part !== 'CACHE_SIZE_BYTES=0');
    return { request, method, path, sent, expected: quoted(answer), isCacheless };
  },
);

let app: TestApp;
let cacheless: TestApp;
/** What the names in braces stand for. */
const known: Record<string, string> = {};

beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  cacheless = await createTestApp(`${import.meta.url}-cacheless`, { CACHE_SIZE_BYTES: '0' });
  for (const of of [cacheless, app]) {
    const section = await makeSection(of);
    // Long enough to be worth a coding.
    const article = await makePublished(of, {
      section: section.id,
      slug: 'qing-dao',
      body: { text: '正文。'.repeat(300) },
    });
    Object.assign(known, { slug: 'qing-dao', id: article.id, section: section.id, key: of.keys.editor });
  }
});
afterAll(async () => {
  await app.close();
  await cacheless.close();
});

const fill = (text: string) => text.replace(/\{(\w+)\}/g, (name, word: string) => known[word] ?? name);

function ask({ method, path, sent, isCacheless }: Line): Promise<Answer> {
  // Supertest would ask for gzip by itself.
  const headers: Record<string, string> = { 'Accept-Encoding': 'identity' };
  for (const part of sent) {
    const [name = '', value = ''] = fill(part).split(/: (.*)/s);
    headers[name] = value;
  }
  const { get, patch } = isCacheless ? cacheless : app;
  return method === 'PATCH' ? patch(fill(path), { name: '改名' }, { ifMatch: '*' }) : get(fill(path), { headers });
}

const toForm = (text: string) =>
  new RegExp(
    `^${fill(text)
      .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('…', '.*')}$`,
    's',
  );

describe('docs/caching.md', () => {
  it('has lines that can be asked', () => {
    expect(lines.length).toBeGreaterThan(12);
    expect(readText('docs/caching.md').split('\n').length).toBeLessThan(40);
  });

  it.each(lines.map((line, index) => [index + 1, line.request, line] as const))(
    'is right in line %i: %s',
    async (_index, _request, line) => {
      const answer = await ask(line);
      const [status, ...headers] = line.expected;
      expect(String(answer.status), answer.text).toBe(status);
      for (const expected of headers) {
        const [name = '', value] = expected.split(/: (.*)/s);
        if (value === undefined)
          expect(answer.headers[name.replace(/^no /, '').toLowerCase()], expected).toBeUndefined();
        else expect(answer.headers[name.toLowerCase()] ?? 'nothing', expected).toMatch(toForm(value));
      }
      if (line.path.includes('minVersion={version}')) expect(answer.body.section.name).toBe('改名');
      known.etag = answer.headers.etag ?? known.etag!;
      known.version = answer.headers['data-version'] ?? known.version!;
    },
  );
});
