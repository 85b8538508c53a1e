// The floors of DESIGN section 5, as a process of their own: what the same answer costs when nothing is done for it. What
// they answer stands in the table bench_answer; the address of the database comes from the environment.
//   /constant/<name>          a constant Buffer
//   /prepared/<key>           the text of one row, by one prepared statement
//   POST /create, PATCH /patch/<id>, POST /publish/<id>, POST /batch     the rows of the act, with the least SQL
//   POST /same/<act>, /same/<act>/<id>                                   the very SQL of ours
import Fastify from 'fastify';
import pg from 'pg';
import { type Given, registerActs } from './floor-acts.ts';
import { createReplay, openRecorder, type RecordedRequest } from './recorded.ts';
import { key as adminKey } from './stage.ts';

const jsonType = 'application/json; charset=utf-8';
const connectionString = process.env.DATABASE_URL!;
// The session is set as ours is.
const options = '-c TimeZone=UTC -c plan_cache_mode=force_generic_plan';
const pool = new pg.Pool({ connectionString, options, max: 5, idleTimeoutMillis: 0 });
const app = Fastify({ logger: false, bodyLimit: 10 * 1024 * 1024 });

const { rows: stored } = await pool.query<{ key: string; text: string }>(
  "select key, text from bench_answer where key = 'given' or key ~ '^(constant|answer|record):'",
);
const texts = new Map(stored.map(({ key, text }) => [key, text]));

for (const [key, text] of texts) {
  if (!key.startsWith('constant:')) continue;
  const bytes = Buffer.from(text);
  app.get(`/constant/${key.slice('constant:'.length)}`, (_request, reply) => reply.type(jsonType).send(bytes));
}

const selectAnswer = 'select text from bench_answer where key = $1';
app.get<{ Params: { key: string } }>('/prepared/:key', async (request, reply) => {
  const values = [request.params.key];
  const { rows } = await pool.query<{ text: string }>({ name: 'answer', text: selectAnswer, values });
  return reply.type(jsonType).send(Buffer.from(rows[0]!.text));
});

const answers = new Map([...texts].map(([key, text]) => [key, Buffer.from(text)]));
registerActs(app, pool, JSON.parse(texts.get('given')!) as Given, (act, reply) =>
  reply.type(jsonType).send(answers.get(`answer:${act}`)),
);

const recorder = await openRecorder(connectionString);
const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json', 'if-match': '*' };
// The first request of a minute notes that the key was used.
await recorder.record({ method: 'GET', url: '/v1/me', headers });
let number = Date.now() * 1000;
for (const [name, text] of texts) {
  if (!name.startsWith('record:')) continue;
  const act = name.slice('record:'.length);
  const { method, url, body, renamed } = JSON.parse(text) as RecordedRequest;
  const replay = createReplay(pool, await recorder.record({ method, url, headers, payload: body }), [renamed]);
  const answer = answers.get(`answer:${act}`);
  app.route<{ Params: { id?: string } }>({
    method,
    url: `/same/${act}/:id?`,
    handler: async ({ params }, reply) => {
      number += 1;
      await replay([params.id ?? String(number)]);
      return reply.type(jsonType).send(answer);
    },
  });
}
await recorder.close();

app.get('/ready', (_request, reply) => reply.send('ready'));
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
process.on('SIGTERM', () => process.exit(0));
