// Purging is for admins, within the sections of their key, and happens as a whole or not at all. It opens the versions of
// the purged article only.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { purgeTrash } from '../../../src/resources/articles/commands/purge.ts';
import { fingerprintDatabase } from '../../platform/http/refusals.ts';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database-address.ts';
import { makeArticle, makePublished, makeSection } from '../../support/factories.ts';
import { dayMs, makeRich, makeTrashed, purge, trash } from './purging.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());
beforeEach(async () => {
  await purge(app, 'P0D');
  await app.newEvents();
});

const order = (limit: number) => ({ trashedBefore: app.clock.now(), limit });
const idsOf = (answer: { body: { data: { id: string }[] } }) => answer.body.data.map(({ id }) => id);
const isThere = async (id: string) => (await app.deps.db.prisma.article.count({ where: { id } })) === 1;

describe('who may purge', () => {
  it.each(['viewer', 'writer', 'editor'])('not the role %s', async (as) => {
    const id = await makeTrashed(app);
    const answer = await purge(app, 'P0D', as);
    expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    expect(await isThere(id)).toBe(true);
  });

  it('an admin limited to sections, there and in the branches below; what lies elsewhere is not told of', async () => {
    const section = await makeSection(app);
    const below = await makeSection(app, { parent: section.id });
    const inside = [await makeTrashed(app, { section: section.id }), await makeTrashed(app, { section: below.id })];
    const outside = [await makeTrashed(app, { section: (await makeSection(app)).id }), await makeTrashed(app)];
    const limited = await app.createKey({ name: '分部', role: 'admin', sections: [section.id] });
    const answer = await purge(app, 'P0D', limited);
    expect(idsOf(answer).toSorted()).toEqual(inside.toSorted());
    expect(answer.body.hasMore).toBe(false);
    for (const id of outside) expect(await isThere(id)).toBe(true);
  });
});

describe('a purge that does not come to its end', () => {
  it('leaves everything as it was when a later step of its transaction fails', async () => {
    const rich = await makeRich(app, 'weiwan');
    await trash(app, rich.id);
    const before = await fingerprintDatabase(app);
    const failing = app.deps.db.transaction(async (tx) => {
      expect(await purgeTrash(tx, app.act(), order(100))).toHaveLength(1);
      throw new Error('the end of it');
    });
    await expect(failing).rejects.toThrow('the end of it');
    expect(await fingerprintDatabase(app)).toEqual(before);
  });

  it('leaves everything as it was when its connection is lost in the middle, and succeeds when asked again', async () => {
    const other = await makeTrashed(app);
    const rich = await makeRich(app, 'zhongduan');
    await trash(app, rich.id);
    const before = await fingerprintDatabase(app);
    const held = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const answer = await onDatabase(app.databaseUrl, async (holder) => {
      await holder.query('begin');
      await holder.query('select from article_slug where slug = $1 for update', [rich.draftSlug]);
      const pending = purge(app, 'P0D');
      let waiting: { pid: number }[] = [];
      while (waiting.length === 0) waiting = await app.deps.db.sql.rows<{ pid: number }>(held, []);
      await holder.query('select pg_terminate_backend($1)', [waiting[0]!.pid]);
      const cut = await pending;
      await holder.query('rollback');
      return cut;
    });
    expect(answer).toMatchObject({ status: 503, body: { code: 'server.unavailable' } });
    expect(await fingerprintDatabase(app)).toEqual(before);
    expect(idsOf(await purge(app, 'P0D')).toSorted()).toEqual([other, rich.id].toSorted());
  });

  it('takes none of the hundred when one of them cannot be removed', async () => {
    const [first, second] = [await makeTrashed(app), await makeTrashed(app)];
    const { sql } = app.deps.db;
    await sql.rows('create table hanging (article_id uuid references article (id))', []);
    await sql.rows('insert into hanging values ($1)', [second]);
    const answer = await purge(app, 'P0D');
    await sql.rows('drop table hanging', []);
    expect(answer.status).toBe(500);
    expect(answer.text).not.toMatch(/hanging|violates/);
    expect([await isThere(first), await isThere(second)]).toEqual([true, true]);
    expect(await app.newEvents()).not.toContainEqual(expect.objectContaining({ type: 'article.purged' }));
  });
});

