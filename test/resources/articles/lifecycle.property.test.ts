import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeEditor } from '../../support/factories.ts';
import { endDay } from './lifecycle-ending.ts';
import { type Keys, live, openNewsroom } from './lifecycle-newsroom.ts';
import { days, type Step } from './lifecycle-steps.ts';

// The same days each time; a longer hunt takes other ones: LIFECYCLE_SEED=1 LIFECYCLE_DAYS=500. What fails prints its
// seed and path, and the shortest day that still fails.
const { LIFECYCLE_SEED = '20200527', LIFECYCLE_DAYS = '12', LIFECYCLE_PATH } = process.env;
const seed = Number(LIFECYCLE_SEED);
const dayCount = Number(LIFECYCLE_DAYS);
const stepsMax = 30;
// Nothing here measures time; a hunt just takes long.
const timeout = 120_000 + dayCount * 60_000;

describe.each([
  ['publishes what it likes', false, Math.ceil(dayCount * 0.7)],
  ['publishes what was approved', true, Math.floor(dayCount * 0.3)],
])('a newsroom that %s', (_name, reviewRequired, numRuns) => {
  let app: TestApp;
  let keys: Keys;
  let assignee: string;
  let steps = 0;
  beforeAll(async () => {
    app = await createTestApp(`${import.meta.url}-${reviewRequired}`, {
      MASTHEAD_REVIEW_REQUIRED: String(reviewRequired),
    });
    const [ann, ben] = [await makeEditor(app), await makeEditor(app)];
    assignee = ann.slug;
    keys = {
      ...app.keys,
      ann: await app.createKey({ name: 'ann', role: 'writer', editor: ann.id }),
      ben: await app.createKey({ name: 'ben', role: 'writer', editor: ben.id }),
    };
  });
  afterAll(async () => {
    await app.close();
    if (LIFECYCLE_DAYS !== '12') console.info(`${steps} steps`);
  });

  async function spend(day: readonly Step[]): Promise<void> {
    app.clock.advance(3_600_000);
    const room = await openNewsroom(app, keys, assignee, reviewRequired);
    for (const step of day) {
      await live(room, step);
      steps += 1;
    }
    await endDay(room);
  }

  it(
    'shows every reader, at every step of random days, what the rules say',
    () => fc.assert(fc.asyncProperty(days(stepsMax), spend), { seed, path: LIFECYCLE_PATH, numRuns }),
    timeout,
  );
});
