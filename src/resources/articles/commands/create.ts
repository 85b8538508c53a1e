// Making an article: its row, its first version, its slug, its events.
import { countWords } from '../../../core/body/words.ts';
import { makeSlug, type SlugPolicy } from '../../../core/slug.ts';
import { requireSection } from '../../../platform/auth/principal.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';
import { applyChanges, type ReadBody } from '../changes.ts';
import { emptyContent, hashVersion } from '../content.ts';
import { changeDesk, describeDesk, emptyDesk } from '../desk.ts';
import { resolveReferences } from '../references.ts';
import type { ArticleInput } from '../schemas.ts';
import { chooseSlug, slugTaken } from '../slugs.ts';
import { storeArticle } from '../store.ts';
import { ensureTags } from '../tags.ts';
import type { Written } from './open.ts';

export type WriteOptions = {
  readonly slugPolicy: SlugPolicy;
  readonly timeZone: string;
  /** The editorial date, for what was published elsewhere before. */
  readonly publishedAt?: Date | null;
};

/** What a client sent, its body text read: that can take long, so it is done before the transaction. */
export type Sent<Input> = { readonly input: Input; readonly body: ReadBody };

export async function createArticle(
  tx: Tx,
  act: Act,
  sent: Sent<ArticleInput>,
  options: WriteOptions,
): Promise<Written> {
  const { id, events } = await insertArticle(tx, act, sent, options);
  await recordEvents(tx, act, events);
  return { id, warnings: sent.body.warnings };
}

/** The caller records the events as its last step. */
export async function insertArticle(
  tx: Tx,
  act: Act,
  { input, body }: Sent<ArticleInput>,
  options: WriteOptions,
): Promise<{ id: string; events: EventDraft[] }> {
  const id = act.newId();
  const found = await resolveReferences(tx, act.principal, input, act.now);
  const { references, events } = await ensureTags(tx, act, input.tags ?? [], found, options.slugPolicy);
  const first = input.slug ?? makeSlug(input.title, options.slugPolicy, { seed: id });
  const content = applyChanges(emptyContent, { ...input, slug: first }, references, body.blocks);
  requireSection(act.principal, pathOf(references.sections, content.section));
  const desk = await changeDesk(tx, act, null, input, options.timeZone);
  const facts = {
    articleId: id,
    number: 1,
    createdAt: act.now,
    createdBy: act.principal.actor,
    note: input.note ?? null,
    previousHash: null,
  };
  const wordCount = countWords(content.body);
  const article = { ...desk, publishedAt: options.publishedAt ?? null };
  const storeAs = async (slug: string) => {
    const named = { ...content, slug };
    const version = { ...facts, content: named, wordCount, hash: hashVersion(facts, named) };
    return (await storeArticle(tx, act, version, article)) ? version : null;
  };
  const next = async () => (input.slug === undefined ? storeAs(await chooseSlug(tx, first, id)) : null);
  const stored = (await storeAs(first)) ?? (await next());
  if (stored === null) throw slugTaken();
  const { slug } = stored.content;
  const payload = { revision: 1, version: 1, hash: stored.hash.toString('hex'), title: content.title, slug };
  const created: EventDraft = { type: 'article.created', subjectId: id, payload };
  return { id, events: [...events, created, ...describeDesk(id, 1, emptyDesk, desk)] };
}

function pathOf(sections: ReadonlyMap<string, { path: string[] }>, id: string | null): readonly string[] {
  return id === null ? [] : (sections.get(id)?.path ?? []);
}
