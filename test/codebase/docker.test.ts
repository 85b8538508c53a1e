// The container files are held to their promises by parsing them: the suite has no container engine.
import { existsSync } from 'node:fs';
import { type Copy, DockerfileParser, type From } from 'dockerfile-ast';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readText, root } from './files.ts';

const instructions = DockerfileParser.parse(readText('Dockerfile')).getInstructions();
const stages = instructions.reduce<(typeof instructions)[]>((found, instruction) => {
  if (instruction.getKeyword() === 'FROM') found.push([]);
  found.at(-1)?.push(instruction);
  return found;
}, []);
const last = stages.at(-1) ?? [];
const valuesOf = (stage: typeof instructions, keyword: string) =>
  stage
    .filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => instruction.getArgumentsContent() ?? '');
const execOf = (text = '') => JSON.parse(text.slice(text.indexOf('['))) as string[];

const copies = (instructions.filter((instruction) => instruction.getKeyword() === 'COPY') as Copy[]).map((copy) => ({
  from: copy.getFromFlag()?.getValue() ?? null,
  sources: copy
    .getArguments()
    .slice(0, -1)
    .map((argument) => argument.getValue()),
}));
const contextSources = copies.filter((copy) => copy.from === null).flatMap((copy) => copy.sources);
const ignoreRules = readText('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

describe('Dockerfile', () => {
  it('builds in one stage and runs in another, both on slim Node 24', () => {
    const images = stages.map((stage) => (stage[0] as From).getImage());
    expect(images.length).toBeGreaterThan(1);
    expect(new Set(images)).toEqual(new Set(['node:24-slim']));
  });

  it('runs as a user who is not root', () => {
    const user = valuesOf(last, 'USER').at(-1) ?? 'root';
    expect(user).toMatch(/^[a-z]\w*$/);
    expect(user).not.toBe('root');
  });

  it('reports its health by asking /health/ready', () => {
    const [check = ''] = valuesOf(last, 'HEALTHCHECK');
    const [program, flag, script = ''] = execOf(check);
    expect([program, flag]).toEqual(['node', '-e']);
    expect(script).toContain('/health/ready');
    expect(() => new Function(script)).not.toThrow();
  });

  it('serves by default, on every address and with JSON logs', () => {
    expect(execOf(valuesOf(last, 'CMD').at(-1))).toEqual(['node', 'dist/cli/main.js', 'serve']);
    expect(valuesOf(last, 'ENV').join(' ').split(' ')).toEqual(
      expect.arrayContaining(['NODE_ENV=production', 'HOST=0.0.0.0', 'LOG_FORMAT=json']),
    );
  });

  it('installs what the lock file says, without install scripts and without what only development needs', () => {
    const installs = stages.map((stage) =>
      valuesOf(stage, 'RUN').filter((text) => /\bnpm (ci|i|install)\b/.test(text)),
    );
    for (const install of installs.flat()) expect(install).toMatch(/^npm ci\b.*--ignore-scripts\b/);
    expect(installs.at(-1)).toEqual([expect.stringMatching(/--omit=dev --omit=optional/)]);
  });

  it('copies only paths that the repository has or an earlier stage makes', () => {
    expect(contextSources.filter((source) => !existsSync(root + source))).toEqual([]);
    const names = stages.map((stage) => (stage[0] as From).getBuildStage());
    for (const { from, sources } of copies.filter((copy) => copy.from !== null)) {
      const maker = stages[names.indexOf(from)] ?? [];
      expect(valuesOf(maker, 'RUN')).toContain('npm run build');
      expect(sources).toEqual(['/app/dist']);
    }
  });

  it('gets everything it copies through .dockerignore, which closes with a list of what is open', () => {
    expect(ignoreRules[0]).toBe('*');
    const open = new Set(ignoreRules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1)));
    expect(new Set(contextSources.map((source) => source.split('/')[0]))).toEqual(open);
  });
});

type Service = {
  image?: string;
  build?: unknown;
  command?: string[];
  environment: Record<string, string>;
  depends_on: Record<string, { condition: string }>;
  healthcheck: { test: string[] };
  volumes: string[];
  ports: string[];
  restart: string;
};
const compose = parse(readText('docker-compose.yml')) as { services: Record<string, Service>; volumes: object };
const { database, migrate, api } = compose.services as Record<'database' | 'migrate' | 'api', Service>;

describe('docker-compose.yml', () => {
  it('runs PostgreSQL 18 with a health check and a named volume at its data path', () => {
    expect(database.image).toBe('postgres:18');
    expect(database.healthcheck.test).toEqual(expect.arrayContaining(['CMD', 'pg_isready']));
    const [name, path] = (database.volumes[0] ?? '').split(':');
    expect(Object.keys(compose.volumes)).toContain(name);
    expect(path).toBe('/var/lib/postgresql');
  });

  it('migrates once, on a healthy database, before the API starts', () => {
    expect(migrate.command).toEqual(['node', 'dist/cli/main.js', 'migrate']);
    expect(migrate.restart).toBe('no');
    expect(migrate.depends_on).toEqual({ database: { condition: 'service_healthy' } });
    expect(api.depends_on).toEqual({
      database: { condition: 'service_healthy' },
      migrate: { condition: 'service_completed_successfully' },
    });
  });

  it('builds the API and its migrations from the Dockerfile and gives both the same database', () => {
    expect([api.build, migrate.build]).toEqual(['.', '.']);
    expect(api.environment.DATABASE_URL).toMatch(/^postgresql:\/\/masthead:.*@database:5432\/masthead$/);
    expect(migrate.environment.DATABASE_URL).toBe(api.environment.DATABASE_URL);
  });

  it('opens port 3000, restarts, and takes the bootstrap key from outside', () => {
    expect(api.ports).toEqual(['3000:3000']);
    expect(api.restart).toBe('unless-stopped');
    expect(api.environment.MASTHEAD_BOOTSTRAP_KEY).toMatch(/^\$\{MASTHEAD_BOOTSTRAP_KEY:-\}$/);
  });

  it('names images without a registry', () => {
    const images = Object.values(compose.services).map((service) => service.image ?? '');
    for (const image of images) expect(image).not.toContain('/');
  });
});
