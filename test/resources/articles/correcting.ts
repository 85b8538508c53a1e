// Corrections, retractions and their undoing over HTTP, for the tests of each.
import type { Answer, TestApp } from '../../support/app.ts';

export const minute = 60_000;

export function desk(app: TestApp) {
  const act =
    (action: string) =>
    (id: string, body?: object, as = 'editor', ifMatch = '*'): Promise<Answer> =>
      app.post(`/v1/articles/${id}/${action}`, body, { as, ifMatch });
  return {
    correct: act('correct'),
    retract: act('retract'),
    reinstate: act('reinstate'),
    publish: act('publish'),
    unpublish: act('unpublish'),
    revise: (id: string, patch: object, as = 'editor') => app.patch(`/v1/articles/${id}`, patch, { as, ifMatch: '*' }),
    read: (id: string, search = '') => app.get(`/v1/articles/${id}${search}`),
    draft: async (id: string) => (await app.get(`/v1/articles/${id}?perspective=draft`, { as: 'admin' })).body,
    /** The instant that many milliseconds from now. */
    after: (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString(),
    types: async () => (await app.newEvents()).map((event) => event.type),
    ranges: async (id: string) => {
      const rows = await app.deps.db.prisma.publication.findMany({
        where: { articleId: id },
        orderBy: { visibleFrom: 'asc' },
      });
      return rows.map(({ version, visibleFrom, visibleUntil }) => [
        version,
        visibleFrom.toISOString(),
        visibleUntil?.toISOString() ?? null,
      ]);
    },
  };
}
