// npx tsx scripts/lifecycle.ts: fills docs/lifecycle.md with the state picture, the table of actions and the events, as
// the code has them.
import { grants, roles } from '../src/platform/auth/permissions.ts';
import { eventCatalogue } from '../src/platform/events/catalogue.ts';
import {
  type Action,
  actionFacts,
  actions,
  type Condition,
  states,
  transitions,
} from '../src/resources/articles/workflow.ts';
import { fillBetween, putGenerated, readGenerated } from './support/generated.ts';

const command = 'npx tsx scripts/lifecycle.ts';
const file = 'docs/lifecycle.md';

const conditionWords: Record<Condition, string> = {
  scheduled: 'something is scheduled',
  public: 'it is public',
  wasPublic: 'it was public once',
  retracted: 'it is retracted',
  notRetracted: 'it is not retracted',
  trashed: 'it is in the trash',
};

type Sight = 'hidden' | 'scheduled' | 'public' | 'retracted' | 'in_trash';
/** How the public's view moves; `time`: by itself, when the instant comes. */
const sights: readonly (readonly [Sight, Sight, readonly (Action | 'time')[]])[] = [
  ['hidden', 'public', ['publish']],
  ['hidden', 'scheduled', ['schedule']],
  ['scheduled', 'public', ['time']],
  ['scheduled', 'hidden', ['unschedule', 'unpublish']],
  ['public', 'public', ['publish', 'schedule', 'correct']],
  ['public', 'hidden', ['unpublish', 'time']],
  ['public', 'retracted', ['retract']],
  ['hidden', 'retracted', ['retract']],
  ['retracted', 'public', ['reinstate']],
  ['hidden', 'in_trash', ['trash']],
  ['public', 'in_trash', ['trash']],
  ['in_trash', 'hidden', ['untrash']],
];

/** Two things that move beside each other. Actions that leave both as they are stand in the table. */
function printPicture(): string {
  const arrows = states.flatMap((from) => {
    const moves = new Map<string, Action[]>();
    for (const action of actions) {
      const to = transitions[from][action];
      if (to !== null && to !== from) moves.set(to, [...(moves.get(to) ?? []), action]);
    }
    return [...moves].map(([to, names]) => `    ${from} --> ${to}: ${names.join(', ')}`);
  });
  const seen = sights.map(([from, to, names]) => `    ${from} --> ${to}: ${names.join(', ')}`);
  return [
    '```mermaid',
    'stateDiagram-v2',
    '  state "an article" as article {',
    '    [*] --> draft: create',
    ...arrows,
    '    --',
    '    [*] --> hidden: create',
    ...seen,
    '  }',
    '```',
  ].join('\n');
}

function printWho(action: Action): string {
  const { permission } = actionFacts[action];
  const able = roles.filter((role) => grants[role][permission] !== 'none');
  return able.map((role) => (grants[role][permission] === 'own' ? `${role} (own)` : role)).join(', ');
}

function printActions(): string {
  const header = ['action', ...states, 'who', 'event', 'only if'];
  const rows = actions.map((action) => [
    `\`${action}\``,
    ...states.map((state) => transitions[state][action] ?? '—'),
    printWho(action),
    `\`${actionFacts[action].event}\``,
    actionFacts[action].needs.map((need) => conditionWords[need]).join(', '),
  ]);
  return printTable(header, rows);
}

function printEvents(): string {
  const rows = Object.entries(eventCatalogue).map(([type, { audience, carries }]) => [
    `\`${type}\``,
    audience,
    carries,
  ]);
  return printTable(['event', 'who may see it', 'carries'], rows);
}

const printTable = (header: readonly string[], rows: readonly (readonly string[])[]) =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

try {
  const page = readGenerated(file) ?? '';
  const parts = { picture: printPicture(), actions: printActions(), events: printEvents() };
  const filled = Object.entries(parts).reduce((text, [name, part]) => fillBetween(file, text, name, part), page);
  putGenerated(new Map([[file, filled]]), command);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
