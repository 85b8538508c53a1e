// The floors of DESIGN section 5, as a process of their own: what the same answer costs when nothing is done for it.
// Told by the environment; it answers
//   /constant/<name>          a constant Buffer
//   /prepared/<name>?key=…    the text of one row, by one prepared statement
//   POST /create              the rows of a created article, in one transaction
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const jsonType = 'application/json; charset=utf-8';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 5, idleTimeoutMillis: 0 });
const app = Fastify({ logger: false });

const { rows: constants } = await pool.query<{ key: string; text: string }>(
  "select key, text from bench_answer where key like 'constant:%'",
);
for (const { key, text } of constants) {
  const bytes = Buffer.from(text);
  app.get(`/constant/${key.slice('constant:'.length)}`, (_request, reply) => reply.type(jsonType).send(bytes));
}

const selectAnswer = 'select text from bench_answer where key = $1';
app.get<{ Params: { key: string } }>('/prepared/:key', async (request, reply) => {
  const values = [request.params.key];
  const { rows } = await pool.query<{ text: string }>({ name: 'answer', text: selectAnswer, values });
  return reply.type(jsonType).send(Buffer.from(rows[0]!.text));
});

// The rows that POST /v1/articles makes: the version with its credits, the slug, the article, and the event in its turn.
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
const insertEvent = `
  with recorded as (
    insert into event (position, id, type, subject_type, subject_id, actor_type, actor_id, occurred_at, recorded_at, payload)
    select nextval('event_position_seq'), $1::uuid, 'article.created', 'article', $2::uuid, 'service', 'bench',
      $3::timestamptz, $3::timestamptz, $4::jsonb
    from (select pg_advisory_xact_lock(hashtext('event_position')) offset 0) as lock
    returning position)
  select count(pg_notify('masthead_event', position::text)) from recorded`;

type Given = { section: string; source: string; editor: string; blocks: string; answer: string };
const given = JSON.parse(process.env.BENCH_CREATE ?? '{}') as Given;
const answer = Buffer.from(given.answer ?? '');
const hash = Buffer.alloc(32);

app.post<{ Body: { title: string } }>('/create', async (request, reply) => {
  const [id, at, { title }] = [randomUUID(), new Date().toISOString(), request.body];
  const values = [id, `floor-${id}`, title, given.blocks, given.section, given.source, at, hash, given.editor];
  const payload = JSON.stringify({ revision: 1, version: 1, title });
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query({ name: 'article', text: insertArticle, values });
    await client.query({ name: 'event', text: insertEvent, values: [randomUUID(), id, at, payload] });
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  return reply.code(201).type(jsonType).send(answer);
});

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
process.on('SIGTERM', () => process.exit(0));
