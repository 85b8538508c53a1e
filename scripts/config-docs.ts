// npx tsx scripts/config-docs.ts: writes .env.example and the README's table from the configuration's variables.
import { variables } from '../src/platform/config/config.ts';
import { fillBetween, putGenerated, readGenerated } from './support/generated.ts';

const command = 'npx tsx scripts/config-docs.ts';

function printEnvironment(): string {
  const opening = `# Copy to .env and uncomment what shall differ; the environment wins over the file.\n# Generated: ${command}`;
  const entries = Object.values(variables).map(({ name, about, example }) => `# ${about}\n#${name}=${example}`);
  return `${[opening, ...entries].join('\n\n')}\n`;
}

function printTable(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = Object.values(variables).map(
    ({ name, about, example }) => `| \`${name}\` | ${example === '' ? '' : `\`${cell(example)}\``} | ${cell(about)} |`,
  );
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

try {
  const files = new Map([['.env.example', printEnvironment()]]);
  const page = readGenerated('README.md');
  if (page !== null) files.set('README.md', fillBetween('README.md', page, 'config', printTable()));
  putGenerated(files, command);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
