// What the tests of search have in common: asking, and telling articles by short names rather than ids.
import { expect } from 'vitest';
import type { Answer, TestApp } from '../../support/app.ts';
import { makePublished } from '../../support/factories.ts';

export type Asking = ReturnType<typeof askingOf>;

export const pathOf = (q: string, more = '') => `/v1/search?q=${encodeURIComponent(q)}${more && `&${more}`}`;

export function askingOf(app: () => TestApp) {
  const nameOf = new Map<string, string>();

  /** The whole answer, which has to be a 200. */
  async function ask(q: string, more = '', as?: string): Promise<Answer> {
    const answer = await app().get(pathOf(q, more), { as });
    expect(answer.status, `${q} ${more} ${answer.text}`).toBe(200);
    return answer;
  }

  /** Names of the articles, in their order; an id where one has none. */
  const namesIn = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => nameOf.get(id) ?? id);

  return {
    ask,
    namesIn,
    call: (id: string, name: string) => nameOf.set(id, name),
    /** In the order of the answer. */
    async ranked(q: string, more = '', as?: string) {
      return namesIn(await ask(q, `fields=id&limit=100${more && `&${more}`}`, as));
    },
    async found(q: string, more = '', as?: string) {
      return namesIn(await ask(q, `fields=id&limit=100${more && `&${more}`}`, as)).toSorted();
    },
    async publish(name: string, input: object, order?: object) {
      const made = await makePublished(app(), input, order);
      nameOf.set(made.id, name);
      return made;
    },
  };
}

/**
 * Thousands of articles take too long to make: the document of one is put into the table as often, as that of versions
 * which it has not.
 */
export async function multiply(app: TestApp, id: string, { from, to }: { from: number; to: number }): Promise<void> {
  const numbers = `generate_series(${from}, ${to}) n`;
  await app.deps.db.sql.rows(
    `insert into article_version select (jsonb_populate_record(v, jsonb_build_object('number', n))).*
     from article_version v, ${numbers} where v.article_id = $1 and v.number = 1`,
    [id],
  );
  await app.deps.db.sql.rows(
    `insert into search_document select (jsonb_populate_record(d, jsonb_build_object('version', n))).*
     from search_document d, ${numbers} where d.article_id = $1 and d.version = 1`,
    [id],
  );
}
