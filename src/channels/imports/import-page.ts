// Brings a parsed page in as an article: section, source and people are found by name or made, and the article is
// published if asked. One transaction: a page that is refused leaves nothing behind.
import { canonicalJson } from '../../core/hash.ts';
import { problem } from '../../core/problems.ts';
import { formatInstant } from '../../core/time.ts';
import { grantOf } from '../../platform/auth/principal.ts';
import { mayReadDraft, readerOf } from '../../platform/auth/reader.ts';
import type { Config } from '../../platform/config/config.ts';
import type { MixedTx } from '../../platform/db/db.ts';
import { takeLock } from '../../platform/db/locks.ts';
import { type Act, type EventDraft, recordEvents, renewAct } from '../../platform/events/record.ts';
import { insertRecord } from '../../platform/records/commands.ts';
import type { RecordInput, RecordKind } from '../../platform/records/record.ts';
import { requirePermission } from '../../resources/articles/access.ts';
import { type ReadBody, readBody } from '../../resources/articles/changes.ts';
import { insertArticle } from '../../resources/articles/commands/create.ts';
import { publishHead, requireReview } from '../../resources/articles/commands/publish.ts';
import { lockHead } from '../../resources/articles/lock.ts';
import { type DraftRow, findWritten } from '../../resources/articles/queries/one.ts';
import type { ArticleInput } from '../../resources/articles/schemas.ts';
import type { Warning } from '../../resources/articles/view-schemas.ts';
import { editorRecord } from '../../resources/editors/record.ts';
import { sectionRecord } from '../../resources/sections/record.ts';
import { sourceRecord } from '../../resources/sources/record.ts';
import type { PageTextArticle } from './page-text/types.ts';

export type ImportOptions = {
  readonly publish: boolean;
  /** What to do about a section, source or person that is not here yet. */
  readonly onMissing: 'create' | 'refuse';
};

export type Imported = { readonly row: DraftRow; readonly id: string; readonly warnings: readonly Warning[] };
export type ImportDeps = { readonly config: Config; readonly publicUrl: string };

/** What a page holds, its body text read: that can take long, so it is done before the transaction. */
export type ReadPage = { readonly page: PageTextArticle; readonly body: ReadBody };

export async function readPage(page: PageTextArticle): Promise<ReadPage> {
  return { page, body: await readBody({ blocks: page.blocks }) };
}

export async function importPage(
  deps: ImportDeps,
  tx: MixedTx,
  act: Act,
  { page, body }: ReadPage,
  options: ImportOptions,
): Promise<Imported> {
  if (options.publish) requirePermission(act.principal, 'article.publish');
  return storePage({ deps, tx, act, options, events: [] }, page, body);
}

type Import = {
  deps: ImportDeps;
  tx: MixedTx;
  act: Act;
  options: ImportOptions;
  /** Told at the end: the log's lock is the last one a write takes. */
  events: EventDraft[];
};

async function storePage(job: Import, page: PageTextArticle, body: ReadBody): Promise<Imported> {
  const { deps, tx, act, options, events } = job;
  // Imports of one page wait for each other.
  await takeLock(tx, 'import', canonicalJson([page.title, page.source]));
  const section = await ensureBranch(job, page.section?.breadcrumb ?? []);
  const source = page.source === null ? null : await ensureRecord(job, sourceRecord, { name: page.source }, '/source');
  await refuseTwin(job, page.title, source);
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
  const write = { ...deps.config, publishedAt };
  const { id, events: created } = await insertArticle(tx, act, { input, body }, write);
  events.push(...created);
  if (options.publish) {
    const article = (await lockHead(tx, id, act))!;
    // The seed and the operator's command line answer for themselves.
    if (act.principal.keyId !== null) requireReview(article.head, deps.config);
    events.push(...(await publishHead(tx, article, { at: null, until: null, replaceScheduled: false })));
  }
  await recordEvents(tx, act, events);
  // What was just published is public from a moment after the request came in.
  const context = { now: renewAct(act).now, publicUrl: deps.publicUrl };
  const row = await findWritten(tx, id, context, readerOf(act.principal));
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
    const where = { name, ...(parent === null ? {} : { parentId: parent }) };
    parent = await ensure(job, sectionRecord, where, { name, parent, position: 0 } as RecordInput, '/section');
  }
  return parent;
}

function ensureRecord(job: Import, kind: RecordKind, input: RecordInput, pointer: string): Promise<string> {
  return ensure(job, kind, { name: input.name }, input, pointer);
}

async function ensure(
  job: Import,
  kind: RecordKind,
  where: object,
  input: RecordInput,
  pointer: string,
): Promise<string> {
  const find = () =>
    kind.model(job.tx.prisma).findFirst({ where: { ...where, trashedAt: null }, orderBy: { id: 'asc' } });
  const found = await find();
  if (found !== null) return found.id;
  requireCreation(job, kind, input, pointer);
  // Two imports that miss the same thing make one: the second waits, and finds it.
  await takeLock(job.tx, 'turn', 'import_missing');
  const made = await find();
  if (made !== null) return made.id;
  const { row, event } = await insertRecord(job.tx, kind, job.act, input, job.deps.config.slugPolicy);
  job.events.push(event);
  return row.id;
}

function requireCreation({ act, options }: Import, kind: RecordKind, input: RecordInput, pointer: string): void {
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
}

type Twin = { id: string; slug: string };

// By article_title_idx. Only what the key may read is looked at: a refusal must not tell that a hidden draft exists.
const selectTwin = `
  select a.id::text, a.slug from article a
  where a.title = $1 and a.source_id is not distinct from $2::uuid and a.trashed_at is null
    and ${mayReadDraft('a', { now: '$3', sections: '$4', embargoedOf: '$5' })}
  order by a.id limit 1`;

/** The same source and title again is the same page. */
async function refuseTwin({ tx, act }: Import, title: string, source: string | null): Promise<void> {
  const { sectionIds, embargoedOf } = readerOf(act.principal);
  const [twin] = await tx.rows<Twin>(selectTwin, [title, source, act.now.toISOString(), sectionIds, embargoedOf]);
  if (twin === undefined) return;
  const message = 'An article with this title and source is here already.';
  throw problem('article.already_imported', {
    detail: message,
    errors: [{ pointer: '/title', code: 'already_imported', message }],
    extensions: { article: twin },
  });
}
