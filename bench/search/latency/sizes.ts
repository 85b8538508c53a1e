// What the index of search takes on disk.
import type pg from 'pg';

export type Sizes = {
  readonly documents: number;
  /** Characters of a document, on average. */
  readonly characters: number;
  readonly table: number;
  readonly beside: number;
  readonly gin: number;
  readonly primaryKey: number;
};

export async function readSizes(client: pg.Client): Promise<Sizes> {
  const { rows } = await client.query<Sizes>(`
    select (select count(*)::int from search_document) as documents,
      (select avg(length(text))::int from search_document tablesample bernoulli (1)) as characters,
      pg_relation_size('search_document')::float8 as table,
      pg_table_size('search_document')::float8 - pg_relation_size('search_document')::float8 as beside,
      pg_relation_size('search_document_words_idx')::float8 as gin,
      pg_relation_size('search_document_pkey')::float8 as "primaryKey"`);
  return rows[0]!;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

export const printSizes = ({ documents, characters, table, beside, gin, primaryKey }: Sizes) =>
  `${documents} documents of ${characters} characters on average: the table ${megabytes(table)}, beside it (TOAST) ` +
  `${megabytes(beside)}, the GIN index ${megabytes(gin)}, the primary key ${megabytes(primaryKey)}; together ` +
  `${((table + beside + gin + primaryKey) / documents / 1000).toFixed(1)} kB a document.`;
