// Brings a parsed page in as an article: section, source and people are found by name or made, and the article is
// published if asked. One transaction: a page that is refused leaves nothing behind.
import { canonicalJson } from '../../core/hash.ts';
import { type ProblemCode, problem } from '../../core/problems.ts';
import { formatInstant } from '../../core/time.ts';
import { grantOf } from '../../platform/auth/principal.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Db, PrismaTx, Tx } from '../../platform/db/db.ts';
import { type Act, recordEvents } from '../../platform/events/record.ts';
import { insertRecord } from '../../platform/records/commands.ts';
import type { RecordInput, RecordKind } from '../../platform/records/record.ts';
import { requirePermission } from '../../resources/articles/access.ts';
import { readBody } from '../../resources/articles/changes.ts';
import { insertArticle } from '../../resources/articles/commands/create.ts';
import { publishHead } from '../../resources/articles/commands/publish.ts';
import { type DraftRow, findDraft } from '../../resources/articles/queries/one.ts';
import type { ArticleInput } from '../../resources/articles/schemas.ts';
import { lockArticle } from '../../resources/articles/store.ts';
import type { Warning } from '../../resources/articles/view-schemas.ts';
import { editorRecord } from '../../resources/editors/record.ts';
import { sectionRecord } from '../../resources/sections/record.ts';
import { sourceRecord } from '../../resources/sources/record.ts';
import type { PageTextArticle } from './page-text/types.ts';

export type ImportOptions = {
  readonly publish: boolean;
  /** What to do about a section, source or person that is not here yet. */
  readonly onMissing: 'create' | 'refuse';
  /** Does everything, answers as if, and stores nothing. */
  readonly dryRun: boolean;
};

export type Imported = { readonly row: DraftRow; readonly id: string; readonly warnings: readonly Warning[] };
export type ImportDeps = { readonly db: Db; readonly config: Config; readonly publicUrl: string };

/** Carries the answer of a dry run out of the transaction that it undoes. */
class DryRun extends Error {
  readonly imported: Imported;
  constructor(imported: Imported) {
    super('dry run');
    this.imported = imported;
  }
}

export async function importPage(
  deps: ImportDeps,
  act: Act,
  page: PageTextArticle,
  options: ImportOptions,
): Promise<Imported> {
  if (options.publish) requirePermission(act.principal, 'article.publish');
  const body = await readBody({ blocks: page.blocks });
  try {
    return await deps.db.prismaTransaction(async (prisma, tx) => {
      const imported = await storePage({ deps, prisma, tx, act, options }, page, body);
      if (options.dryRun) throw new DryRun(imported);
      return imported;
    });
  } catch (error) {
    if (error instanceof DryRun) return error.imported;
    throw error;
  }
}

type Import = { deps: ImportDeps; prisma: PrismaTx; tx: Tx; act: Act; options: ImportOptions };

async function storePage(
  job: Import,
  page: PageTextArticle,
  body: Awaited<ReturnType<typeof readBody>>,
): Promise<Imported> {
  const { deps, tx, act, options } = job;
  const section = await ensureBranch(job, page.section?.breadcrumb ?? []);
  const source = page.source === null ? null : await ensureRecord(job, sourceRecord, { name: page.source }, '/source');
  await refuseTwin(tx, page.title, source);
  const credits: { role: PageTextArticle['credits'][number]['role']; editor: string }[] = [];
  for (const [i, credit] of page.credits.entries()) {
    credits.push({
      role: credit.role,
      editor: await ensureRecord(job, editorRecord, { name: credit.name }, `/credits/${i}`),
    });
  }
  const { kicker, title, subtitle } = page;
  const input: ArticleInput = { title, kicker, subtitle, section, source, credits };
  const { publishedAt, warnings } = judgeDate(page, act.now);
  const { id, events } = await insertArticle(tx, act, input, body, { slugPolicy: deps.config.slugPolicy, publishedAt });
  if (options.publish) {
    const article = await lockArticle(tx, id, act.now);
    events.push(...(await publishHead(tx, act, article!.head, { at: null, until: null, replaceScheduled: false })));
  }
  await recordEvents(tx, act, events);
  const row = await findDraft(tx, id, { now: act.now, publicUrl: deps.publicUrl }, true, null);
  return { row: row!, id, warnings: [...warnings, ...body.warnings] };
}

/** An editorial date in the future would put the story above everything that is written until then. */
function judgeDate(page: PageTextArticle, now: Date): { publishedAt: Date | null; warnings: Warning[] } {
  const warnings = page.warnings.map((message) => ({ code: 'import.line', pointer: '', message }));
  if (page.related.length > 0) {
    const message = `Related reading was not linked: ${page.related.join('; ')}`;
    warnings.push({ code: 'import.related', pointer: '/related', message });
  }
  if (page.publishedAt === null || page.publishedAt <= now) return { publishedAt: page.publishedAt, warnings };
  const message = `The page's date ${formatInstant(page.publishedAt)} lies in the future and was not taken.`;
  return { publishedAt: null, warnings: [...warnings, { code: 'import.date', pointer: '/publishedAt', message }] };
}

/** The sections of a breadcrumb, each below the one before. */
async function ensureBranch(job: Import, names: readonly string[]): Promise<string | null> {
  let parent: string | null = null;
  for (const name of names) {
    const found: { id: string } | null = await job.prisma.section.findFirst({
      where: { name, trashedAt: null, ...(parent === null ? {} : { parentId: parent }) },
      orderBy: { id: 'asc' },
    });
    parent =
      found?.id ?? (await createMissing(job, sectionRecord, { name, parent, position: 0 } as RecordInput, '/section'));
  }
  return parent;
}

async function ensureRecord(job: Import, kind: RecordKind, input: RecordInput, pointer: string): Promise<string> {
  const found = await kind.model(job.prisma).findFirst({ where: { name: input.name, trashedAt: null } });
  return found?.id ?? createMissing(job, kind, input, pointer);
}

async function createMissing(job: Import, kind: RecordKind, input: RecordInput, pointer: string): Promise<string> {
  const { prisma, tx, act, options, deps } = job;
  const message = `There is no ${kind.noun} "${input.name}".`;
  if (options.onMissing === 'refuse') {
    throw problem('reference.not_found', { detail: message, errors: [{ pointer, code: 'not_found', message }] });
  }
  if (grantOf(act.principal, 'record.create') === 'none') {
    throw problem('auth.forbidden', {
      detail: `${message} The role "${act.principal.role}" may not create it; ask an editor to.`,
      errors: [{ pointer, code: 'not_found', message }],
    });
  }
  const row = await insertRecord(prisma, tx, kind, act, input, deps.config.slugPolicy);
  return row.id;
}

type Twin = { id: string; slug: string };

// By article_title_idx.
const selectTwin = `
  select id::text, slug from article
  where title = $1 and source_id is not distinct from $2::uuid and trashed_at is null limit 1`;

/** The same source and title again is the same page. Imports of one page wait for each other. */
async function refuseTwin(tx: Tx, title: string, source: string | null): Promise<void> {
  const key = canonicalJson(['import', title, source]);
  await tx.rows('select 1 as locked from (select pg_advisory_xact_lock(hashtext($1)) offset 0) as lock', [key]);
  const [twin] = await tx.rows<Twin>(selectTwin, [title, source]);
  if (twin === undefined) return;
  const code: ProblemCode = 'article.already_imported';
  const message = 'An article with this title and source is here already.';
  throw problem(code, {
    detail: message,
    errors: [{ pointer: '/title', code: 'already_imported', message }],
    extensions: { article: twin },
  });
}
