// The commands as their users run them: results on stdout, everything else on stderr, an exit code that scripts can trust.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createApiKey } from '../../src/resources/api-keys/commands.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { makeArticle, makeSection, publish } from '../support/factories.ts';
import { runMasthead, spawnMasthead } from '../support/masthead.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  await makeSection(app, { name: '产经', slug: 'chan-jing' });
});
afterAll(() => app.close());

const patience = { timeout: 60_000 };
const run = (...args: string[]) => runMasthead(args, { env: { DATABASE_URL: app.databaseUrl } });
const seedFile = join(import.meta.dirname, '../../prisma/seed/qingdao-two-sessions.txt');
const count = async (table: 'article' | 'apiKey' | 'event') =>
  (app.deps.db.prisma[table] as { count(): Promise<number> }).count();

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'masthead-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A page of its own for each test, so that none was imported before. */
function makePage(title: string): string {
  const file = join(makeFolder(), 'page.txt');
  writeFileSync(file, readFileSync(seedFile, 'utf8').replace(/^聚焦两会.*$/m, title));
  return file;
}

describe('--help', () => {
  const commands = [
    'serve',
    'worker',
    'migrate',
    'seed',
    'import',
    'keys',
    'purge',
    'verify',
    'reindex',
    'openapi',
    'config',
  ];
  it('of the program names every command', patience, async () => {
    const { code, stdout, stderr } = await runMasthead(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });

  it.each([
    ['serve', /Serve the API/],
    ['worker', /Announce scheduled publications/],
    ['migrate', /--check/],
    ['seed', /seed article/],
    ['import', /<file>.*--publish.*--dry-run/s],
    ['keys', /create.*list.*revoke/s],
    ['keys create', /<name>.*--role.*--editor.*--section.*--expires/s],
    ['purge', /--older-than.*--dry-run/s],
    ['verify', /no stored version.*--article/s],
    ['reindex', /search index anew/],
    ['openapi', /--out/],
    ['config', /secrets redacted/],
  ])('of %s says what it does, and does nothing', patience, async (command, pattern) => {
    const { code, stdout, stderr } = await runMasthead([...command.split(' '), '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: masthead ${command}`));
    expect(stdout).toMatch(pattern);
  });
});

describe('a command line that is wrong exits with 1, says so on stderr and prints nothing:', () => {
  it.each([
    ['an unknown command', ['publish'], /unknown command 'publish'/],
    ['an unknown option', ['migrate', '--force'], /unknown option '--force'/],
    ['an argument that is missing', ['import'], /missing required argument 'file'/],
    ['an option that is missing', ['keys', 'create', 'k'], /--role <role>' not specified/],
    ['an argument too many', ['seed', 'twice'], /too many arguments/],
    [
      'a role that is none',
      ['keys', 'create', 'k', '--role', 'owner'],
      /Allowed choices are viewer, writer, editor, admin/,
    ],
  ])('%s', patience, async (_name, args, message) => {
    const { code, stdout, stderr } = await runMasthead(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });
});

describe('migrate', () => {
  it(
    '--check lists what is missing and exits with 1; migrate applies it; then --check exits with 0',
    patience,
    async () => {
      const database = await createEmptyDatabase(import.meta.url);
      onTestFinished(() => database.drop());
      const env = { DATABASE_URL: database.url };
      const before = await runMasthead(['migrate', '--check'], { env });
      expect(before).toMatchObject({ code: 1, stderr: '' });
      expect(before.stdout).toMatch(/^\d{14}_init\n/);
      expect(await runMasthead(['migrate'], { env })).toMatchObject({ code: 0, stderr: '' });
      const after = await runMasthead(['migrate', '--check'], { env });
      expect(after).toMatchObject({ code: 0, stderr: '', stdout: 'The database has every migration.\n' });
    },
  );

  it('without a database that answers exits with 1 and says which variable to look at', patience, async () => {
    const env = { DATABASE_URL: 'postgresql://u:geheim@127.0.0.1:1/d' };
    const { code, stdout, stderr } = await runMasthead(['migrate'], { env });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/DATABASE_URL/);
    expect(stderr).not.toMatch(/geheim|\n\s+at /);
  });
});

it('seed loads the article once, and says the second time that it was there', patience, async () => {
  const database = await createEmptyDatabase(import.meta.url);
  onTestFinished(() => database.drop());
  const env = { DATABASE_URL: database.url };
  const first = await runMasthead(['seed'], { env });
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^Seeded article [0-9a-f-]{36}\.\n$/);
  const second = await runMasthead(['seed'], { env });
  expect(second).toMatchObject({ code: 0, stdout: 'This database has had the seed article before.\n' });
});

describe('import', () => {
  it('prints the article it stored, as a draft', patience, async () => {
    const { code, stdout, stderr } = await run('import', makePage('新闻一'));
    expect([code, stderr]).toEqual([0, '']);
    const article = JSON.parse(stdout);
    const answer = await app.get(`/v1/articles/${article.id}?perspective=draft`, { as: 'viewer' });
    expect(answer.body).toMatchObject({ title: article.title, state: 'draft' });
    expect((await app.get(`/v1/articles/${article.id}`)).status).toBe(404);
  });

  it('--publish makes it public', patience, async () => {
    const { code, stdout } = await run('import', '--publish', makePage('新闻二'));
    expect(code).toBe(0);
    app.clock.set(new Date(Date.now() + 60_000));
    expect((await app.get(`/v1/articles/${JSON.parse(stdout).id}`)).status).toBe(200);
  });

  it('--dry-run shows the article and stores nothing', patience, async () => {
    const before = [await count('article'), await count('event')];
    const { code, stdout } = await run('import', '--dry-run', makePage('新闻三'));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ section: { name: '产经' }, source: { name: '文化视界' } });
    expect([await count('article'), await count('event')]).toEqual(before);
  });

  it.each([
    [
      'a file that is not there',
      () => '/nowhere/page.txt',
      [],
      /There is no file "\/nowhere\/page\.txt".*Check the path/,
    ],
    ['a path through a file', () => `${seedFile}/page.txt`, [], /There is no file ".*Check the path/],
    ['a folder', () => tmpdir(), [], /"\/.*" is a folder\. Name one page/],
    ['a file that fails', () => '/proc/self/mem', [], /"\/proc\/self\/mem" cannot be read: .*Name another file/],
    ['a page without a title', () => write('来源: 文化视界\n'), [], /lacks something/],
    ['bytes that are no text', () => write(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10])), [], /not text/],
    [
      'a source to be found that is not here',
      () => makePage('新闻四').toString(),
      ['--on-missing', 'refuse'],
      /does not exist/,
    ],
  ])('refuses, stores nothing and exits with 1: %s', patience, async (_name, getFile, options, message) => {
    await app.deps.db.prisma.source.updateMany({ data: { name: '别处' } });
    const before = [await count('article'), await count('event')];
    const { code, stdout, stderr } = await run('import', ...options, getFile());
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect([await count('article'), await count('event')]).toEqual(before);
  });

  const write = (content: string | Buffer) => {
    const file = join(makeFolder(), 'page.txt');
    writeFileSync(file, content);
    return file;
  };
});

