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
