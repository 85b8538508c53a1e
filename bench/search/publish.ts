// Stories as published articles, put in by SQL: the rows that publishing each of them would have made, without the index
// of search. The story's name is the article's slug.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { idAt, publishPlan } from '../data.ts';

export type Story = {
  readonly name: string;
  readonly title: string;
  /** A paragraph a line. */
  readonly body: string;
  readonly at: Date;
  /** Numbers of the records it refers to, from 0 on; null: it refers to none. */
  readonly refers: {
    readonly section: number;
    readonly source: number;
    readonly editor: number;
    readonly tag: number;
  } | null;
};

/** What records are called. */
export type Names = Readonly<Record<'section' | 'source' | 'editor' | 'tag', readonly string[]>>;
export const noNames: Names = { section: [], source: [], editor: [], tag: [] };

const arrived = `
  create temporary table arrived (
    name text, title text, body json, characters int, at timestamptz, section int, source int, editor int, tag int)`;

const receive = `
  insert into arrived select * from json_to_recordset($1::json) as s(
    name text, title text, body json, characters int, at timestamptz, section int, source int, editor int, tag int)`;

const idOf = (noun: keyof Names) =>
  `((select array_agg(id order by slug) from ${noun} where slug ~ '^search-'))[1 + ${noun}] as ${noun}_id`;

const plan = `
  create temporary table plan as
  select ${idAt('a.at')} as id, ${idAt('a.at')} as publication, a.name as slug, a.title, a.at, a.body, a.characters,
    ${(['section', 'source', 'editor', 'tag'] as const).map(idOf).join(', ')}
  from arrived a order by a.at`;

// Nothing that is measured reads the hashes.
const versions = `
  insert into article_version (article_id, number, slug, locale, title, body, word_count, section_id, source_id, metadata,
    created_at, created_by_service, hash)
  select id, 1, slug, 'zh-CN', title, body, characters, section_id, source_id, '{}', at, 'bench', '\\x00' from plan`;

const batchSize = 1000;

/** The connection is the only one to write. */
export async function publishStories(client: pg.Client, stories: Iterable<Story>, names = noNames): Promise<void> {
  await createRecords(client, names);
  await client.query(arrived);
  let batch: object[] = [];
  const send = async () => {
    await client.query(receive, [JSON.stringify(batch)]);
    batch = [];
  };
  for (const story of stories) {
    batch.push(toRow(story));
    if (batch.length === batchSize) await send();
  }
  await send();
  await client.query(plan);
  await client.query('drop table arrived');
  await publishPlan(client, versions);
}

function toRow({ name, title, body, at, refers }: Story) {
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  const blocks = lines.map((text, n) => ({
    _type: 'block',
    _key: `b${n}`,
    style: 'normal',
    children: [{ _type: 'span', _key: 's', text, marks: [] }],
    markDefs: [],
  }));
  return { name, title, body: blocks, characters: body.length, at: at.toISOString(), ...refers };
}

async function createRecords(client: pg.Client, names: Names): Promise<void> {
  for (const noun of Object.keys(names) as (keyof Names)[]) {
    const [path, value] = noun === 'section' ? [', path', `, '{}'`] : ['', ''];
    for (const [n, name] of names[noun].entries()) {
      const slug = `search-${String(n).padStart(3, '0')}`;
      await client.query(
        `insert into ${noun} (id, slug, name, created_at, updated_at${path}) values ($1, $2, $3, now(), now()${value})`,
        [randomUUID(), slug, name],
      );
    }
  }
}
