// The command `masthead keys`.
import { type Command, Option } from 'commander';
import { roles } from '../platform/auth/permissions.ts';
import { systemPrincipal } from '../platform/auth/principal.ts';
import type { Deps } from '../platform/deps.ts';
import { createApiKey, revokeApiKey } from '../resources/api-keys/commands.ts';
import { listApiKeys } from '../resources/api-keys/queries.ts';
import { apiKeyInput } from '../resources/api-keys/schemas.ts';
import { toApiKeyView } from '../resources/api-keys/view.ts';
import { print, withComposition } from './context.ts';

type CreateOptions = { role: string; editor?: string; service?: string; section?: string[]; expires?: string };

// Far more than a newsroom has.
const listedMax = 1000;

const actAs = (deps: Deps) => ({
  principal: systemPrincipal('command line'),
  now: deps.clock.now(),
  newId: deps.newId,
  requestId: null,
  project: deps.project,
});

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('API keys.');
  keys
    .command('create')
    .description('Create a key. It is printed this once.')
    .argument('<name>', 'what it is for')
    .addOption(new Option('--role <role>', 'what it may do').choices([...roles]).makeOptionMandatory())
    .option('--editor <slug>', 'the editor it belongs to')
    .option('--service <name>', 'the service it belongs to')
    .option('--section <slug...>', 'sections it is limited to')
    .option('--expires <instant>', 'RFC 3339')
    .action((name: string, options: CreateOptions) =>
      withComposition(async ({ deps }, config) => {
        const { role, editor, service, section, expires } = options;
        const input = apiKeyInput.parse({ name, role, editor, service, sections: section, expiresAt: expires });
        const { row, key } = await deps.db.prismaTransaction((tx) =>
          createApiKey(tx, actAs(deps), input, config.timeZone),
        );
        print({ ...toApiKeyView(row), key });
      }),
    );
  keys
    .command('list')
    .description('List the keys, newest first.')
    .action(() =>
      withComposition(async ({ deps }) =>
        print((await listApiKeys(deps.db.prisma, listedMax, null)).map(toApiKeyView)),
      ),
    );
  keys
    .command('revoke')
    .description('Revoke a key, at once and for ever.')
    .argument('<id>', 'its id, or its prefix')
    .action((id: string) =>
      withComposition(async ({ deps }) => {
        const row = (await listApiKeys(deps.db.prisma, listedMax, null)).find(
          (key) => key.id === id || key.prefix === id,
        );
        if (row === undefined) throw new Error(`There is no key "${id}". \`masthead keys list\` shows them.`);
        await deps.db.prismaTransaction((tx) => revokeApiKey(tx, actAs(deps), row.id));
        print(`Revoked ${row.prefix} (${row.name}).`);
      }),
    );
}
