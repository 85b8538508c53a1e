// Proves that no stored version was altered: recomputes every hash from what is stored, follows each article's chain, and
// holds it against what the event log was told when each version was made. Stops at the first flaw.
import type { Actor } from '../../platform/auth/principal.ts';
import type { Db, Sql } from '../../platform/db/db.ts';
import { type ArticleContent, hashVersion } from './content.ts';
import { contentJson } from './versions.ts';

/** `version`: null where the whole article is gone. */
export type Flaw = { readonly articleId: string; readonly version: number | null; readonly what: string };
export type Verification = { readonly articles: number; readonly versions: number; readonly flaw: Flaw | null };

// A version may hold two megabytes, and all of these are in memory at once.
const versionsAtOnce = 50;
const articlesAtOnce = 500;
const eventsAtOnce = 5000;

const firstId = '00000000-0000-0000-0000-000000000000';

/** All articles, or one. What is written meanwhile is not looked at. */
export function verifyVersions(db: Db, articleId: string | null): Promise<Verification> {
  return db.transaction(async (sql) => {
    await sql.rows('set transaction isolation level repeatable read read only', []);
    const walk: Walk = { sql, articles: 0, versions: 0 };
    const flaw = articleId === null ? await walkAll(walk) : await walkOne(walk, articleId);
    return { articles: walk.articles, versions: walk.versions, flaw };
  });
}

type Walk = { readonly sql: Sql; articles: number; versions: number };
/** `told`: the newest version that the event log tells of. */
type Head = { readonly id: string; readonly version: number; readonly told: number | null };

// By article_pkey, and event_subject_idx for each.
const selectHeads = (condition: string) => `
  select a.id::text, a.version, (
    select max((e.payload ->> 'version')::int) from event e
    where e.subject_type = 'article' and e.subject_id = a.id and e.payload ? 'hash') as told
  from article a where ${condition} order by a.id limit ${articlesAtOnce}`;

async function walkOne(walk: Walk, id: string): Promise<Flaw | null> {
  return walkChains(walk, await walk.sql.rows<Head>(selectHeads('a.id = $1::uuid'), [id]));
}

async function walkAll(walk: Walk): Promise<Flaw | null> {
  let after = firstId;
  for (;;) {
    const heads = await walk.sql.rows<Head>(selectHeads('a.id > $1::uuid'), [after], 'verify_heads');
    const last = heads.at(-1);
    if (last === undefined) return findMissingArticle(walk.sql);
    const flaw = await walkChains(walk, heads);
    if (flaw !== null) return flaw;
    after = last.id;
  }
}

/** Article by article, version by version. */
async function walkChains(walk: Walk, heads: readonly Head[]): Promise<Flaw | null> {
  const waiting = [...heads];
  let last: Version | null = null;
  const finish = (): Flaw | null => {
    const flaw = judgeEnd(waiting.shift()!, last);
    walk.articles += 1;
    last = null;
    return flaw;
  };
  for await (const version of readVersions(walk.sql, heads)) {
    while (waiting[0]?.id !== version.articleId) {
      const flaw = finish();
      if (flaw !== null) return flaw;
    }
    walk.versions += 1;
    const flaw = judgeVersion(version, last);
    if (flaw !== null) return flaw;
    last = version;
  }
  while (waiting.length > 0) {
    const flaw = finish();
    if (flaw !== null) return flaw;
  }
  return null;
}

type Version = {
  readonly articleId: string;
  readonly number: number;
  readonly createdAt: Date;
  readonly createdBy: Actor;
  readonly note: string | null;
  readonly hash: string;
  readonly previousHash: string | null;
  readonly content: ArticleContent;
};

// By article_version_pkey.
const selectVersions = `
  select v.article_id::text as "articleId", v.number, v.created_at as "createdAt",
    json_build_object('type', case when v.created_by_editor is null then 'service' else 'editor' end,
      'id', coalesce(v.created_by_editor::text, v.created_by_service), 'name', '') as "createdBy",
    v.note, encode(v.hash, 'hex') as hash, encode(v.previous_hash, 'hex') as "previousHash", ${contentJson} as content
  from article_version v
  where (v.article_id, v.number) > ($1::uuid, $2::int) and v.article_id <= $3::uuid
  order by v.article_id, v.number limit ${versionsAtOnce}`;

type Told = { readonly id: string; readonly number: number; readonly hash: string; readonly position: string };

// By event_subject_idx, onwards from where the log was left: what it was told of these versions, and no more than that.
const selectTold = `
  select w.id::text, e.number, e.hash, e.position::text
  from unnest($1::uuid[], $2::bigint[], $3::int[]) as w(id, after, count)
  cross join lateral (
    select (e.payload ->> 'version')::int as number, e.payload ->> 'hash' as hash, e.position
    from event e
    where e.subject_type = 'article' and e.subject_id = w.id and e.position > w.after and e.payload ? 'hash'
    order by e.position limit w.count) as e
  order by e.position`;

