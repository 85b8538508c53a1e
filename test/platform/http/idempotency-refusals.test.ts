// What of a refusal is kept under an Idempotency-Key, and what a retry may do anew. Answer and deed are one transaction.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makeSection, makeTag, publish } from '../../support/factories.ts';
import { type Call, everyWrite, send, unique } from './every-write.ts';
import { rowLock, whileHolding } from './locks.ts';
import { expectProblem, fingerprintDatabase } from './refusals.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

const under = (key: string, call: Call): Call => ({ ...call, headers: { 'Idempotency-Key': key } });
const create = (body: object): Call => ({ method: 'POST', path: '/v1/articles', as: 'editor', body });
const countKept = () => app.deps.db.prisma.idempotentAnswer.count();
const run = (statement: string) => app.deps.db.sql.rows(statement, []);

describe('a refusal that a retry would meet again is kept, though its cause is gone:', () => {
  type Case = [string, number, string, () => Promise<[Call, removeCause: () => Promise<unknown>]>];
  const cases: Case[] = [
    [
      '404',
      404,
      'resource.not_found',
      async () => {
        const externalId = unique('zhao').replace(' ', '-');
        const path = `/v1/articles/${externalId}/publish`;
        return [
          { method: 'POST', path, as: 'editor', ifMatch: '*' },
          () => makeArticle(app, { slug: externalId }).then((made) => publish(app, made)),
        ];
      },
    ],
    [
      '409 of a taken slug, in SQL',
      409,
      'article.slug_taken',
      async () => {
        const slug = unique('zhan').replace(' ', '-');
        const made = await makeArticle(app, { slug });
        return [
          create({ title: '一', slug }),
          () => app.patch(`/v1/articles/${made.id}`, { slug: `${slug}-b` }, { ifMatch: '*' }),
        ];
      },
    ],
    [
      '409 of a taken name, through Prisma',
      409,
      'tag.name_taken',
      async () => {
        const name = unique('占');
        const made = await makeTag(app, { name });
        return [
          { method: 'POST', path: '/v1/tags', as: 'editor', body: { name } },
          () => app.patch(`/v1/tags/${made.id}`, { name: unique('让') }, { ifMatch: '*' }),
        ];
      },
    ],
    [
      '409 of a trigger, through Prisma',
      409,
      'section.cycle',
      async () => {
        const upper = await makeSection(app);
        const lower = await makeSection(app, { parent: upper.id });
        return [
          { method: 'PATCH', path: `/v1/sections/${upper.id}`, as: 'editor', ifMatch: '*', body: { parent: lower.id } },
          () => app.patch(`/v1/sections/${lower.id}`, { parent: null }, { ifMatch: '*' }),
        ];
      },
    ],
    [
      '412',
      412,
      'request.precondition_failed',
      async () => {
        const made = await makeArticle(app);
        const path = `/v1/articles/${made.id}`;
        return [
          { method: 'PATCH', path, as: 'editor', ifMatch: '"r2"', body: { urgency: 1 } },
          () => app.patch(path, { urgency: 2 }, { ifMatch: '"r1"' }),
        ];
      },
    ],
    [
      '403 of what others wrote',
      403,
      'auth.forbidden',
      async () => {
        const made = await makeArticle(app);
        const by = { createdByService: 'writer' };
        return [
          { method: 'PATCH', path: `/v1/articles/${made.id}`, as: 'writer', ifMatch: '*', body: { urgency: 1 } },
          () => app.deps.db.prisma.article.update({ where: { id: made.id }, data: by }),
        ];
      },
    ],
    [
      '400 that only the data tell',
      400,
      'request.invalid',
      async () => [
        {
          method: 'POST',
          path: `/v1/articles/${(await makeArticle(app)).id}/publish`,
          as: 'editor',
          ifMatch: '*',
          body: { until: new Date(app.clock.now().getTime() - 1).toISOString() },
        },
        async () => app.clock.advance(-1000),
      ],
    ],
    [
      '422 of a batch',
      422,
      'batch.operation_failed',
      async () => {
        const name = unique('批占');
        const made = await makeTag(app, { name });
        return [
          {
            method: 'POST',
            path: '/v1/batch',
            as: 'editor',
            body: { operations: [{ method: 'POST', path: '/v1/tags', body: { name } }] },
          },
          () => app.patch(`/v1/tags/${made.id}`, { name: unique('让') }, { ifMatch: '*' }),
        ];
      },
    ],
  ];

  it.each(cases)('%s', async (name, status, code, make) => {
    const [bare, removeCause] = await make();
    const call = under(unique(name).replaceAll(/[^\w]+/g, '-'), bare);
    const before = { ...(await fingerprintDatabase(app)), idempotent_answer: '' };
    const first = await send(app, call);
    expectProblem(first, { status, code });
    expect({ ...(await fingerprintDatabase(app)), idempotent_answer: '' }).toEqual(before);
    await removeCause();
    const after = await fingerprintDatabase(app);
    const again = await send(app, call);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.headers['cache-control']).toBe('no-store');
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect(await fingerprintDatabase(app)).toEqual(after);
    expect((await send(app, bare)).status).toBeLessThan(300);
  });
});

