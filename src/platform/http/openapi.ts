// The OpenAPI 3.1 document, made from the routes' Zod schemas by @fastify/swagger, then tidied: schemas that nothing
// refers to go, and each operation gets its examples and the headers of its answers.
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { RouteFacts } from './declaration.ts';
import { headerComponents, listResponseHeaders } from './response-headers.ts';

type Json = Record<string, unknown>;
type Override = (context: {
  zodSchema: { _zod: { def: { type: string; catchall?: unknown } } };
  jsonSchema: Json;
}) => void;

// Replaces the library's own override, so it repeats the parts of it that we need (dates, undefined).
const override: Override = ({ zodSchema, jsonSchema }) => {
  const { type, catchall } = zodSchema._zod.def;
  if (type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
  if (type === 'undefined') jsonSchema.type = 'null';
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (type === 'object' && jsonSchema.additionalProperties === false && !catchall)
    delete jsonSchema.additionalProperties;
};

const zodToJsonConfig = { override } as unknown as NonNullable<
  Parameters<typeof createJsonSchemaTransform>[0]
>['zodToJsonConfig'];

export type DocumentInfo = {
  version: string;
  description: string;
  tags: readonly { name: string; description: string }[];
};

export async function registerOpenApi(app: FastifyInstance, info: DocumentInfo): Promise<void> {
  const facts = new Map<string, RouteFacts>();
  app.addHook('onRoute', (route) => {
    if (route.config?.facts) facts.set(route.config.facts.operationId, route.config.facts);
  });
  const finish = createJsonSchemaTransformObject({ zodToJsonConfig });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Masthead',
        version: info.version,
        description: info.description,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This server' }],
      tags: [...info.tags],
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' } } },
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig, skipList: [] }),
    transformObject: (document) => tidy(finish(document) as Json, facts) as ReturnType<typeof finish>,
  });
}

function tidy(document: Json, facts: ReadonlyMap<string, RouteFacts>): Json {
  const merged = mergeInputTwins(document);
  for (const operation of listOperations(merged)) {
    const declared = facts.get(String(operation.operationId));
    addExamples(operation, declared);
    if (declared !== undefined) addHeaders(operation, declared);
  }
  (merged.components as Json).headers = headerComponents();
  return shortenInputNames(dropUnused(merged));
}

function listOperations(document: Json): Json[] {
  const paths = Object.values(document.paths as Record<string, Record<string, Json>>);
  return paths.flatMap((methods) => Object.values(methods));
}

type Media = { content?: Record<string, Json> };

function addExamples(operation: Json, facts: RouteFacts | undefined): void {
  if (facts?.examples?.body !== undefined) {
    for (const media of Object.values((operation.requestBody as Media | undefined)?.content ?? {})) {
      media.example = facts.examples.body;
    }
  }
  const responses = operation.responses as Record<string, Media>;
  const success = Object.keys(responses).find((status) => status.startsWith('2'));
  if (facts?.examples?.response === undefined || success === undefined) return;
  for (const media of Object.values(responses[success]?.content ?? {})) media.example = facts.examples.response;
}

function addHeaders(operation: Json, facts: RouteFacts): void {
  for (const [status, response] of Object.entries(operation.responses as Record<string, Json>)) {
    const names = listResponseHeaders({ facts, status: Number(status) });
    response.headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  }
}

const referenceForm = /#\/components\/schemas\/([\w.-]+)"/g;
const schemasOf = (document: Json) => (document.components as { schemas: Record<string, Json> }).schemas;

/** Every named schema comes out twice, as `X` and as `XInput`; where both say the same, one stays. */
function mergeInputTwins(document: Json): Json {
  const schemas = schemasOf(document);
  const text = (schema: Json) => JSON.stringify(schema).replaceAll(/schemas\/(\w+?)Input"/g, 'schemas/$1"');
  const twins = new Map<string, string>();
  for (const name of Object.keys(schemas)) {
    const base = name.endsWith('Input') ? name.slice(0, -'Input'.length) : '';
    if (schemas[base] && schemas[name] && text(schemas[name]) === text(schemas[base])) twins.set(name, base);
  }
  return JSON.parse(JSON.stringify(document), (key, value) => {
    const twin = key === '$ref' ? twins.get(String(value).split('/').pop() ?? '') : undefined;
    return twin === undefined ? value : `#/components/schemas/${twin}`;
  }) as Json;
}

function dropUnused(document: Json): Json {
  const schemas = schemasOf(document);
  for (;;) {
    const used = new Set([...JSON.stringify(document).matchAll(referenceForm)].map((match) => match[1]));
    const unused = Object.keys(schemas).filter((name) => !used.has(name));
    if (unused.length === 0) return document;
    for (const name of unused) delete schemas[name];
  }
}

/** Where only the written form is in use, it takes the plain name. */
function shortenInputNames(document: Json): Json {
  const schemas = schemasOf(document);
  const shorter = (name: string) => {
    const base = name.endsWith('Input') ? name.slice(0, -'Input'.length) : name;
    return schemas[base] === undefined ? base : name;
  };
  const renamed = JSON.parse(
    JSON.stringify(document).replaceAll(
      referenceForm,
      (_match, name: string) => `#/components/schemas/${shorter(name)}"`,
    ),
  ) as Json;
  const entries = Object.entries(schemasOf(renamed)).map(([name, schema]) => [shorter(name), schema] as const);
  (renamed.components as Json).schemas = Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return renamed;
}