type ToldVersion = Version & { readonly told: readonly string[] };

async function* readVersions(sql: Sql, heads: readonly Head[]): AsyncGenerator<ToldVersion> {
  const [first, last] = [heads[0], heads.at(-1)];
  if (first === undefined || last === undefined) return;
  const log = createLog(sql);
  let after = { articleId: first.id, number: -1 };
  for (;;) {
    const values = [after.articleId, after.number, last.id];
    const versions = await sql.rows<Version>(selectVersions, values, 'verify_versions');
    const told = await log.readTold(versions);
    for (const version of versions) yield { ...version, told: told.get(nameOf(version)) ?? [] };
    if (versions.length < versionsAtOnce) return;
    after = versions.at(-1)!;
  }
}

/** Reads the log along with the versions: it was told of them in their order. */
function createLog(sql: Sql) {
  let left = { articleId: '', position: '0' };
  return {
    async readTold(versions: readonly Version[]): Promise<Map<string, string[]>> {
      const newest = new Map(versions.map(({ articleId, number }) => [articleId, number]));
      const ids = [...newest.keys()];
      const positions = ids.map((id) => (id === left.articleId ? left.position : '0'));
      const counts = ids.map((id) => versions.filter(({ articleId }) => articleId === id).length);
      const rows = await sql.rows<Told>(selectTold, [ids, positions, counts], 'verify_told');
      const told = new Map<string, string[]>();
      for (const { id: articleId, number, hash, position } of rows) {
        const name = nameOf({ articleId, number });
        told.set(name, [...(told.get(name) ?? []), hash]);
        if (number <= newest.get(articleId)! && articleId === ids.at(-1)) left = { articleId, position };
      }
      return told;
    },
  };
}

const nameOf = ({ articleId, number }: Pick<Version, 'articleId' | 'number'>) => `${articleId} ${number}`;

function judgeVersion(version: ToldVersion, last: Version | null): Flaw | null {
  const { articleId, number, hash, previousHash, told, content } = version;
  const flaw = (what: string): Flaw => ({ articleId, version: number, what });
  const expected = (last?.number ?? 0) + 1;
  if (number !== expected) return missing(articleId, expected);
  if (previousHash !== (last?.hash ?? null)) return flaw('it does not follow the version before it (previous hash)');
  const bytes = previousHash === null ? null : Buffer.from(previousHash, 'hex');
  const found = hashVersion({ ...version, previousHash: bytes }, content).toString('hex');
  if (found !== hash) {
    return flaw(
      told.includes(found)
        ? 'its stored hash was replaced; what it holds is what the event log was told'
        : 'what it holds (content, author, instant or note) is not what its hash was made of',
    );
  }
  // A log that was shortened tells of some no more.
  if (told.some((each) => each !== hash)) return flaw('its hash is not the one that the event log was told');
  return null;
}

function judgeEnd({ id, version, told }: Head, last: Version | null): Flaw | null {
  const newest = last?.number ?? 0;
  if (newest < Math.max(version, told ?? 0)) return missing(id, newest + 1);
  if (newest > version)
    return { articleId: id, version: newest, what: `the article says that version ${version} is its newest` };
  return null;
}

const missing = (articleId: string, version: number): Flaw => ({ articleId, version, what: 'it is missing' });

// By event_type_idx, article_pkey and event_subject_idx. Who was removed for good left a tombstone.
const selectCreated = `
  select e.position::text, e.subject_id::text as id,
    not exists (select from article a where a.id = e.subject_id)
      and not exists (select from event t where t.subject_type = 'article' and t.subject_id = e.subject_id
                      and t.type = 'article.purged') as gone
  from event e where e.type = 'article.created' and e.position > $1::bigint
  order by e.position limit ${eventsAtOnce}`;

async function findMissingArticle(sql: Sql): Promise<Flaw | null> {
  let after = '0';
  for (;;) {
    const rows = await sql.rows<{ position: string; id: string; gone: boolean }>(
      selectCreated,
      [after],
      'verify_created',
    );
    const gone = rows.find((row) => row.gone);
    if (gone !== undefined)
      return { articleId: gone.id, version: null, what: 'it is missing, and no purge was recorded' };
    if (rows.length < eventsAtOnce) return null;
    after = rows.at(-1)!.position;
  }
}

// By primary keys; in the trash, too.
const selectId = `
  select a.id::text from article a
  where a.id = $2::uuid or a.id = (select s.article_id from article_slug s where s.slug = $1)`;

export async function findArticleId(sql: Sql, slug: string, id: string | null): Promise<string | null> {
  const [row] = await sql.rows<{ id: string }>(selectId, [slug, id]);
  return row?.id ?? null;
}
