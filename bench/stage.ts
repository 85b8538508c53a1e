// The stage of a suite: a database of its own on the run's server, our program on it with the seed loaded, and the floors,
// which answer what was put down for them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parentOf } from './cpu.ts';
import type { Target, Writing } from './load.ts';
import { type Started, startProcess } from './processes.ts';

export const key = 'bench-key-bench-key-bench-key-bench-key';

/** `work`: what is measured. The first subject of a work is what the others are compared with. */
export type Subject = { readonly work: string; readonly name: string; readonly target: Target };

export type Suite = { readonly name: string; prepare(stage: Stage): Promise<Subject[]> };

type Asking = { readonly asAdmin?: boolean; readonly write?: Omit<Writing, 'body'> & { readonly body: string } };

export type Stage = {
  readonly client: pg.Client;
  readonly ours: Started;
  /** Asks ours as an admin; what is no success stops the run. */
  ask(method: string, path: string, body?: string): Promise<string>;
  /** Puts down what a floor answers; before the floors start. */
  putAnswer(key: string, text: string): Promise<void>;
  startFloors(): Promise<Started>;
  subject(work: string, name: string, process: Started, paths: readonly string[], asking?: Asking): Promise<Subject>;
  close(): Promise<void>;
};

export async function openStage(serverUrl: string, name: string): Promise<Stage> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'masthead-bench-'));
    undo.push(() => rm(folder, { recursive: true }));
    const url = await createDatabase(serverUrl, `bench_${name}`);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    undo.push(() => client.end());
    const environment = { DATABASE_URL: url, MASTHEAD_SEED: 'true', MASTHEAD_BOOTSTRAP_KEY: key };
    const ours = await startProcess(['dist/cli/main.js', 'serve'], environment, '/health/ready');
    undo.push(ours.stop);
    await client.query('create table bench_answer (key text primary key, text text not null)');
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const postmasterPid = parentOf(rows[0]!.pid);
    return { client, ours, close, ...describeActs({ url, folder, client, ours, postmasterPid, undo }) };
  } catch (error) {
    await close();
    throw error;
  }
}

type Scene = {
  url: string;
  folder: string;
  client: pg.Client;
  ours: Started;
  postmasterPid: number;
  undo: (() => Promise<unknown>)[];
};

function describeActs({ url, folder, client, ours, postmasterPid, undo }: Scene) {
  let files = 0;
  const writeTo = async (text: string) => {
    files += 1;
    const path = join(folder, String(files));
    await writeFile(path, text);
    return path;
  };
  return {
    ask: (method: string, path: string, body?: string) => ask(ours.origin + path, method, body),
    putAnswer: async (name: string, text: string) => {
      await client.query('insert into bench_answer values ($1, $2)', [name, text]);
    },
    startFloors: async () => {
      await client.query('vacuum analyze bench_answer');
      const floors = await startProcess(['--import', 'tsx', 'bench/floors.ts'], { DATABASE_URL: url }, '/ready');
      undo.push(floors.stop);
      return floors;
    },
    subject: async (work: string, name: string, process: Started, paths: readonly string[], asking: Asking = {}) => {
      const { asAdmin, write } = asking;
      const target: Target = {
        origin: process.origin,
        paths: await writeTo(`${paths.join('\n')}\n`),
        serverPid: process.pid,
        postmasterPid,
        ...(asAdmin && { key }),
        ...(write && { write: { ...write, body: await writeTo(write.body) } }),
      };
      return { work, name, target };
    },
  };
}

async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function ask(url: string, method: string, body?: string): Promise<string> {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'If-Match': '*' };
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${text.slice(0, 1000)}`);
  return text;
}
