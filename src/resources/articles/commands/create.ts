// Making an article: its row, its first version, its slug, its events, in one transaction.
import { countWords } from '../../../core/body/words.ts';
import type { SlugPolicy } from '../../../core/slug.ts';
import { requireSection } from '../../../platform/auth/principal.ts';
import { findConflict } from '../../../platform/db/conflicts.ts';
import type { Db, Tx } from '../../../platform/db/db.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';
import { applyChanges, type ReadBody, readBody } from '../changes.ts';
import { emptyContent, hashVersion } from '../content.ts';
import { resolveReferences } from '../references.ts';
import type { ArticleInput } from '../schemas.ts';
import { chooseSlug } from '../slugs.ts';
import { storeArticle } from '../store.ts';
import { ensureTags } from '../tags.ts';
import type { Warning } from '../view-schemas.ts';

export type Written = { readonly id: string; readonly warnings: readonly Warning[] };

export type CreateOptions = {
  readonly slugPolicy: SlugPolicy;
  /** The editorial date, for what was published elsewhere before. */
  readonly publishedAt?: Date | null;
};

export async function createArticle(db: Db, act: Act, input: ArticleInput, options: CreateOptions): Promise<Written> {
  const body = await readBody(input.body);
  return retryLostSlug(input.slug === undefined, () =>
    db.transaction(async (tx) => {
      const { id, events } = await insertArticle(tx, act, input, body, options);
      await recordEvents(tx, act, events);
      return { id, warnings: body.warnings };
    }),
  );
}

/** Inside the caller's transaction; the caller records the events as its last step. */
export async function insertArticle(
  tx: Tx,
  act: Act,
  input: ArticleInput,
  body: ReadBody,
  options: CreateOptions,
): Promise<{ id: string; events: EventDraft[] }> {
  const id = act.newId();
  const found = await resolveReferences(tx, act.principal, input, act.now);
  const { references, events } = await ensureTags(tx, act, input.tags ?? [], found, options.slugPolicy);
  const slug = input.slug ?? (await chooseSlug(tx, input.title, options.slugPolicy, id));
  const content = applyChanges(emptyContent, { ...input, slug }, references, body.blocks);
  requireSection(act.principal, pathOf(references.sections, content.section));
  const note = input.note ?? null;
  const facts = {
    articleId: id,
    number: 1,
    createdAt: act.now,
    createdBy: act.principal.actor,
    note,
    previousHash: null,
  };
  const hash = hashVersion(facts, content);
  const version = { ...facts, content, wordCount: countWords(content.body), hash };
  await storeArticle(tx, act, version, {
    externalId: input.externalId ?? null,
    publishedAt: options.publishedAt ?? null,
  });
  const payload = { revision: 1, version: 1, hash: hash.toString('hex'), title: content.title, slug };
  return { id, events: [...events, { type: 'article.created', subjectId: id, payload }] };
}

function pathOf(sections: ReadonlyMap<string, { path: string[] }>, id: string | null): readonly string[] {
  return id === null ? [] : (sections.get(id)?.path ?? []);
}

// A made slug can be lost to a writer who asks for it by name meanwhile; the next try sees that writer's slug.
const triesMax = 5;

export async function retryLostSlug<T>(isMade: boolean, write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      const code = findConflict(error)?.code;
      // The slugs of what is made on the way are always made ones.
      const lost = code === 'article.slug_taken' ? isMade : code?.endsWith('.slug_taken') === true;
      if (!lost || tries === triesMax) throw error;
    }
  }
}
