// The command `masthead purge`.
import { type Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../core/clock.ts';
import { formatInstant, instantBefore } from '../core/time.ts';
import { systemPrincipal } from '../platform/auth/principal.ts';
import { listPurgeable, purgeTrash, type Trashed } from '../resources/articles/commands/purge.ts';
import { print, withComposition } from './context.ts';

type Options = { olderThan: string; dryRun?: boolean };

// Far more than anyone reads.
const listedMax = 10_000;

export function addPurge(program: Command): void {
  program
    .command('purge')
    .description(
      'Remove articles from the trash for good. Their public slugs stay taken, the event log keeps a tombstone.',
    )
    .requiredOption(
      '--older-than <duration>',
      'in the trash at least so long: 30d, or ISO 8601 such as P1M',
      readDuration,
    )
    .option('--dry-run', 'list what would be removed')
    .action((options: Options) =>
      withComposition(async ({ deps }, config) => {
        const now = deps.clock.now();
        const trashedBefore = instantBefore(now, options.olderThan, config.timeZone)!;
        const act = {
          principal: systemPrincipal('command line'),
          now,
          newId: deps.newId,
          requestId: null,
          project: deps.project,
        };
        if (options.dryRun === true) {
          print((await listPurgeable(deps.db.sql, act, { trashedBefore, limit: listedMax })).map(toView));
          return;
        }
        // One by one: each is gone or there, whenever the command is stopped.
        for (;;) {
          const [purged] = await deps.db.transaction((tx) => purgeTrash(tx, act, { trashedBefore, limit: 1 }));
          if (purged === undefined) return;
          print(`Purged ${purged.id} (versions: ${purged.versions}, trashed ${formatInstant(purged.trashedAt)}).`);
        }
      }),
    );
}

function readDuration(text: string): string {
  if (instantBefore(systemClock.now(), text, 'UTC') === null)
    throw new InvalidArgumentError('Use 30d, or ISO 8601 such as P30D.');
  return text;
}

function toView({ id, trashedAt, versions }: Trashed): object {
  return { id, trashedAt: formatInstant(trashedAt), versions };
}
