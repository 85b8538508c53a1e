// The model's orders as requests.
import { formatTime, holderOf, type World } from './lifecycle-model.ts';
import type { Newsroom } from './lifecycle-newsroom.ts';
import { carryOut, type Deed, type Order } from './lifecycle-rules.ts';

export type Request = { method: string; path: string; ifMatch?: string; body?: object };

export function toRequest(room: Newsroom, world: World, { on, stale, deed }: Order): Request {
  const { method = 'POST', action, body } = toCall(room, deed);
  if (deed.act === 'create') return { method, path: '/v1/articles', ...(body && { body }) };
  const story = world.stories[typeof on === 'string' ? holderOf(world, on) : on];
  const revision = (story?.revision ?? 1) - (stale ? 1 : 0);
  const name = typeof on === 'string' ? on : (room.ids[on] ?? '{made}');
  const path = `/v1/articles/${name}${action === undefined ? '' : `/${action}`}`;
  return { method, path, ifMatch: `"r${revision}"`, ...(body && { body }) };
}

/** The second order names what the first has made. */
export function toBatch(room: Newsroom, before: World, orders: readonly Order[]): Request {
  let world = before;
  const operations = orders.map((order) => {
    const operation = toRequest(room, world, order);
    world = carryOut(world, order).world;
    return { ...operation, ...(order.deed.act === 'create' && order === orders[0] && { name: 'made' }) };
  });
  return { method: 'POST', path: '/v1/batch', body: { operations } };
}

type Call = { method?: string; action?: string; body?: object };

function toCall({ sections, assignee }: Newsroom, deed: Deed): Call {
  const time = (at: number | null) => (at === null ? null : formatTime(at));
  const content = ({ place, ...rest }: Extract<Deed, { act: 'edit' }>['changes']) => ({
    ...rest,
    ...(place !== undefined && { section: sections[place] }),
  });
  const calls: { [Act in Deed['act']]?: (deed: Extract<Deed, { act: Act }>) => Call } = {
    create: (each) => ({ body: content(each.content) }),
    edit: ({ changes }) => ({ method: 'PATCH', body: content(changes) }),
    embargo: ({ until }) => ({ method: 'PATCH', body: { embargoUntil: time(until) } }),
    assign: ({ assigned }) => ({ method: 'PATCH', body: { assignee: assigned ? assignee : null } }),
    restore: ({ version }) => ({ action: 'restore', body: { version } }),
    publish: ({ at, until, replace }) => ({
      action: 'publish',
      body: { at: time(at), until: time(until), replaceScheduled: replace },
    }),
    unpublish: ({ at }) => ({ action: 'unpublish', body: { at: time(at) } }),
    correct: ({ changes }) => ({ action: 'correct', body: { note: '更正', changes } }),
    return: () => ({ action: 'return', body: { comment: '请补充' } }),
    retract: () => ({ action: 'retract', body: { notice: '撤稿' } }),
    trash: () => ({ method: 'DELETE' }),
  };
  const call = calls[deed.act] as ((deed: Deed) => Call) | undefined;
  return call?.(deed) ?? { action: deed.act };
}
