// The OpenAPI document, as committed: fresh, complete, and true to its own schemas.
import { execFileSync } from 'node:child_process';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { problemKinds } from '../../src/core/problem-kinds.ts';
import { buildDocument } from '../../src/openapi.ts';
import { readText, root } from './files.ts';

type Json = Record<string, unknown>;
type Media = { schema: Json; example?: unknown };
type Parameter = { name: string; in: string; description?: string; schema: Json };
type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  security: Json[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
};
type Document = {
  openapi: string;
  info: Json;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
};

const committed = readText('openapi/openapi.json');
const document = JSON.parse(committed) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation, name: `${method} ${path}` })),
);
const isSuccess = (status: string) => status.startsWith('2');

const ajv = new Ajv2020.default({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi', ...document });

/** What keeps the example at this place of the document from being valid against the schema beside it. */
function listFaults(path: string[], example: unknown): string[] {
  const pointer = path.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const validate = ajv.compile({ $ref: `openapi#/${pointer}/schema` });
  if (example === undefined) return ['has no example'];
  return validate(example) ? [] : validate.errors!.map((error) => `${error.instancePath} ${error.message}`);
}

describe('openapi/openapi.json', () => {
  it('is what the code would generate now (npm run openapi)', async () => {
    const fresh = `${JSON.stringify(await buildDocument(), null, 2)}\n`;
    // Compared as a whole: what differs, `git diff` shows after `npm run openapi`.
    expect(committed === fresh, 'openapi/openapi.json is stale: npm run openapi').toBe(true);
  });

  it('is OpenAPI 3.1 with a title, a version, a licence and a description', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    expect(document.info).toMatchObject({ title: 'Masthead', version, license: { name: 'MIT' } });
    expect(document.info.description).toMatch(/\w/);
  });

  it('passes redocly lint with the recommended rules', { timeout: 120_000 }, () => {
    const report = JSON.parse(
      execFileSync(
        'node_modules/.bin/redocly',
        ['lint', 'openapi/openapi.json', '--extends=recommended', '--format=json'],
        {
          cwd: root,
          // It must not look for a newer version of itself.
          env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      ),
    ) as { totals: { errors: number }; problems: { ruleId: string; message: string }[] };
    expect(report.totals.errors).toBe(0);
    // /{idOrSlug}/publish beside /by-external-id/{externalId}: nothing has the reserved slug "by-external-id".
    const others = report.problems.filter(
      ({ ruleId, message }) => ruleId !== 'no-ambiguous-paths' || !message.includes('by-external-id'),
    );
    expect(others).toEqual([]);
  });
});

describe('every operation', () => {
  it('has an id of its own, a summary and a known tag', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Set(document.tags.map((tag) => tag.name));
    for (const { name, operation } of operations) {
      expect(operation.operationId, name).toMatch(/^[a-z]+[A-Z]\w+$/);
      expect(operation.summary, name).toMatch(/^[A-Z].{8,}$/);
      expect(
        operation.tags.filter((tag) => tags.has(tag)),
        name,
      ).toHaveLength(1);
    }
    expect(tags).toEqual(new Set(operations.flatMap(({ operation }) => operation.tags)));
  });

  it('says whether it needs a key, and what it answers when the key is wrong', () => {
    expect(document.components.securitySchemes).toMatchObject({ apiKey: { type: 'http', scheme: 'bearer' } });
    for (const { name, method, operation } of operations) {
      const isOpen = operation.security.some((scheme) => Object.keys(scheme).length === 0);
      expect(operation.security, name).toContainEqual({ apiKey: [] });
      expect(isOpen && method !== 'get', `${name} writes without a key`).toBe(false);
      expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(isOpen ? ['401'] : ['401', '403']));
    }
  });

  it('names its errors by code, each as a problem document', () => {
    for (const { name, operation } of operations) {
      const errors = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(
        errors.map(([status]) => status),
        name,
      ).toEqual(expect.arrayContaining(['400', '401', '406', '500', '503']));
      for (const [status, response] of errors) {
        expect(Object.keys(response.content ?? {}), `${name} ${status}`).toEqual(['application/problem+json']);
        expect(response.content!['application/problem+json']!.schema).toEqual({ $ref: '#/components/schemas/Problem' });
        const codes = [...response.description.matchAll(/`([\w.]+)`/g)].map((match) => match[1]!);
        expect(codes.length, `${name} ${status}`).toBeGreaterThan(0);
        for (const code of codes) expect(problemKinds[code as keyof typeof problemKinds]?.status).toBe(Number(status));
      }
    }
  });

  it('with a body shows an example of it that is valid', () => {
    for (const { path, method, name, operation } of operations) {
      for (const [type, media] of Object.entries(operation.requestBody?.content ?? {})) {
        const place = ['paths', path, method, 'requestBody', 'content', type];
        expect(listFaults(place, media.example), `${name} ${type}`).toEqual([]);
      }
    }
  });

  it('with an answer shows an example of it that is valid', () => {
    for (const { path, method, name, operation } of operations) {
      const successes = Object.entries(operation.responses).filter(([status]) => isSuccess(status));
      expect(successes.length, name).toBeGreaterThan(0);
      const medias = successes.flatMap(([status, { content }]) =>
        Object.entries(content ?? {}).map(([type, media]) => ({ status, type, media })),
      );
      const shown = medias.filter(({ media }) => media.example !== undefined);
      expect(shown.length > 0 || medias.length === 0, `${name} shows no answer`).toBe(true);
      for (const { status, type, media } of shown) {
        const place = ['paths', path, method, 'responses', status, 'content', type];
        expect(listFaults(place, media.example), `${name} ${status}`).toEqual([]);
      }
    }
  });

  it('that needs a body says which media types it takes', () => {
    for (const { name, method, operation } of operations) {
      if (!operation.requestBody) continue;
      expect(['post', 'put', 'patch'], name).toContain(method);
      expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(['413', '415']));
    }
  });

  it('declares each part of its path as a parameter', () => {
    for (const { path, name, operation } of operations) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(
        declared.map((parameter) => parameter.name),
        name,
      ).toEqual(parts);
    }
  });
});

describe('every schema', () => {
  it('that an operation takes or gives is a named component', () => {
    const anonymous = operations.flatMap(({ name, operation }) =>
      [
        ...Object.values(operation.requestBody?.content ?? {}),
        ...Object.values(operation.responses).flatMap((response) => Object.values(response.content ?? {})),
      ]
        .filter((media) => !isNamed(media.schema))
        .map((media) => `${name}: ${JSON.stringify(media.schema).slice(0, 80)}`),
    );
    expect(anonymous).toEqual([]);
  });

  it('of the components has a description and a name in PascalCase, and is in use', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(schema.description, name).toMatch(/\w/);
      expect(committed, name).toContain(`"#/components/schemas/${name}"`);
    }
  });
});

/** A reference, or a choice among references. */
function isNamed(schema: Json): boolean {
  if (typeof schema.$ref === 'string') return true;
  const choices = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  return choices?.every((choice) => isNamed(choice) || choice.type === 'null') ?? false;
}
