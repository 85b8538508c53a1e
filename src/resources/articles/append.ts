// Appends a version to an article: the one way in which its content changes.
import { countWords } from '../../core/body/words.ts';
import type { Tx } from '../../platform/db/db.ts';
import type { EventDraft } from '../../platform/events/record.ts';
import { type ArticleContent, hashVersion, listChangedFields } from './content.ts';
import type { LockedArticle } from './lock.ts';
import { changeSlug } from './slugs.ts';
import { type Desk, storeVersion } from './store.ts';
import type { State } from './workflow.ts';

export type NextVersion = {
  readonly content: ArticleContent;
  readonly note: string | null;
  readonly state: State;
  /** What changes with it beside the content. */
  readonly desk?: Desk;
  /** Names of what changes beside the content. */
  readonly deskFields?: readonly string[];
  /** Further members of the event's payload. */
  readonly payload?: Readonly<Record<string, unknown>>;
};

/** The article as it is afterwards, and the event that tells of it. */
export async function appendVersion(
  tx: Tx,
  article: LockedArticle,
  { content, note, state, desk = article.head, deskFields = [], payload = {} }: NextVersion,
): Promise<{ article: LockedArticle; event: EventDraft }> {
  const { head, content: before, act } = article;
  if (content.slug !== head.slug) await changeSlug(tx, head.id, content.slug, act.now);
  const number = head.version + 1;
  const facts = {
    articleId: head.id,
    number,
    createdAt: act.now,
    createdBy: act.principal.actor,
    note,
    previousHash: head.hash,
  };
  const hash = hashVersion(facts, content);
  const wordCount = content.body === before.body ? head.wordCount : countWords(content.body);
  await storeVersion(tx, act, { ...facts, content, wordCount, hash }, desk, state);
  const { externalId, assigneeId, embargoUntil } = desk;
  const revision = head.revision + 1;
  const next = { state, revision, version: number, wordCount, slug: content.slug, hash };
  const after = { externalId, assigneeId, embargoUntil, ...next };
  const fields = [...listChangedFields(before, content), ...deskFields];
  const told = { revision, version: number, hash: hash.toString('hex'), fields, ...payload };
  return {
    article: { ...article, head: { ...head, ...after }, content },
    event: { type: 'article.revised', subjectId: head.id, payload: told },
  };
}
