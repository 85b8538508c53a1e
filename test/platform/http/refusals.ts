// What every refusal has in common, and the proof that it left nothing behind: a fingerprint of the whole database.
import { expect } from 'vitest';
import type { Answer, TestApp } from '../../support/app.ts';

export type Expected = {
  status: number;
  code: string;
  /** One of the faults points here; absent: not asked. */
  pointer?: string;
  /** The code of that fault. */
  fault?: string;
};

// A stack line, a file of ours, SQL, or a name of a table or driver.
const internals =
  /\n\s+at |node_modules|\/src\/|\.ts:\d|\bselect\s.+\sfrom\b|\binsert into\b|\bupdate\s.+\sset\b|postgres|prisma|pg_|ZodError|zod/i;

/** A problem document as the contract promises it: stable code, request id, not to be kept, nothing internal in it. */
export function expectProblem(answer: Answer, { status, code, pointer, fault }: Expected): void {
  expect({ status: answer.status, code: answer.body?.code }, answer.text.slice(0, 400)).toEqual({ status, code });
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  // What is absent may be kept for a moment: it is the same for everyone, and purged.
  expect(answer.headers['cache-control']).toMatch(status === 404 ? /^(?:no-store$|public, max-age=5, )/ : /^no-store$/);
  expect(answer.headers['x-request-id']).toMatch(/^[\w.:-]{1,100}$/);
  expect(answer.body).toMatchObject({
    type: `urn:masthead:problem:${code}`,
    title: expect.any(String),
    status,
    requestId: answer.headers['x-request-id'],
    errors: expect.any(Array),
  });
  expect(answer.text).not.toMatch(internals);
  // An answer to ten megabytes is still a short one.
  expect(answer.text.length).toBeLessThan(20_000);
  const found = answer.body.errors as { pointer: string; code: string }[];
  // Who reads the detail alone learns where the first fault lies.
  if (code === 'request.invalid' && found.length > 0) {
    expect(answer.body.detail).toContain(found[0]!.pointer || 'The body');
  }
  if (pointer === undefined) return;
  expect(found.map((each) => each.pointer)).toContain(pointer);
  if (fault !== undefined) expect(found.find((each) => each.pointer === pointer)?.code).toBe(fault);
}

/**
 * Row count and a digest of every row of every table. The minute a key was last used does not count, nor do the events
 * that tell of refused keys.
 */
export async function fingerprintDatabase(app: TestApp): Promise<Record<string, string>> {
  const { sql } = app.deps.db;
  const tables = await sql.rows<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
    [],
  );
  const each = tables.map(
    ({ name }) => `select '${name}' as name, count(*) || ' rows, ' ||
      coalesce(sum(hashtextextended((to_jsonb(t) - 'last_used_at')::text, 0)::numeric), 0) as state from "${name}" t
      where to_jsonb(t) ->> 'type' is distinct from 'api_key.refused'`,
  );
  const rows = await sql.rows<{ name: string; state: string }>(each.join(' union all '), []);
  return Object.fromEntries(rows.map(({ name, state }) => [name, state]));
}

/** Runs a call that must be refused, and proves that it wrote nothing and recorded no event. */
export async function expectRefused(app: TestApp, call: () => Promise<Answer>, expected: Expected): Promise<Answer> {
  const before = await fingerprintDatabase(app);
  const answer = await call();
  expectProblem(answer, expected);
  expect(await fingerprintDatabase(app)).toEqual(before);
  return answer;
}