describe('what a retry may mend is not kept:', () => {
  const unkept = async (call: Call, expected: { status: number; code: string }): Promise<Answer> => {
    const kept = await countKept();
    const answer = await send(app, call);
    expectProblem(answer, expected);
    expect(await countKept()).toBe(kept);
    return answer;
  };

  it('400 of a shape', async () => {
    const call = under('shape', create({ titel: '一' }));
    await unkept(call, { status: 400, code: 'request.invalid' });
    const right = await send(app, { ...call, body: { title: '一' } });
    expect([right.status, right.headers['idempotency-replayed']]).toEqual([201, undefined]);
  });

  it('413, 415 and a body that is no JSON', async () => {
    const call = under('body', create({ title: '一' }));
    await unkept({ ...call, body: 'x'.repeat(10_000_000) }, { status: 413, code: 'request.too_large' });
    await unkept({ ...call, type: 'text/plain' }, { status: 415, code: 'request.unsupported_media_type' });
    await unkept({ ...call, body: '{' }, { status: 400, code: 'request.invalid_json' });
    expect((await send(app, call)).status).toBe(201);
  });

  it('428', async () => {
    const call = under('428', await everyWrite.publishArticle!(app));
    await unkept({ ...call, ifMatch: undefined }, { status: 428, code: 'request.precondition_required' });
    expect((await send(app, call)).status).toBe(200);
  });

  it('401', async () => {
    const call = under('401', create({ title: '一' }));
    await unkept({ ...call, as: 'mh_wrong' }, { status: 401, code: 'auth.invalid' });
    await unkept({ ...call, as: undefined }, { status: 401, code: 'auth.missing' });
    expect((await send(app, call)).status).toBe(201);
  });

  it('500', async () => {
    await run(`create function break_it() returns trigger language plpgsql as $$ begin raise 'broken'; end $$`);
    await run('create trigger break_it before insert on article for each row execute function break_it()');
    const call = under('500', create({ title: unique('五百') }));
    await unkept(call, { status: 500, code: 'server.error' });
    await run('drop trigger break_it on article');
    const right = await send(app, call);
    expect([right.status, right.headers['idempotency-replayed']]).toEqual([201, undefined]);
  });

  it('503', async () => {
    const slow = await createTestApp(import.meta.url, { DATABASE_STATEMENT_TIMEOUT_MS: '500' });
    try {
      const made = await makeArticle(slow);
      const call = under('503', { method: 'DELETE', path: `/v1/articles/${made.id}`, as: 'editor', ifMatch: '*' });
      await whileHolding(slow, rowLock('article'), [made.id], async () => {
        expectProblem(await send(slow, call), { status: 503, code: 'server.unavailable' });
      });
      const again = await send(slow, call);
      expect([again.status, again.headers['idempotency-replayed']]).toEqual([204, undefined]);
    } finally {
      await slow.close();
    }
  });
});

describe('deed and answer are one transaction:', () => {
  it('where the answer cannot be kept nothing is done, and a retry does it', async () => {
    const title = unique('一体');
    await run(`create function refuse_it() returns trigger language plpgsql as $$ begin raise 'no room'; end $$`);
    await run(`create constraint trigger refuse_it after insert on idempotent_answer deferrable initially deferred
      for each row execute function refuse_it()`);
    const call = under('commit', create({ title }));
    const before = await fingerprintDatabase(app);
    expectProblem(await send(app, call), { status: 500, code: 'server.error' });
    expect(await fingerprintDatabase(app)).toEqual(before);
    await run('drop trigger refuse_it on idempotent_answer');
    const answer = await send(app, call);
    expect([answer.status, answer.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect(await app.deps.db.prisma.article.count({ where: { title } })).toBe(1);
  });

  it('where the deed fails at its very end no answer is kept', async () => {
    const title = unique('末尾');
    await run(`create function fail_it() returns trigger language plpgsql as $$ begin raise 'late'; end $$`);
    await run(`create constraint trigger fail_it after insert on event deferrable initially deferred
      for each row execute function fail_it()`);
    const call = under('late', create({ title }));
    const before = await fingerprintDatabase(app);
    expectProblem(await send(app, call), { status: 500, code: 'server.error' });
    expect(await fingerprintDatabase(app)).toEqual(before);
    await run('drop trigger fail_it on event');
    expect((await send(app, call)).status).toBe(201);
  });
});
