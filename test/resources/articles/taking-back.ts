// A retraction and its undoing, for tests of what readers see of them.
import type { TestApp } from '../../support/app.ts';

export const notice = '本文失实，已撤回。';
export const reason = '内部原因';

export const takeBack = (app: TestApp, id: string) => act(app, id, 'retract', { notice, reason });
export const giveBack = (app: TestApp, id: string) => act(app, id, 'reinstate');

async function act(app: TestApp, id: string, name: string, body?: object): Promise<void> {
  const answer = await app.post(`/v1/articles/${id}/${name}`, body, { ifMatch: '*' });
  if (answer.status !== 200) throw new Error(`not done: ${answer.status} ${answer.text}`);
}
