// The floors of writes: the rows of the act with the locks it needs, through bare `pg`, in one transaction.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type pg from 'pg';

export type Given = { section: string; source: string; editor: string; blocks: string };

type Send = (act: 'create' | 'patch' | 'publish' | 'batch', reply: FastifyReply) => FastifyReply;
type ById = { Params: { id: string }; Body: { title: string } };
type Batch = { Body: { operations: { body: { title: string } }[] } };

const hash = Buffer.alloc(32);

// The rows that POST /v1/articles makes: the version with its credits, the slug and the article.
const insertArticle = `
  with new_version as (
    insert into article_version (article_id, number, slug, locale, title, body, word_count, section_id, source_id, metadata,
      created_at, created_by_service, hash)
    values ($1::uuid, 1, $2, 'zh-CN', $3, $4::jsonb, 100, $5::uuid, $6::uuid, '{}', $7::timestamptz, 'bench', $8::bytea)),
  new_credit as (
    insert into article_version_credit (article_id, version, position, role, editor_id)
    values ($1::uuid, 1, 1, 'responsible_editor', $9::uuid)),
  new_slug as (insert into article_slug (slug, article_id, created_at) values ($2, $1::uuid, $7::timestamptz))
  insert into article (id, slug, title, section_id, source_id, created_at, created_by_service, updated_at)
  values ($1::uuid, $2, $3, $5::uuid, $6::uuid, $7::timestamptz, 'bench', $7::timestamptz)`;

const lockArticle = 'select version, slug, title from article where id = $1::uuid for no key update';

// The next version with its credits, and the head.
const insertVersion = `
  with new_version as (
    insert into article_version (article_id, number, slug, locale, title, body, word_count, section_id, source_id, metadata,
      created_at, created_by_service, hash, previous_hash)
    values ($1::uuid, $10::int, $2, 'zh-CN', $3, $4::jsonb, 100, $5::uuid, $6::uuid, '{}', $7::timestamptz, 'bench',
      $8::bytea, $8::bytea)),
  new_credit as (
    insert into article_version_credit (article_id, version, position, role, editor_id)
    values ($1::uuid, $10::int, 1, 'responsible_editor', $9::uuid))
  update article set title = $3, version = $10::int, revision = revision + 1, updated_at = $7::timestamptz
  where id = $1::uuid`;

// The publication with its editor, the slug from now on public, and the head.
const insertPublication = `
  with new_publication as (
    insert into publication (id, article_id, version, visible_from, section_id, source_id, title, published_at, created_at,
      created_by_service, start_announced)
    values ($2::uuid, $1::uuid, $3::int, $7::timestamptz, $4::uuid, $5::uuid, $8, $7::timestamptz, $7::timestamptz, 'bench',
      true)),
  new_editor as (
    insert into publication_editor (publication_id, editor_id, section_id, article_id, published_at, visible_from)
    values ($2::uuid, $6::uuid, $4::uuid, $1::uuid, $7::timestamptz, $7::timestamptz)),
  kept_slug as (update article_slug set published_from = $7::timestamptz where slug = $9)
  update article set published_at = $7::timestamptz, revision = revision + 1, updated_at = $7::timestamptz
  where id = $1::uuid`;

// The events of an act, in their turn.
const insertEvents = `
  with recorded as (
    insert into event (position, id, type, subject_type, subject_id, actor_type, actor_id, occurred_at, recorded_at, payload,
      is_public)
    select nextval('event_position_seq'), e.id, e.type, 'article', e.subject_id, 'service', 'bench', $2::timestamptz,
      $2::timestamptz, e.payload, e.type = 'article.published'
    from (select pg_advisory_xact_lock(hashtext('event_position')) offset 0) as lock
    cross join jsonb_to_recordset($1::jsonb) as e(id uuid, type text, subject_id uuid, payload jsonb)
    returning position)
  select count(pg_notify('masthead_event', position::text)) from recorded`;

type Run = (name: string, text: string, values: unknown[]) => Promise<pg.QueryResult>;

export function registerActs(app: FastifyInstance, pool: pg.Pool, given: Given, send: Send): void {
  const { section, source, editor, blocks } = given;
  const create = async (run: Run, title: string, at: string) => {
    const id = randomUUID();
    const values = [id, `floor-${id}`, title, blocks, section, source, at, hash, editor];
    await run('article', insertArticle, values);
    return { id: randomUUID(), type: 'article.created', subject_id: id, payload: { revision: 1, version: 1, title } };
  };
  const record = (run: Run, events: readonly object[], at: string) =>
    run('event', insertEvents, [JSON.stringify(events), at]);

  app.post<ById>('/create', async ({ body }, reply) => {
    await inTransaction(pool, async (run, at) => record(run, [await create(run, body.title, at)], at));
    return send('create', reply.code(201));
  });
  app.post<Batch>('/batch', async ({ body }, reply) => {
    await inTransaction(pool, async (run, at) => {
      const events: object[] = [];
      for (const operation of body.operations) events.push(await create(run, operation.body.title, at));
      await record(run, events, at);
    });
    return send('batch', reply);
  });
  app.patch<ById>('/patch/:id', async ({ params: { id }, body: { title } }, reply) => {
    await inTransaction(pool, async (run, at) => {
      const [head] = (await run('lock', lockArticle, [id])).rows as { version: number; slug: string }[];
      const number = head!.version + 1;
      await run('version', insertVersion, [id, head!.slug, title, blocks, section, source, at, hash, editor, number]);
      const payload = { revision: number, fields: ['title'], version: number };
      await record(run, [{ id: randomUUID(), type: 'article.revised', subject_id: id, payload }], at);
    });
    return send('patch', reply);
  });
  app.post<ById>('/publish/:id', async ({ params: { id } }, reply) => {
    await inTransaction(pool, async (run, at) => {
      const [head] = (await run('lock', lockArticle, [id])).rows as { version: number; slug: string; title: string }[];
      const { version, slug, title } = head!;
      const publicationId = randomUUID();
      const values = [id, publicationId, version, section, source, editor, at, title, slug];
      await run('publication', insertPublication, values);
      const payload = { publicationId, version, slug, visibleFrom: at, visibleUntil: null };
      await record(run, [{ id: randomUUID(), type: 'article.published', subject_id: id, payload }], at);
    });
    return send('publish', reply);
  });
}

async function inTransaction(pool: pg.Pool, work: (run: Run, at: string) => Promise<unknown>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work((name, text, values) => client.query({ name, text, values }), new Date().toISOString());
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
