// The floors that PostgreSQL offers by itself, on the texts as they were written: a part of the text, and trigrams
// (pg_trgm).
import type pg from 'pg';
import type { Document } from '../sets.ts';

const table = `
  create table bench_text (id text primary key, title text not null, body text not null, published_at timestamptz not null)`;
const fill = `
  insert into bench_text select * from json_to_recordset($1::json) as t(id text, title text, body text, published_at timestamptz)`;

type Dated = Document & { readonly at: Date };

export async function prepareTexts(client: pg.Client, documents: readonly Dated[]): Promise<void> {
  await client.query('create extension if not exists pg_trgm');
  await client.query(table);
  const rows = documents.map(({ id, title, body, at }) => ({ id, title, body, published_at: at.toISOString() }));
  for (let from = 0; from < rows.length; from += 1000) {
    await client.query(fill, [JSON.stringify(rows.slice(from, from + 1000))]);
  }
  await client.query('analyze bench_text');
}

const likeStatement = `
  select id from bench_text where title like $1 or body like $1 order by published_at desc, id desc limit $2`;

// The words of a query in a body take a quarter of a millisecond a document, so those with the best titles are scored.
const scoredMax = 300;
const trigramStatement = `
  select id from (
    select * from bench_text order by word_similarity($1, title) desc, id desc limit ${scoredMax}) t
  order by word_similarity($1, title) + word_similarity($1, body) desc, id desc limit $2`;

export async function findLike(client: pg.Client, q: string, limit: number): Promise<string[]> {
  const pattern = `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return listIds(client, likeStatement, [pattern, limit]);
}

export const findByTrigrams = (client: pg.Client, q: string, limit: number): Promise<string[]> =>
  listIds(client, trigramStatement, [q, limit]);

async function listIds(client: pg.Client, text: string, values: unknown[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(text, values);
  return rows.map(({ id }) => id);
}
