// What search is tried on: documents, queries, and which documents answer them how well. Our own set is always there; the
// others are texts of others and lie beside the repository, if at all.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Grades } from './metrics.ts';

export const setNames = ['own', 'dureader', 'cctv'] as const;
export type SetName = (typeof setNames)[number];

/** `day`: null where it is not known. */
export type Document = {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly day: string | null;
};
export type Query = { readonly id: string; readonly kind: string; readonly q: string; readonly grades: Grades };
export type TestSet = { readonly documents: readonly Document[]; readonly queries: readonly Query[] };

type Source = { readonly title: string; readonly files: readonly string[]; read(): Promise<TestSet> };

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const own = ['own/documents.jsonl', 'own/queries.jsonl'].map(fromHere);
const outside = (path: string) => fromHere(`../../../shared/data/${path}`);
const dureader = ['corpus.jsonl', 'queries.tsv', 'qrels.tsv'].map((name) => outside(`search/dureader-demo/${name}`));
export const cctvYears = [2022, 2023, 2024, 2025, 2026].map((year) =>
  outside(`corpus/cctv-xinwenlianbo/${year}.jsonl.gz`),
);
const cctv = [...cctvYears, outside('search/cctv/queries.tsv'), outside('search/cctv/qrels.tsv')];

export const sources: Record<SetName, Source> = {
  own: { title: 'own', files: own, read: readOwn },
  dureader: { title: 'DuReader', files: dureader, read: readDureader },
  cctv: { title: 'CCTV headlines', files: cctv, read: readCctv },
};

export const isPresent = (name: SetName) => sources[name].files.every((file) => existsSync(file));

type OwnQuery = {
  readonly id: string;
  readonly kind: string;
  readonly q: string;
  readonly grades: Record<string, number>;
};

async function readOwn(): Promise<TestSet> {
  const [documents, queries] = own as [string, string];
  return {
    documents: (await readLines<Omit<Document, 'day'>>(documents)).map((document) => ({ ...document, day: null })),
    queries: (await readLines<OwnQuery>(queries)).map((query) => ({
      ...query,
      grades: new Map(Object.entries(query.grades)),
    })),
  };
}

async function readDureader(): Promise<TestSet> {
  const [corpus, queries, grades] = dureader as [string, string, string];
  const documents = await readLines<Omit<Document, 'day'>>(corpus);
  return {
    documents: documents.map((document) => ({ ...document, day: null })),
    queries: await readQueries(queries, grades, () => 'questions'),
  };
}

type Story = { readonly id: string; readonly date: string; readonly title: string; readonly html: string | null };

async function readCctv(): Promise<TestSet> {
  const years = await Promise.all(cctvYears.map((file) => readLines<Story>(file)));
  const [queries, grades] = cctv.slice(-2) as [string, string];
  return {
    documents: years.flat().map(({ id, date, title, html }) => ({ id, title, body: readText(html ?? ''), day: date })),
    queries: await readQueries(queries, grades, ([, kind = '']) => kind),
  };
}

/** One line a paragraph. The stories hold no other markup that says anything. */
export const readText = (html: string) =>
  html
    .replaceAll(/<\/p>|<br\s*\/?>/g, '\n')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .trim();

/** Only those that were judged. The text of a query stands in the last column. */
async function readQueries(
  queries: string,
  qrels: string,
  kindOf: (columns: readonly string[]) => string,
): Promise<Query[]> {
  const grades = new Map<string, Map<string, number>>();
  for (const [query = '', , document = '', grade] of await readTable(qrels)) {
    const given = grades.get(query) ?? new Map<string, number>();
    grades.set(query, given.set(document, Number(grade)));
  }
  return (await readTable(queries)).flatMap((columns) => {
    const given = grades.get(columns[0]!);
    return given === undefined ? [] : { id: columns[0]!, kind: kindOf(columns), q: columns.at(-1)!, grades: given };
  });
}

const readTable = async (file: string) =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));

export async function readLines<Row>(file: string): Promise<Row[]> {
  const bytes = await readFile(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}
