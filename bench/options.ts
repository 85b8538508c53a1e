// What `npm run bench --` takes: parts by name, and how much of it.
import { parseArgs } from 'node:util';

/** In the order in which they run. */
export const partNames = ['hot', 'cold', 'writes', 'mixed', 'memory', 'start', 'scale', 'history'] as const;
export type PartName = (typeof partNames)[number];

// What is left out takes longer: data of its own.
const onlyIfAsked: readonly PartName[] = ['scale', 'history'];

export type Options = {
  readonly parts: readonly PartName[];
  /** Measure at so many articles, too. */
  readonly articles: number | null;
  /** How long the load lasts under which memory is watched. */
  readonly minutes: number;
  readonly rounds: number;
  readonly seconds: number;
  /** Only work whose name has this text in it. */
  readonly only: string;
  /** Write down where the program spends its time, and print it. */
  readonly profile: boolean;
  /** Put the table into docs/performance.md. */
  readonly save: boolean;
  /** Remove what was kept, and do nothing else. */
  readonly clean: boolean;
  readonly help: boolean;
};

export const usage = `npm run bench [-- [part …] [options]]
Parts: ${partNames.join(', ')}; ${onlyIfAsked.join(' and ')} only if asked for.
  --articles N   the scale, too: at N articles beside 10000
  --minutes N    of load under which memory is watched (1)
  --rounds N     whose medians are taken (3)
  --seconds N    of a round (2)
  --only TEXT    only work whose name has this in it
  --profile      print where the time goes, too
  --save         put the table into docs/performance.md
  --clean        remove the data that is kept, and nothing else
  --help`;

export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      articles: { type: 'string' },
      minutes: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '2' },
      only: { type: 'string', default: '' },
      profile: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      clean: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const articles = values.articles === undefined ? null : readWhole('articles', values.articles, smallestScale);
  return {
    parts: chooseParts(positionals, articles),
    articles,
    minutes: readWhole('minutes', values.minutes, 1),
    rounds: readWhole('rounds', values.rounds, 1),
    seconds: readWhole('seconds', values.seconds, 1),
    only: values.only,
    profile: values.profile,
    save: values.save,
    clean: values.clean,
    help: values.help,
  };
}

// Fewer, and a page of each section and tag would not be full.
const smallestScale = 10_000;

function chooseParts(names: readonly string[], articles: number | null): readonly PartName[] {
  const unknown = names.find((name) => !(partNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}".\n${usage}`);
  if (names.includes('scale') && articles === null) throw new Error('scale needs --articles, such as 1000000.');
  if (names.length > 0) return partNames.filter((name) => names.includes(name));
  return partNames.filter((name) => !onlyIfAsked.includes(name) || (name === 'scale' && articles !== null));
}

function readWhole(name: string, text: string, smallest: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= smallest) return number;
  throw new Error(`--${name} must be a whole number from ${smallest} on.`);
}
