// npx tsx scripts/config-docs.ts: writes .env.example and the README's table from the configuration's variables.
import { variables } from '../src/platform/config/config.ts';
import { putGenerated, readGenerated } from './support/generated.ts';

const command = 'npx tsx scripts/config-docs.ts';
const [start, end] = ['<!-- config:start -->', '<!-- config:end -->'];

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

function fillTable(page: string): string {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no ${start} followed by ${end}`);
  return `${page.slice(0, from + start.length)}\n${printTable()}\n${page.slice(to)}`;
}

try {
  const files = new Map([['.env.example', printEnvironment()]]);
  const page = readGenerated('README.md');
  if (page !== null) files.set('README.md', fillTable(page));
  putGenerated(files, command);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
