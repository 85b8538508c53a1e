import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createTestApp } from '../../support/app.ts';
import { makeEditor } from '../../support/factories.ts';
import { endDay } from './lifecycle-ending.ts';
import { type House, live, openNewsroom } from './lifecycle-newsroom.ts';
import { days, type Step } from './lifecycle-steps.ts';

// The same days each time; a hunt takes others, and tells what it met: LIFECYCLE_SEED=1 LIFECYCLE_DAYS=500. A failure
// prints its seed and path, and the shortest day that still fails; LIFECYCLE_PATH plays that one alone.
const { LIFECYCLE_SEED = '20200527', LIFECYCLE_DAYS, LIFECYCLE_PATH } = process.env;
const seed = Number(LIFECYCLE_SEED);
const isHunt = LIFECYCLE_DAYS !== undefined;
const dayCount = Number(LIFECYCLE_DAYS ?? 12);
const stepsMax = 60;
// Nothing here measures time; a hunt just takes long.
const timeout = 120_000 + dayCount * 60_000;

describe.each([
  ['publishes what it likes', false, Math.ceil(dayCount * 0.75)],
  ['publishes what was approved', true, Math.floor(dayCount * 0.25)],
])('a newsroom that %s', (_name, reviewRequired, numRuns) => {
  let house: House;
  let steps = 0;
  beforeAll(async () => {
    const environment = { MASTHEAD_REVIEW_REQUIRED: String(reviewRequired) };
    const app = await createTestApp(`${import.meta.url}-${reviewRequired}`, environment);
    const [ann, ben] = [await makeEditor(app), await makeEditor(app)];
    const keys = {
      ...app.keys,
      ann: await app.createKey({ name: 'ann', role: 'writer', editor: ann.id }),
      ben: await app.createKey({ name: 'ben', role: 'writer', editor: ben.id }),
    };
    house = { app, keys, assignee: ann.slug, reviewRequired, tally: new Map() };
  });
  afterAll(async () => {
    await house.app.close();
    if (isHunt) console.info(steps, 'steps', Object.fromEntries([...house.tally].toSorted()));
  });

  async function spend(day: readonly Step[]): Promise<void> {
    house.app.clock.advance(3_600_000);
    const room = await openNewsroom(house);
    for (const step of day) {
      await live(room, step);
      steps += 1;
    }
    await endDay(room);
  }

  it(
    'shows every reader, at every step of random days, what the rules say',
    () =>
      fc.assert(fc.asyncProperty(days(stepsMax), spend), {
        seed,
        path: LIFECYCLE_PATH,
        numRuns,
        endOnFailure: process.env.H8_END !== undefined,
      }),
    timeout,
  );
});
