// Which drafts are there for whom: those in the key's sections, and no embargoed one without the right. For everybody
// else a draft does not exist, so every read of drafts, and every message that could name one, asks this.
import { grantOf, type Principal } from './principal.ts';

export type Reader = {
  /** Sections the key is limited to, the branches below them included; null: everywhere. */
  readonly sectionIds: readonly string[] | null;
  /** Whose drafts it reads in spite of an embargo, as `makerOf` prints it; null: everybody's. */
  readonly embargoedOf: string | null;
};

export function readerOf(principal: Principal): Reader {
  const { actor, sectionIds } = principal;
  const embargoedOf = { all: null, own: `${actor.type}:${actor.id}`, none: '' };
  return { sectionIds, embargoedOf: embargoedOf[grantOf(principal, 'article.read_embargoed')] };
}

/** Placeholders of a reader, and of the instant by which an embargo is judged. */
export type ReaderNames = { readonly now: string; readonly sections: string; readonly embargoedOf: string };

/** The condition for articles under an alias. By section's primary key, for a reader that is limited. */
export const mayReadDraft = (alias: string, names: ReaderNames) =>
  `(${isWithin(alias, names.sections)} and ${isUnveiled(alias, names)})`;

/** Whether an article lies in the sections a key is limited to; null: no limit. */
export const isWithin = (alias: string, sections: string) => `(${sections}::uuid[] is null
  or exists (select from section ks where ks.id = ${alias}.section_id and ks.path && ${sections}::uuid[]))`;

/** Whether no embargo hides an article. */
export const isUnveiled = (
  alias: string,
  { now, embargoedOf }: Omit<ReaderNames, 'sections'>,
) => `(${alias}.embargo_until is null
  or ${alias}.embargo_until <= ${now}::timestamptz or ${embargoedOf}::text is null or ${makerOf(alias)} = ${embargoedOf}::text)`;

/** What an article is called to a reader: as its draft, else as the public sees it; null: it must not be named. */
export const nameArticle = (
  alias: string,
  names: ReaderNames,
) => `case when ${mayReadDraft(alias, names)} then ${alias}.title
  else (select np.title from publication np where np.article_id = ${alias}.id and np.visible_from <= ${names.now}::timestamptz
    and (np.visible_until is null or np.visible_until > ${names.now}::timestamptz)) end`;

const makerOf = (alias: string) =>
  `coalesce('editor:' || ${alias}.created_by_editor::text, 'service:' || ${alias}.created_by_service)`;

/** Whether no draft is hidden from a reader. */
export const readsAllDrafts = ({ sectionIds, embargoedOf }: Reader) => sectionIds === null && embargoedOf === null;

/** `mayReadDraft` as a Prisma condition. */
export function toArticleCondition({ sectionIds, embargoedOf }: Reader, now: Date): object {
  const within = sectionIds === null ? {} : { section: { path: { hasSome: [...sectionIds] } } };
  if (embargoedOf === null) return within;
  const [type, ...rest] = embargoedOf.split(':');
  const maker = rest.join(':');
  const own = { editor: [{ createdByEditor: maker }], service: [{ createdByService: maker }] }[type ?? ''] ?? [];
  return { ...within, OR: [{ embargoUntil: null }, { embargoUntil: { lte: now } }, ...own] };
}
