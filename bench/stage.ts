// The stage of a part: a database of its own on the run's server, a copy of kept data or an empty one; our program on it,
// as often and in the configuration that the part wants; and the floors, which answer what was put down for them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { onDatabase, withDatabase } from '../test/support/database-address.ts';
import { fetchBytes } from './answers.ts';
import { parentOf } from './cpu.ts';
import type { KeptData } from './kept-data.ts';
import { profilesFolder } from './kept-server.ts';
import type { Target, Writing } from './load.ts';
import { type Started, startProcess } from './processes.ts';

export const adminKey = 'bench-key-bench-key-bench-key-bench-key';
export const asAdmin = { Authorization: `Bearer ${adminKey}` };

type Headers = Readonly<Record<string, string>>;

type Asking = Pick<Target, 'order' | 'headers' | 'codings'> & {
  readonly write?: Omit<Writing, 'body' | 'headers' | 'among'> & {
    readonly body: string;
    readonly headers?: Headers;
    readonly among?: { readonly share: number; readonly ids: readonly string[] };
  };
};

export type Stage = {
  readonly client: pg.Client;
  /** Starts our program as built and shipped; `environment`: what differs from the configuration as shipped. */
  startOurs(environment?: Readonly<Record<string, string>>): Promise<Started>;
  /** Puts down what a floor answers; before the floors start. */
  putAnswer(key: string, text: string): Promise<void>;
  /** Puts down what a process answers now, its status and bytes, under a name. */
  putConstant(name: string, url: string, headers?: Headers): Promise<void>;
  startFloors(): Promise<Started>;
  target(process: Started, paths: readonly string[], asking?: Asking): Promise<Target>;
  close(): Promise<void>;
};

export type StageOptions = {
  readonly serverUrl: string;
  readonly name: string;
  readonly data: KeptData;
  /** Whether the data is copied. What is not copied is only read. */
  readonly isCopied: boolean;
  /** Let the processes write down where they spend their time. */
  readonly profile: boolean;
};

/** What one sender, as fast as it can be, would run into. */
export const withoutLimits = {
  RATE_LIMIT_WRITES_PER_MINUTE: '0',
  RATE_LIMIT_MISSES_PER_MINUTE: '0',
  OVERLOAD_EVENT_LOOP_DELAY_MS: '0',
};

export async function openStage(options: StageOptions): Promise<Stage> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'masthead-bench-'));
    undo.push(() => rm(folder, { recursive: true }));
    const url = options.isCopied ? await copyData(options, undo) : options.data.url;
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    undo.push(() => client.end());
    if (options.isCopied) await client.query(answerTables);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const postmasterPid = parentOf(rows[0]!.pid);
    const profileFolder = options.profile ? join(profilesFolder, options.name) : null;
    return { client, close, ...describeActs({ url, folder, client, postmasterPid, profileFolder, undo }) };
  } catch (error) {
    await close();
    throw error;
  }
}

const answerTables = `
  create table bench_answer (key text primary key, text text not null);
  create table bench_constant (name text primary key, status int not null, coding text, bytes bytea not null)`;

async function copyData({ serverUrl, name, data }: StageOptions, undo: (() => Promise<unknown>)[]): Promise<string> {
  const copy = `stage_${name}`;
  await onDatabase(serverUrl, (client) =>
    client.query(`create database ${copy} template ${data.name} strategy file_copy`),
  );
  undo.push(() => onDatabase(serverUrl, (client) => client.query(`drop database ${copy} with (force)`)));
  return withDatabase(serverUrl, copy);
}

type Scene = {
  readonly url: string;
  readonly folder: string;
  readonly client: pg.Client;
  readonly postmasterPid: number;
  readonly profileFolder: string | null;
  readonly undo: (() => Promise<unknown>)[];
};

function describeActs(scene: Scene): Omit<Stage, 'client' | 'close'> {
  const { url, client, profileFolder, undo } = scene;
  const start = async (program: readonly string[], environment: Headers, path: string) => {
    const started = await startProcess(program, { DATABASE_URL: url, ...environment }, path);
    undo.push(started.stop);
    return started;
  };
  const profiled = (name: string) =>
    profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profileFolder, name)}`];
  return {
    startOurs: (environment = {}) =>
      start(
        [...profiled('ours'), 'dist/cli/main.js', 'serve'],
        { MASTHEAD_BOOTSTRAP_KEY: adminKey, ...environment },
        '/health/ready',
      ),
    async putAnswer(key, text) {
      await client.query('insert into bench_answer values ($1, $2)', [key, text]);
    },
    async putConstant(name, address, headers) {
      const { status, headers: told, bytes } = await fetchBytes(address, headers);
      const values = [name, status, told['content-encoding'] ?? null, bytes];
      await client.query('insert into bench_constant values ($1, $2, $3, $4)', values);
    },
    async startFloors() {
      await client.query('vacuum analyze bench_answer');
      return start([...profiled('floors'), '--import', 'tsx', 'bench/floors/server.ts'], {}, '/ready');
    },
    target: createTargets(scene),
  };
}

function createTargets({ folder, postmasterPid }: Scene): Stage['target'] {
  let files = 0;
  const writeTo = async (text: string) => {
    files += 1;
    const path = join(folder, String(files));
    await writeFile(path, text);
    return path;
  };
  const writeLines = (lines: readonly string[]) => writeTo(`${lines.join('\n')}\n`);
  return async (process, paths, { write, ...asking } = {}) => ({
    ...asking,
    origin: process.origin,
    paths: await writeLines(paths),
    serverPid: process.pid,
    postmasterPid,
    ...(write && {
      write: {
        method: write.method,
        headers: { 'Content-Type': 'application/json', 'If-Match': '*', ...write.headers },
        body: await writeTo(write.body),
        ...(write.times && { times: write.times }),
        ...(write.among && { among: { share: write.among.share, ids: await writeLines(write.among.ids) } }),
      },
    }),
  });
}

/** Asks as an admin; what is no success stops the run. */
export async function ask({ origin }: Started, method: string, path: string, body?: string): Promise<string> {
  const headers = { ...asAdmin, 'Content-Type': 'application/json', 'If-Match': '*' };
  const answer = await fetch(origin + path, { method, headers, ...(body !== undefined && { body }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${origin}${path}: ${text.slice(0, 1000)}`);
  return text;
}
