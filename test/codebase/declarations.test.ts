// A route is a declaration: what it is called, who may use it, how its answers are cached, and what they look like.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildUnservedApp } from '../../src/openapi.ts';
import { permissions } from '../../src/platform/auth/permissions.ts';
import { cachePolicies } from '../../src/platform/delivery/policy.ts';
import { listDeclarations, type RouteFacts, requireDeclarations } from '../../src/platform/http/declaration.ts';
import { createHttp } from '../../src/platform/http/server.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { findLines, listFiles, readText } from './files.ts';

const unserved = await buildUnservedApp();
const routes = listDeclarations(unserved);
await unserved.close();

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const successOf = ({ responses }: RouteFacts) =>
  Object.entries(responses).filter(([status, { schema }]) => status.startsWith('2') && schema !== undefined);
const name = ({ method, url }: RouteFacts) => `${method} ${url}`;

describe('a route that came in without a declaration', () => {
  it.each([
    ['at the top', async (http: Awaited<ReturnType<typeof createHttp>>) => void http.get('/v1/loose', async () => 'x')],
    [
      'inside a plugin',
      async (http: Awaited<ReturnType<typeof createHttp>>) => {
        await http.register(async (scope) => void scope.post('/v1/loose', async () => 'x'));
        await http.ready();
      },
    ],
  ])('stops the boot, %s', async (_where, add) => {
    const http = await createHttp(app.deps);
    requireDeclarations(http);
    await expect(add(http)).rejects.toThrow(/\/v1\/loose came in without a declaration/);
    await http.close();
  });

  it('is looked for before the first module is registered', () => {
    const text = readText('src/app.ts');
    const guard = text.indexOf('requireDeclarations(app);');
    const first = text.search(/\n {2}(?:await )?register(?!OpenApi)\w+\(app/);
    expect(guard).toBeGreaterThan(0);
    expect(first).toBeGreaterThan(guard);
  });

  it('can hide only where no product lives: the documentation page, and the refusals of other methods', () => {
    const hiding = findLines(listFiles('src', /\.ts$/), /\bhide:\s*true/);
    expect([...new Set(hiding.map((line) => line.split(':', 1)[0]))]).toEqual([
      'src/platform/http/docs.ts',
      'src/platform/http/methods.ts',
    ]);
  });
});

describe('every declared route', () => {
  it('is found by these tests', () => {
    expect(routes.length).toBeGreaterThanOrEqual(30);
  });

  it.each(routes.map((route) => [name(route), route] as const))(
    '%s says who may use it, how it is cached and what it is for',
    (_name, route) => {
      expect(['public', ...permissions]).toContain(route.permission);
      expect(Object.keys(cachePolicies)).toContain(route.cache);
      expect(route.summary.length).toBeGreaterThan(5);
      expect(route.tag).not.toBe('');
      expect(route.operationId).toMatch(/^[a-z]+[A-Za-z]+$/);
    },
  );

  it('has an operation id of its own', () => {
    const ids = routes.map((route) => route.operationId);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it('caches nothing that needs a key', () => {
    expect(routes.filter((route) => route.permission !== 'public' && route.cache !== 'private').map(name)).toEqual([]);
  });

  it('caches no write', () => {
    expect(routes.filter((route) => route.method !== 'GET' && route.cache !== 'private').map(name)).toEqual([]);
  });

  it('has an example for its body and for its successful answer', () => {
    const lacking = routes.filter(
      (route) =>
        (route.body !== undefined && route.examples?.body === undefined) ||
        (successOf(route).length > 0 && route.examples?.response === undefined),
    );
    expect(lacking.map(name)).toEqual([]);
  });

  it('has examples that fit its own schemas', () => {
    const misfits = routes.flatMap((route) => {
      const answers = successOf(route).map(([, { schema }]) => [schema, route.examples?.response] as const);
      const isText = route.consumes?.includes('text/plain');
      const bodies = route.body === undefined || isText ? [] : [[route.body, route.examples?.body] as const];
      return [...answers, ...bodies].flatMap(([schema, example]) => {
        const result = schema!.safeParse(example);
        return result.success ? [] : [`${name(route)}: ${result.error.message}`];
      });
    });
    expect(misfits).toEqual([]);
  });

  it('stands in a group that the document describes', async () => {
    const { body } = await app.get('/openapi.json');
    const groups = body.tags.map((tag: { name: string }) => tag.name);
    expect(routes.filter((route) => !groups.includes(route.tag)).map(name)).toEqual([]);
  });
});
