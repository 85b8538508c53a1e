// The floors, as a process of their own: what the same answer costs when nothing is done for it. What they answer was put
// down in the tables bench_constant and bench_answer; the address of the database comes from the environment. They write
// the same log as our program, one line for each request.
//   /constant/<name>          constant bytes
//   /prepared/<key>           the text of one row, by one prepared statement
//   POST /create, PATCH /patch/<id>, POST /publish/<id>, POST /batch     the rows of the act, with the least SQL
//   POST /same/<act>, /same/<act>/<id>                                   the very SQL of ours
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import pg from 'pg';
import { parseConfig } from '../../src/platform/config/config.ts';
import { planOptions } from '../../src/platform/db/pool.ts';
import { createLog } from '../../src/platform/log.ts';
import { adminKey } from '../stage.ts';
import { type Given, registerActs } from './acts.ts';
import { createReplay, openRecorder, type RecordedRequest } from './recorded.ts';

const jsonType = 'application/json; charset=utf-8';
const connectionString = process.env.DATABASE_URL!;
// The session is set as ours is.
const pool = new pg.Pool({ connectionString, options: `-c TimeZone=UTC ${planOptions}`, max: 5, idleTimeoutMillis: 0 });
const log = createLog(parseConfig({}));
const app = Fastify({
  loggerInstance: log as FastifyBaseLogger,
  logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
  bodyLimit: 10 * 1024 * 1024,
});
// As our program writes it.
const lines = log.child({}, { redact: [] });
app.addHook('onResponse', ({ id: requestId, method, url: path }, reply, done) => {
  const durationMs = Math.round(reply.elapsedTime * 10) / 10;
  lines.info({ requestId, method, path, operation: 'getFloor', status: reply.statusCode, durationMs }, 'request');
  done();
});

type Constant = { name: string; status: number; coding: string | null; bytes: Buffer };

function registerConstant({ name, status, coding, bytes }: Constant): void {
  const url = `/constant/${name}`;
  if (status === 304) app.get(url, (_request, reply) => reply.code(304).send());
  else if (coding === null) app.get(url, (_request, reply) => reply.type(jsonType).send(bytes));
  else app.get(url, (_request, reply) => reply.header('content-encoding', coding).type(jsonType).send(bytes));
}

const selectAnswer = 'select text from bench_answer where key = $1';
app.get<{ Params: { key: string } }>('/prepared/:key', async (request, reply) => {
  const values = [request.params.key];
  const { rows } = await pool.query<{ text: string }>({ name: 'answer', text: selectAnswer, values });
  return reply.type(jsonType).send(Buffer.from(rows[0]!.text));
});

/** What acts answer (`answer:<act>`), what they take (`given`), and requests of ours to record (`record:<act>`). */
async function registerWrites(server: FastifyInstance, texts: ReadonlyMap<string, string>): Promise<void> {
  const answers = new Map([...texts].map(([key, text]) => [key, Buffer.from(text)]));
  registerActs(server, pool, JSON.parse(texts.get('given')!) as Given, (act, reply) =>
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
    server.route<{ Params: { id?: string } }>({
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
}

const { rows: constants } = await pool.query<Constant>('select * from bench_constant');
constants.forEach(registerConstant);
const { rows: stored } = await pool.query<{ key: string; text: string }>(
  "select key, text from bench_answer where key = 'given' or key ~ '^(answer|record):'",
);
if (stored.length > 0) await registerWrites(app, new Map(stored.map(({ key, text }) => [key, text])));

app.get('/ready', (_request, reply) => reply.send('ready'));
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
process.on('SIGTERM', () => process.exit(0));
