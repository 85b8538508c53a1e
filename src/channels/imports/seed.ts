// The seed record: the Qingdao two-sessions article, brought in from the page as it was saved, by the import of every
// other page. Done once for each database.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Problem } from '../../core/problems.ts';
import { systemPrincipal } from '../../platform/auth/principal.ts';
import { isLockTimeout } from '../../platform/db/conflicts.ts';
import type { Deps } from '../../platform/deps.ts';
import type { Act } from '../../platform/events/record.ts';
import { importPage, readPage } from './import-page.ts';
import { decodePageText } from './page-text/decode.ts';
import { parsePageText } from './page-text/parse.ts';
import type { PageTextArticle } from './page-text/types.ts';

export const seedFile = fileURLToPath(new URL('../../../prisma/seed/qingdao-two-sessions.txt', import.meta.url));

/** The seed article's id, or null when this database has had it before. */
export async function loadSeed(deps: Deps): Promise<string | null> {
  const installation = await deps.db.prisma.installation.findUniqueOrThrow({ where: { id: 1 } });
  if (installation.seededAt !== null) return null;
  const page = parsePageText(decodePageText(await readFile(seedFile)), { timeZone: 'Asia/Shanghai' });
  const act = {
    principal: systemPrincipal('seed'),
    now: deps.clock.now(),
    newId: deps.newId,
    requestId: null,
    project: deps.project,
  };
  const id = await importOnce(deps, act, page);
  await deps.db.prisma.installation.update({ where: { id: 1 }, data: { seededAt: act.now } });
  return id;
}

// On a busy machine another process that starts at the same time is at it for longer than a request may wait.
const triesMax = 20;

async function importOnce(deps: Deps, act: Act, page: PageTextArticle, tries = 1): Promise<string | null> {
  try {
    const read = await readPage(page);
    const options = { publish: true, onMissing: 'create' } as const;
    const imported = await deps.db.prismaTransaction((tx) => importPage(deps, tx, act, read, options));
    return imported.id;
  } catch (error) {
    // Another process that starts at the same time was first.
    if (error instanceof Problem && error.code === 'article.already_imported') return null;
    if (isLockTimeout(error) && tries < triesMax) return importOnce(deps, act, page, tries + 1);
    throw error;
  }
}
