// The product on one screen: the modules, in the order they are registered. No I/O happens here.
import type { FastifyInstance } from 'fastify';
import { registerImportRoutes } from './channels/imports/routes.ts';
import { registerSearch } from './channels/search/routes.ts';
import { registerSearchTerms } from './channels/search/terms/routes.ts';
import { documentInfo } from './document.ts';
import type { Deps } from './platform/deps.ts';
import { registerAudit } from './platform/events/audit-routes.ts';
import { registerBatch } from './platform/http/batch.ts';
import { requireDeclarations } from './platform/http/declaration.ts';
import { registerDocs } from './platform/http/docs.ts';
import { registerHealth } from './platform/http/health.ts';
import { refuseOtherMethods, watchMethods } from './platform/http/methods.ts';
import { registerOpenApi } from './platform/http/openapi.ts';
import { createHttp } from './platform/http/server.ts';
import { registerRecordRoutes } from './platform/records/routes.ts';
import { registerMetrics } from './platform/telemetry/metrics-route.ts';
import { registerApiKeyRoutes } from './resources/api-keys/routes.ts';
import { registerArticleComments } from './resources/articles/routes/comments.ts';
import { registerArticleHistory } from './resources/articles/routes/history.ts';
import { registerArticlePreviews } from './resources/articles/routes/previews.ts';
import { registerArticlePurge } from './resources/articles/routes/purge.ts';
import { registerArticleReads } from './resources/articles/routes/read.ts';
import { registerArticleVersions } from './resources/articles/routes/versions.ts';
import { registerArticleActions } from './resources/articles/routes/workflow.ts';
import { registerArticleWrites } from './resources/articles/routes/write.ts';
import { editorRecord } from './resources/editors/record.ts';
import { sectionRecord } from './resources/sections/record.ts';
import { sourceRecord } from './resources/sources/record.ts';
import { tagRecord } from './resources/tags/record.ts';

export async function buildApp(deps: Deps): Promise<FastifyInstance> {
  const app = await createHttp(deps);
  await registerOpenApi(app, documentInfo);
  const methods = watchMethods(app);
  requireDeclarations(app);

  registerArticleReads(app, deps);
  registerArticleWrites(app, deps);
  registerArticleActions(app, deps);
  registerArticleComments(app, deps);
  registerArticlePreviews(app, deps);
  registerArticlePurge(app, deps);
  registerArticleVersions(app, deps);
  registerArticleHistory(app, deps);
  registerRecordRoutes(app, deps, sectionRecord);
  registerRecordRoutes(app, deps, editorRecord);
  registerRecordRoutes(app, deps, sourceRecord);
  registerRecordRoutes(app, deps, tagRecord);
  await registerImportRoutes(app, deps);
  registerSearch(app, deps);
  registerSearchTerms(app, deps);
  registerApiKeyRoutes(app, deps);
  registerAudit(app, deps);
  registerBatch(app, deps);
  registerHealth(app, deps);
  registerMetrics(app, deps);
  await registerDocs(app, deps);

  refuseOtherMethods(app, methods);
  await app.ready();
  return app;
}
