// POST /v1/batch: several writes in one transaction, all or nothing. An operation is a write as its own route takes it;
// what a route declared (schemas, permission, preparation) holds here as well, so a new write needs nothing for it.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { problem } from '../../core/problems.ts';
import type { Tx } from '../db/db.ts';
import type { Deps } from '../deps.ts';
import type { Act } from '../events/record.ts';
import { type Operation, type Planned, type Planner, planBatch, prepareOperation } from './batch-plan.ts';
import { operationFailed, standsForNothing } from './batch-problems.ts';
import { hasReferences, type Made, type Names, nameForm } from './batch-references.ts';
import { listDeclarations, type RouteRequest } from './declaration.ts';
import { text } from './parameters.ts';
import { declareWrite } from './write.ts';
import { type Showing, toKept, type Write, type WriteAnswer } from './write-run.ts';

const operationsMax = 100;

const operationName = z.string().regex(nameForm, 'must be a letter, then letters, digits, _ or -; up to 50');
const reference = z.strictObject({ $ref: operationName });

const operation = z
  .strictObject({
    name: operationName
      .optional()
      .describe(
        'For later operations: `{name}` in a path and `{"$ref": "name"}` in a body stand for the id made here.',
      ),
    method: z.enum(['POST', 'PATCH', 'PUT', 'DELETE']),
    path: text(1000).describe('Of the write, such as `/v1/articles/{name}/publish`; without a query.'),
    ifMatch: z
      .union([text(1000), reference])
      .optional()
      .describe('What `If-Match` would be; `{"$ref": "name"}` is the ETag after that operation.'),
    body: z.unknown().optional(),
  })
  .meta({ id: 'BatchOperation', description: 'One write of a batch.' });

const batchInput = z
  .strictObject({ operations: z.array(operation).min(1).max(operationsMax) })
  .meta({ id: 'Batch', description: `Up to ${operationsMax} writes that are carried out together, or none of them.` });

const batchResult = z
  .object({
    results: z.array(
      z.object({
        status: z.int(),
        etag: z.string().nullable(),
        location: z.string().nullable(),
        body: z.unknown().describe('What the operation answers alone; null where it has no body.'),
      }),
    ),
  })
  .meta({ id: 'BatchResult', description: 'One result for each operation, in their order.' });

const example = {
  body: {
    operations: [
      { name: 'section', method: 'POST', path: '/v1/sections', body: { name: '科技' } },
      {
        name: 'story',
        method: 'POST',
        path: '/v1/articles',
        body: { title: '新区开工', section: { $ref: 'section' } },
      },
      { method: 'POST', path: '/v1/articles/{story}/publish', ifMatch: { $ref: 'story' } },
    ],
  },
  response: {
    results: [
      {
        status: 201,
        etag: '"r1"',
        location: 'https://news.example/v1/sections/0195f2a0-0000-7000-8000-000000000001',
        body: { id: '0195f2a0-0000-7000-8000-000000000001', slug: 'ke-ji', name: '科技' },
      },
    ],
  },
};

export function registerBatch(app: FastifyInstance, deps: Deps): void {
  let planner: Planner | undefined;
  // Made at the first batch, when every write is declared.
  const ensurePlanner = () => {
    planner ??= planBatch(listDeclarations(app));
    return planner;
  };
  declareWrite(
    app,
    deps,
    {
      method: 'POST',
      url: '/v1/batch',
      operationId: 'runBatch',
      tag: 'Batch',
      summary: 'Carry out several writes together, or none',
      description:
        'One transaction. Each operation is judged as if it came alone; the first that fails undoes all, and the answer names it.',
      permission: 'self.read',
      // SQL alone costs half as much.
      handle: ({ body }) => ensurePlanner().handleOf(body.operations),
      inBatch: false,
      body: batchInput,
      responses: { 200: { description: 'All were carried out.', schema: batchResult } },
      problems: ['batch.operation_failed'],
      examples: example,
    },
    async (request) => {
      const planned = ensurePlanner().plan(request.body.operations, request);
      // What needs no earlier result is read before the transaction begins.
      const ready: (Write | null)[] = [];
      for (const each of planned) ready.push(hasReferences(each.operation) ? null : await prepare(each, {}, request));
      return (tx, act) => carryOutAll(tx, act, planned, ready, request);
    },
  );
}

type BatchRequest = RouteRequest<unknown, unknown, { operations: Operation[] }>;

async function prepare(planned: Planned, names: Names, request: BatchRequest): Promise<Write> {
  try {
    return await prepareOperation(planned, names, request);
  } catch (error) {
    throw operationFailed(planned, error, request.raw.id);
  }
}

async function carryOutAll(
  tx: Tx,
  act: Act,
  planned: readonly Planned[],
  ready: readonly (Write | null)[],
  request: BatchRequest,
): Promise<WriteAnswer> {
  const names: Record<string, Made> = {};
  const answers: WriteAnswer[] = [];
  for (const each of planned) {
    const write = ready[each.index] ?? (await prepare(each, names, request));
    const answer = await carryOutOne(tx, act, each, write, request);
    if (each.operation.name !== undefined) names[each.operation.name] = identify(each, answer);
    answers.push(answer);
  }
  return { status: 200, view: (showing) => printResults(answers, showing) };
}

async function carryOutOne(
  tx: Tx,
  act: Act,
  planned: Planned,
  write: Write,
  request: BatchRequest,
): Promise<WriteAnswer> {
  try {
    return await write(tx, act);
  } catch (error) {
    throw operationFailed(planned, error, request.raw.id);
  }
}

const printResults = (answers: readonly WriteAnswer[], showing: Showing) =>
  `{"results":[${answers.map((answer) => printResult(answer, showing)).join(',')}]}`;

function printResult(answer: WriteAnswer, showing: Showing): string {
  const { status, headers, body } = toKept(answer, showing);
  const head = JSON.stringify({ status, etag: headers.ETag ?? null, location: headers.Location ?? null });
  return `${head.slice(0, -1)},"body":${body}}`;
}

function identify(planned: Planned, answer: WriteAnswer): Made {
  const { headers, body } = toKept(answer, 'made');
  const view = body === null ? null : (JSON.parse(body) as { id?: unknown });
  if (typeof view?.id === 'string') return { id: view.id, etag: headers.ETag ?? null };
  const fault = standsForNothing(planned);
  throw problem('request.invalid', { detail: fault.message, errors: [fault] });
}
