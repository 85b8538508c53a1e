// The README's tour: its commands run as printed, in one shell, against a server that was started as a user starts it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { readText, root } from './files.ts';

const page = readText('README.md');
// Two parts, in one shell.
const tour = [...page.matchAll(/<!-- tour:start -->(.*?)<!-- tour:end -->/gs)].map(([, part]) => part).join('\n');
type Step = { commands: string; shown: string | null };
const steps: Step[] = [...tour.matchAll(/```sh\n(.*?)```(?:\n```(?:json|text)\n(.*?)```)?/gs)].map(
  ([, commands = '', shown]) => ({ commands, shown: shown ?? null }),
);

const key = 'a-key-for-the-tour-that-nobody-else-has';
let database: TestDatabase;
let server: ChildProcess;
let printed: string[];

beforeAll(async () => {
  database = await createTestDatabase(import.meta.url);
  const environment = { DATABASE_URL: database.url, MASTHEAD_SEED: 'true', MASTHEAD_BOOTSTRAP_KEY: key, PORT: '0' };
  server = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'serve'], {
    cwd: root,
    env: { ...process.env, ...environment, HOST: '127.0.0.1', PUBLIC_URL: '', LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  printed = await runTour(await readAddress(server));
});

afterAll(async () => {
  if (server && server.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await database?.drop();
});

async function readAddress(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    const found = /API\s+(http:\/\/[\w.:]+)\/v1\/articles/.exec(text);
    if (found) return found[1]!;
  }
  throw new Error(`the server ended before it was ready: ${text}`);
}

/** All steps in one shell, since later ones use what earlier ones found; what each printed. */
async function runTour(address: string): Promise<string[]> {
  const mark = '-- next step --';
  const script = steps.map(({ commands }) => `${commands}\necho; echo '${mark}'\n`).join('');
  const { stdout } = await promisify(execFile)('bash', ['-c', `set -euo pipefail\n${script}`], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', API: address, KEY: key },
    timeout: 60_000,
  });
  return stdout.split(`${mark}\n`).slice(0, -1);
}

/** What is shown, with `…` for what differs each time. */
function toPattern(shown: string): RegExp {
  const parts = shown
    .trim()
    .split('…')
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^"]+')}$`);
}

describe('the tour of the README', () => {
  it('reads, lists, creates a key, writes, publishes, reads again and makes a mistake', () => {
    for (const part of ['/v1/sections', '/v1/api-keys', '/publish', '-X PATCH']) expect(tour).toContain(part);
    expect(steps.length).toBeGreaterThanOrEqual(9);
  });

  it('runs as printed to its end', () => {
    expect(printed).toHaveLength(steps.length);
  });

  it('prints what the page shows', () => {
    expect(steps.filter((step) => step.shown !== null).length).toBeGreaterThanOrEqual(8);
    for (const [index, { shown }] of steps.entries()) {
      if (shown !== null) expect(printed[index]!.trim()).toMatch(toPattern(shown));
    }
  });

  it('needs nothing but curl and what every system has', () => {
    const commands = steps.map((step) => step.commands).join('');
    expect(commands).not.toMatch(/\b(?:jq|python3?|http|wget|node)\b(?!:)/);
  });
});

describe('the README', () => {
  it('says in five lines what it is and for whom, then what it refuses to do', () => {
    const [opening = ''] = page.slice(page.indexOf('\n\n') + 2).split('\n\n');
    expect(opening.split('\n').length).toBeLessThanOrEqual(5);
    const sections = [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(sections[0]).toBe('What it refuses to do');
  });

  it('names the two commands', () => {
    for (const command of ['npm ci && npm start', 'npm ci && npm test']) expect(page).toContain(command);
  });
});