describe('keys', () => {
  it('create prints a key that works, once; list shows it without; revoke ends it', patience, async () => {
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const made = await run(
      'keys',
      'create',
      'website',
      '--role',
      'editor',
      '--section',
      'chan-jing',
      '--expires',
      expires,
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const { key, ...view } = JSON.parse(made.stdout);
    expect(view).toMatchObject({
      name: 'website',
      role: 'editor',
      sections: [{ slug: 'chan-jing' }],
      expiresAt: expires,
    });
    expect((await app.get('/v1/me', { as: key })).status).toBe(200);

    const listed = await run('keys', 'list');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(listed.stdout)[0]).toMatchObject({ id: view.id, prefix: view.prefix });
    expect(listed.stdout).not.toContain(key.slice(12));

    const revoked = await run('keys', 'revoke', view.prefix);
    expect(revoked).toMatchObject({ code: 0, stdout: `Revoked ${view.prefix} (website).\n`, stderr: '' });
    expect((await app.get('/v1/me', { as: key })).status).toBe(401);
  });

  it('revoke takes an id, too', patience, async () => {
    const { row } = await app.deps.db.prismaTransaction((tx) =>
      createApiKey(tx, app.act(), { name: 'k', role: 'viewer' }, 'UTC'),
    );
    expect(await run('keys', 'revoke', row.id)).toMatchObject({ code: 0 });
    const found = await app.deps.db.prisma.apiKey.findUniqueOrThrow({ where: { id: row.id } });
    expect(found.revokedAt).not.toBeNull();
  });

  it.each([
    ['revoking what is not there', ['revoke', 'nothing'], /There is no key "nothing"/],
    [
      'an editor that is not there',
      ['create', 'k', '--role', 'editor', '--editor', 'nobody'],
      /\/editor: No such editor/,
    ],
    [
      'a section that is not there',
      ['create', 'k', '--role', 'editor', '--section', 'none'],
      /\/sections\/0: No such section/,
    ],
    [
      'an expiry in the past',
      ['create', 'k', '--role', 'editor', '--expires', '2020-01-01'],
      /\/expiresAt: Lies in the past/,
    ],
    [
      'an expiry that does not exist',
      ['create', 'k', '--role', 'editor', '--expires', '2030-02-30'],
      /\/expiresAt: Not an instant/,
    ],
    ['an owner of both kinds', ['create', 'k', '--role', 'editor', '--editor', 'a', '--service', 'b'], /not to both/],
    ['a name that is too long', ['create', 'k'.repeat(201), '--role', 'editor'], /name/],
  ])('refuse, write nothing and exit with 1: %s', patience, async (_name, args, message) => {
    const before = [await count('apiKey'), await count('event')];
    const { code, stdout, stderr } = await run('keys', ...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |^\[|^\{/);
    expect([await count('apiKey'), await count('event')]).toEqual(before);
  });
});

describe('openapi', () => {
  it('prints the document without a database, and --out writes the same', patience, async () => {
    const printed = await runMasthead(['openapi']);
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(printed.stdout).openapi).toBe('3.1.0');
    const file = join(makeFolder(), 'openapi.json');
    expect(await runMasthead(['openapi', '--out', file])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(file, 'utf8')).toBe(printed.stdout);
  });
});

describe('worker', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'announces what is due, and stops in order on %s',
    patience,
    async (signal) => {
      const worker = spawnMasthead(['worker'], { env: { DATABASE_URL: app.databaseUrl, LOG_FORMAT: 'json' } });
      await worker.says(/worker is ready/);
      // Scheduled on the test's clock, an hour behind the worker's: due at once.
      app.clock.set(new Date(Date.now() - 3_600_000));
      const article = await makeArticle(app);
      const at = new Date(Date.now() - 1_800_000).toISOString();
      await publish(app, article, { at });
      const published = { subjectId: article.id, type: 'article.published' };
      await expect
        .poll(() => app.deps.db.prisma.event.count({ where: published }), { timeout: 20_000, interval: 100 })
        .toBe(1);
      worker.kill(signal);
      expect(await worker.ended).toEqual({ code: 0, signal: null });
      expect(worker.stdout()).toMatch(/"msg":"stopping".*"msg":"stopped"/s);
      expect(worker.stderr()).toBe('');
    },
  );

  it('with a configuration that is not valid exits with 1', patience, async () => {
    const { code, stderr } = await runMasthead(['worker'], { env: { LOG_LEVEL: 'loud' } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/LOG_LEVEL: /);
  });
});
