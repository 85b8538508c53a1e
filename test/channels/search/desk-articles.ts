// Articles in every state of a newsroom, each made as an editor would make it, all with one word; and the list of working
// copies, by which search is measured.
import { expect } from 'vitest';
import type { TestApp } from '../../support/app.ts';
import { makeArticle, makeEditor, makeSection, makeSource } from '../../support/factories.ts';

/** It is in every article. */
export const word = '鲸鱼';

const second = 1000;
const day = 86_400_000;
/** The clock stands between what is over and what is to come. */
const passed = 10 * day;

type Act = (action: string, body?: object) => Promise<void>;
type Life = (act: Act, fromNow: (ms: number) => string) => Promise<void>;

const edit = { genre: '新闻' };

const lives: readonly Life[] = [
  async () => {},
  (act) => act('submit'),
  async (act) => {
    await act('submit');
    await act('approve');
  },
  async (act) => {
    await act('submit');
    await act('return', { comment: '再写' });
  },
  (act) => act('publish'),
  async (act) => {
    await act('publish');
    await act('edit', edit);
  },
  async (act) => {
    await act('approve');
    await act('publish');
  },
  (act, fromNow) => act('publish', { at: fromNow(passed + day) }),
  async (act, fromNow) => {
    await act('publish');
    await act('edit', edit);
    await act('publish', { at: fromNow(passed + day) });
  },
  async (act, fromNow) => {
    await act('publish', { at: fromNow(passed + day) });
    await act('edit', edit);
  },
  // What is due needs no worker to be public.
  (act, fromNow) => act('publish', { at: fromNow(day) }),
  (act, fromNow) => act('publish', { until: fromNow(day) }),
  (act, fromNow) => act('edit', { embargoUntil: fromNow(passed + day) }),
  (act, fromNow) => act('edit', { embargoUntil: fromNow(day) }),
  async (act) => {
    await act('publish');
    await act('unpublish');
  },
  async (act) => {
    await act('publish');
    await act('retract', { notice: '撤稿' });
  },
  async (act) => {
    await act('publish');
    await act('retract', { notice: '撤稿' });
    await act('reinstate');
  },
  (act) => act('trash'),
  async (act) => {
    await act('publish');
    await act('trash');
  },
  async (act) => {
    await act('trash');
    await act('untrash');
  },
];

export type DeskRoom = {
  readonly liu: string;
  readonly zhao: string;
  /** Of `liu`, `zhao`, the service `portal`, the writer `wu`, and `sport`, who is limited to a section. */
  readonly keys: Readonly<Record<'liu' | 'zhao' | 'portal' | 'wu' | 'sport', string>>;
};

export async function makeDeskRoom(app: TestApp): Promise<DeskRoom> {
  await makeSection(app, { name: '要闻', slug: 'yao-wen' });
  await makeSection(app, { name: '港口', slug: 'gang-kou', parent: 'yao-wen' });
  await makeSection(app, { name: '体育', slug: 'ti-yu' });
  await makeSource(app, { slug: 'zao-bao' });
  const editors = [];
  for (const slug of ['liu', 'zhao', 'wu']) editors.push((await makeEditor(app, { slug })).id);
  const [liu, zhao, wu] = editors as [string, string, string];
  const keys = {
    liu: await app.createKey({ name: 'liu', role: 'editor', editor: liu }),
    zhao: await app.createKey({ name: 'zhao', role: 'editor', editor: zhao }),
    portal: await app.createKey({ name: 'portal', role: 'editor', service: 'portal' }),
    wu: await app.createKey({ name: 'wu', role: 'writer', editor: wu }),
    sport: await app.createKey({ name: 'sport', role: 'viewer', sections: ['ti-yu'] }),
  };
  // Each feature in a rhythm of its own, so that they meet.
  for (let i = 0; i < lives.length * 3; i += 1) {
    const maker = (['liu', 'zhao', 'portal', 'wu', 'liu', 'zhao', 'portal'] as const)[i % 7]!;
    await makeOne(app, keys[maker], lives[i % lives.length]!, {
      title: `${word}${i}`,
      section: ['yao-wen', 'ti-yu', null, 'gang-kou'][Math.floor(i / 2) % 4],
      source: i % 3 === 0 ? 'zao-bao' : null,
      tags: i % 2 === 0 ? ['两会'] : ['两会', '开放'],
      credits: [{ role: 'author', editor: ['liu', 'zhao'][i % 2] }],
      assignee: [liu, null, zhao, null, liu, wu][Math.floor(i / 3) % 6],
    });
    if (i % 3 === 0) app.clock.advance(second);
  }
  app.clock.advance(passed);
  return { liu, zhao, keys };
}

async function makeOne(app: TestApp, maker: string, live: Life, { assignee, ...input }: Record<string, unknown>) {
  const { id } = await makeArticle(app, input, maker);
  const path = `/v1/articles/${id}`;
  const act: Act = async (action, body) => {
    const answer =
      action === 'edit'
        ? await app.patch(path, body!, { ifMatch: '*' })
        : action === 'trash'
          ? await app.delete(path, { ifMatch: '*' })
          : await app.post(`${path}/${action}`, body, { ifMatch: '*' });
    expect(answer.status, `${action} ${answer.text}`).toBeLessThan(300);
  };
  if (assignee !== null) await act('edit', { assignee });
  await live(act, (ms) => new Date(app.clock.now().getTime() + ms).toISOString());
}
