// Emptying the trash, for admins. `masthead purge` does the same without an end.
import type { FastifyInstance } from 'fastify';
import { refuse } from '../../../core/problems.ts';
import { formatInstant, instantBefore } from '../../../core/time.ts';
import type { Deps } from '../../../platform/deps.ts';
import { declareWrite } from '../../../platform/http/write.ts';
import { listPurgeable, purgeTrash } from '../commands/purge.ts';
import { purgeInput } from '../schemas.ts';
import { purgeView } from '../view-schemas.ts';
import { articleExamples } from './examples.ts';

// Short enough for one transaction, which no writer waits for long.
const purgedMax = 100;

export function registerArticlePurge(app: FastifyInstance, deps: Deps): void {
  declareWrite(
    app,
    deps,
    {
      method: 'POST',
      url: '/v1/articles/purge',
      operationId: 'purgeArticles',
      tag: 'Articles',
      summary: 'Remove articles from the trash for good',
      description: `Versions, publications, comments and all; the oldest ${purgedMax} within the key's sections, or none if one cannot be removed. Slugs that were public stay taken. The event log keeps a tombstone of each, and what it told before.`,
      permission: 'article.purge',
      handle: 'sql',
      inBatch: false,
      body: purgeInput,
      responses: { 200: { description: 'Removed.', schema: purgeView } },
      problems: [],
      examples: {
        body: { olderThan: 'P30D' },
        response: {
          data: [{ id: articleExamples.written.id, trashedAt: '2020-04-01T00:00:00.000Z', versions: 3 }],
          hasMore: false,
        },
      },
    },
    ({ body }) =>
      async (tx, act) => {
        const trashedBefore = instantBefore(act.now, body.olderThan, deps.config.timeZone);
        if (trashedBefore === null) throw refuse('/olderThan', 'Not a duration: use ISO 8601 such as P30D, or 30d.');
        const purged = await purgeTrash(tx, act, { trashedBefore, limit: purgedMax });
        const left = await listPurgeable(tx, act, { trashedBefore, limit: 1 });
        const data = purged.map((one) => ({ ...one, trashedAt: formatInstant(one.trashedAt) }));
        return { status: 200, view: { data, hasMore: left.length > 0 } };
      },
  );
}