describe('at the same time', () => {
  it('two purges remove each article once, with one tombstone each', async () => {
    const ids = [];
    for (let i = 0; i < 5; i += 1) ids.push(await makeTrashed(app));
    await app.newEvents();
    const answers = await Promise.all([purge(app, 'P0D'), purge(app, 'P0D'), purge(app, 'P0D')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.flatMap(idsOf).toSorted()).toEqual(ids.toSorted());
    const purged = (await app.newEvents()).filter(({ type }) => type === 'article.purged');
    expect(purged.map(({ subjectId }) => subjectId).toSorted()).toEqual(ids.toSorted());
  });

  it('what somebody is taking out of the trash is left to them', async () => {
    const [contested, other] = [await makeTrashed(app), await makeTrashed(app)];
    await onDatabase(app.databaseUrl, async (holder) => {
      await holder.query('begin');
      await holder.query('update article set trashed_at = null where id = $1', [contested]);
      const answer = await purge(app, 'P0D');
      expect([idsOf(answer), answer.body.hasMore]).toEqual([[other], true]);
      await holder.query('commit');
    });
    expect((await purge(app, 'P0D')).body).toEqual({ data: [], hasMore: false });
    expect(await isThere(contested)).toBe(true);
  });

  it('either an untrash or a purge of the same article happens, whichever comes first', async () => {
    for (let round = 1; round <= 5; round += 1) {
      const id = await makeTrashed(app);
      const [back, purged] = await Promise.all([
        app.post(`/v1/articles/${id}/untrash`, undefined, { ifMatch: '*' }),
        purge(app, 'P0D'),
      ]);
      const ids = idsOf(purged);
      expect([
        [200, 0],
        [404, 1],
      ]).toContainEqual([back.status, ids.length]);
      expect(await isThere(id)).toBe(back.status === 200);
    }
  });
});

describe('immutability', () => {
  const remove = (table: string, column = 'article_id') => `delete from ${table} where ${column} = $1::uuid`;

  it('opens for the purged article only: in the same transaction no version of another can be deleted', async () => {
    const other = await makePublished(app, { tags: ['别'], credits: [{ role: 'author', name: '某' }] });
    for (const table of ['article_version_credit', 'article_version_tag', 'article_version']) {
      const purged = await makeTrashed(app);
      const attempt = app.deps.db.transaction(async (tx) => {
        expect((await purgeTrash(tx, app.act(), order(100))).map(({ id }) => id)).toContain(purged);
        await tx.rows(remove(table), [other.id]);
      });
      await expect(attempt).rejects.toMatchObject({ constraint: 'article_version_immutable' });
      expect(await isThere(purged)).toBe(true);
    }
  });

  it('opens for no change of a version, and closes with the transaction', async () => {
    const article = await makeArticle(app);
    const open = `select set_config('masthead.purged_article', $1, true)`;
    const change = app.deps.db.transaction(async (tx) => {
      await tx.rows(open, [article.id]);
      await tx.rows(`update article_version set title = 'x' where article_id = $1::uuid`, [article.id]);
    });
    await expect(change).rejects.toMatchObject({ constraint: 'article_version_immutable' });
    await app.deps.db.transaction((tx) => tx.rows(open, [article.id]));
    const late = app.deps.db.transaction((tx) => tx.rows(remove('article_version'), [article.id]));
    await expect(late).rejects.toMatchObject({ constraint: 'article_version_immutable' });
  });

  it('of what hangs on other articles: a purge removes nothing of theirs', async () => {
    const other = await makeRich(app, 'taren');
    const purged = await makeRich(app, 'bencheng');
    await trash(app, purged.id);
    const countAll = async () => {
      const where = { where: { articleId: other.id } };
      const { prisma } = app.deps.db;
      return Promise.all([
        prisma.articleVersion.count(where),
        prisma.articleVersionCredit.count(where),
        prisma.articleVersionTag.count(where),
        prisma.articleVersionRelated.count(where),
        prisma.publication.count(where),
        prisma.publicationTag.count(where),
        prisma.publicationEditor.count(where),
        prisma.articleSlug.count(where),
        prisma.correction.count(where),
        prisma.retraction.count(where),
        prisma.articleComment.count(where),
        prisma.previewLink.count(where),
      ]);
    };
    const before = await countAll();
    app.clock.advance(dayMs);
    expect(idsOf(await purge(app, 'P1D'))).toEqual([purged.id]);
    expect(await countAll()).toEqual(before);
    expect(before.every((rows) => rows > 0)).toBe(true);
  });
});
