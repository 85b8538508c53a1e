// Carries a random day out against the real app and the model at once, and compares after every step what each reader finds.
import { expect } from 'vitest';
import { announceDue } from '../../../src/resources/articles/announce.ts';
import type { Answer, TestApp } from '../../support/app.ts';
import { type Actor, describeDraft, type Place, places, type World } from './lifecycle-model.ts';
import { look, readDraft, type Sight } from './lifecycle-reads.ts';
import { type Request, toBatch, toRequest } from './lifecycle-requests.ts';
import { carryOut, carryOutAll, type Order, type Outcome } from './lifecycle-rules.ts';
import { type Day, type Mode, openDay, type Step, settleOrder, settleWait } from './lifecycle-steps.ts';

/** What all days have in common. */
export type House = {
  readonly app: TestApp;
  /** By actor; nobody has none. */
  readonly keys: Partial<Record<Actor, string>>;
  readonly assignee: string;
  readonly reviewRequired: boolean;
  /** How often each act ended how: by its name, and the code of the refusal. */
  readonly tally: Map<string, number>;
};

export type Newsroom = House & {
  readonly day: Day;
  readonly sections: Record<Place, string>;
  readonly ids: string[];
  /** By instant: what was read then last. */
  readonly memory: Map<number, Sight>;
  world: World;
  /** Which sending this is, for keys that no other has. */
  sent: number;
};

let newsrooms = 0;

/** Sections of its own, so that no list shows what another day left behind. */
export async function openNewsroom(house: House): Promise<Newsroom> {
  const { app, keys, reviewRequired } = house;
  newsrooms += 1;
  const prefix = `d${newsrooms}`;
  const sections = { news: `${prefix}-news`, sport: `${prefix}-sport`, ball: `${prefix}-ball` };
  for (const place of places) {
    const parent = place === 'ball' ? sections.sport : undefined;
    await app.post('/v1/sections', { name: sections[place], slug: sections[place], parent });
  }
  const sports = await app.createKey({ name: `${prefix} sports`, role: 'editor', sections: [sections.sport] });
  const room: Newsroom = {
    ...house,
    keys: { ...keys, sports },
    day: openDay(prefix),
    sections,
    ids: [],
    memory: new Map(),
    world: { now: app.clock.now().getTime(), reviewRequired, stories: [] },
    sent: 0,
  };
  await send(room, 'plain', [make(room, 'ann', 'news', 0)]);
  await send(room, 'plain', [make(room, 'editor', 'sport', 1)]);
  return room;
}

function make({ day }: Newsroom, actor: Actor, place: Place, slug: number): Order {
  const content = { title: day.title(), kicker: null, place, slug: day.slug(slug) };
  return { actor, on: 0, stale: false, deed: { act: 'create', content } };
}

/** One step of the day, and all that can be read after it. */
export async function live(room: Newsroom, step: Step): Promise<void> {
  if (step.kind === 'announce') await announceAll(room.app);
  else if (step.kind === 'wait') moveClock(room, settleWait(room.world, step));
  else await order(room, step);
  await look(room, step.look);
}

export function moveClock(room: Newsroom, to: number): void {
  room.app.clock.set(new Date(to));
  room.world = { ...room.world, now: to };
}

/** As two workers do: until nothing is left. */
export async function announceAll(app: TestApp): Promise<void> {
  for (;;) {
    const told = await Promise.all([announceDue(app.deps.db, app.act()), announceDue(app.deps.db, app.act())]);
    if (told.every((count) => count === 0)) return;
  }
}

// Orders

async function order(room: Newsroom, { actor, mode, orders }: Extract<Step, { kind: 'act' }>): Promise<void> {
  const settled: Order[] = [];
  let { world } = room;
  // The second order of a batch finds the world as the first leaves it.
  for (const wanted of orders) {
    settled.push(settleOrder(world, actor, wanted, room.day));
    world = carryOut(world, settled.at(-1)!).world;
  }
  await send(room, mode, settled);
}

async function send(room: Newsroom, mode: Mode, orders: readonly Order[]): Promise<void> {
  const before = room.world;
  const [first] = orders;
  const { world, outcome } = orders.length === 1 ? carryOut(before, first!) : carryOutAll(before, orders);
  const request = orders.length === 1 ? toRequest(room, before, first!) : toBatch(room, before, orders);
  const answer = await call(room, mode, first!.actor, request);
  compareAnswer(room, orders, answer, { world, outcome });
  if (mode === 'rehearsed') return;
  room.world = world;
  const made = orders.length === 1 ? [answer.body] : (answer.body?.results ?? []).map((each: Answer) => each.body);
  if (answer.status >= 300) return;
  for (const [index, { deed }] of orders.entries()) if (deed.act === 'create') room.ids.push(made[index].id);
}

async function call(room: Newsroom, mode: Mode, actor: Actor, request: Request): Promise<Answer> {
  const { app, keys } = room;
  const { method, ifMatch } = request;
  const path = mode === 'rehearsed' ? `${request.path}?dryRun=true` : request.path;
  room.sent += 1;
  const options = {
    as: keys[actor],
    body: request.body,
    ifMatch,
    type: method === 'PATCH' ? 'application/merge-patch+json' : undefined,
    ...(mode === 'repeated' && { headers: { 'Idempotency-Key': `${room.sections.news}-${room.sent}` } }),
  };
  const sending = app.call(method, path, options);
  if (mode === 'besideWorker') await announceDue(app.deps.db, app.act());
  const answer = await sending;
  if (mode !== 'repeated' || actor === 'nobody') return answer;
  const again = await app.call(method, path, options);
  const seen = ({ status, text, body, headers }: Answer) => [status, body?.code ?? text, headers.etag];
  expect(seen(again)).toEqual(seen(answer));
  return answer;
}

function compareAnswer(
  { world: before, tally }: Newsroom,
  orders: readonly Order[],
  { status, body }: Answer,
  { world, outcome }: { world: World; outcome: Outcome },
): void {
  const failed = body?.operation === undefined ? undefined : [body.operation, body.problem.code];
  const found = { status, code: status < 400 ? undefined : body.code, failed };
  const { story, ...expected } = outcome;
  const name = orders.length === 1 ? orders[0]!.deed.act : 'batch';
  const ending = `${name} ${outcome.failed?.[1] ?? outcome.code ?? 'done'}`;
  tally.set(ending, (tally.get(ending) ?? 0) + 1);
  const told = { orders, at: before.now };
  expect({ told, ...found }).toEqual({ told, code: undefined, failed: undefined, ...expected });
  if (status >= 300 || status === 204 || story === undefined) return;
  expect({ told, ...readDraft(body) }).toEqual({ told, ...describeDraft(world.stories[story]!, world.now) });
}
