// A retraction and its undoing, for tests of what readers see of them.
import type { TestApp } from '../../support/app.ts';

export const notice = '本文失实，已撤回。';

/** Takes an article from the public, and says so in its place. */
export async function takeBack(app: TestApp, id: string, reason: string | null = '内部原因'): Promise<void> {
  const body = { notice, ...(reason === null ? {} : { reason }) };
  const answer = await app.post(`/v1/articles/${id}/retract`, body, { ifMatch: '*' });
  if (answer.status !== 200) throw new Error(`not taken back: ${answer.text}`);
}

/** Shows it again as it was last shown. */
export async function giveBack(app: TestApp, id: string): Promise<void> {
  const answer = await app.post(`/v1/articles/${id}/reinstate`, undefined, { ifMatch: '*' });
  if (answer.status !== 200) throw new Error(`not given back: ${answer.text}`);
}
