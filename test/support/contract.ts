// Holds every response of the test suite against the OpenAPI document: an operation, status, media type, field or header of
// ours that the document does not name fails the test that met it.
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;
type Response = { content?: Record<string, { schema: Json }>; headers?: Json };
type Operation = { operationId: string; responses: Record<string, Response> };
type Answer = { status: number; type: string; body: unknown; headers?: Readonly<Record<string, unknown>> };

export type Contract = { check(method: string, path: string, answer: Answer): void; covered: Set<string> };

export function createContract(document: object): Contract {
  const closed = closeObjects(structuredClone(document) as Json) as Json;
  const ajv = new Ajv2020.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'contract', ...closed });
  const paths = Object.entries(closed.paths as Record<string, Record<string, Operation>>).map(
    ([template, methods]) => ({ template, form: toForm(template), methods }),
  );
  const ours = Object.keys((closed.components as { headers: Json }).headers);
  const validators = new Map<string, ValidateFunction>();
  const covered = new Set<string>();

  function check(method: string, path: string, answer: Answer): void {
    const verb = method.toLowerCase() === 'head' ? 'get' : method.toLowerCase();
    const found = paths.filter(({ form }) => form.test(path.split('?', 1)[0]!));
    // A path without names is matched before templates (OpenAPI 3.1, section 4.8.8.2), whichever methods it has.
    const concrete = found.filter(({ template }) => !template.includes('{'));
    const match = (concrete.length > 0 ? concrete : found)
      .toSorted((a, b) => countNames(a.template) - countNames(b.template))
      .find(({ methods }) => methods[verb]);
    const where = `${method} ${path} -> ${answer.status}`;
    if (match === undefined) {
      if (verb !== 'options') requireProblem(answer, where, method.toUpperCase() === 'HEAD');
      return;
    }
    const operation = match.methods[verb]!;
    covered.add(operation.operationId);
    const response = operation.responses[String(answer.status)];
    if (response === undefined)
      throw new Error(`${where}: the document of ${operation.operationId} does not name this status`);
    const undeclared = ours.filter(
      (name) => answer.headers?.[name.toLowerCase()] !== undefined && response.headers?.[name] === undefined,
    );
    if (undeclared.length > 0)
      throw new Error(`${where}: the document of ${operation.operationId} does not name the header ${undeclared}`);
    if (response.content === undefined || method.toUpperCase() === 'HEAD') return;
    const type = answer.type.replace(/;\s*charset=utf-8$/i, '');
    if (response.content[type] === undefined)
      throw new Error(`${where}: the document does not name the media type "${type}"`);
    const pointer = ['paths', match.template, verb, 'responses', String(answer.status), 'content', type, 'schema'];
    validate(`contract#/${pointer.map(escapePointer).join('/')}`, answer.body, where);
  }

  function requireProblem(answer: Answer, where: string, isHead: boolean): void {
    if (answer.status < 400) throw new Error(`${where}: the document does not name this address`);
    if (isHead) return;
    validate('contract#/components/schemas/Problem', answer.body, where);
  }

  function validate(reference: string, body: unknown, where: string): void {
    const validator = validators.get(reference) ?? ajv.compile({ $ref: reference });
    validators.set(reference, validator);
    if (validator(body)) return;
    const faults = (validator.errors ?? [])
      .slice(0, 5)
      .map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
    throw new Error(
      `${where}: the answer does not fit the document\n  ${faults.join('\n  ')}\n${JSON.stringify(body).slice(0, 500)}`,
    );
  }

  return { check, covered };
}

const toForm = (template: string) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
const countNames = (template: string) => template.split('{').length;
const escapePointer = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** A field that is not in the document is a lie of the document, so objects take no others here. */
function closeObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeObjects);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]) => [
    key,
    key === 'example' || key === 'examples' ? child : closeObjects(child),
  ]);
  const schema = Object.fromEntries(entries) as Json;
  const isObjectSchema = schema.type === 'object' && typeof schema.properties === 'object';
  return isObjectSchema && schema.additionalProperties === undefined
    ? { ...schema, additionalProperties: false }
    : schema;
}
