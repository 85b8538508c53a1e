// The content of a version, as it is stored and hashed: everything that an editor can change, references by id.
import type { Blocks } from '../../core/body/schema.ts';
import { canonicalJson, sha256 } from '../../core/hash.ts';
import { formatInstant } from '../../core/time.ts';
import type { Actor } from '../../platform/auth/principal.ts';
import type { ArticleInput, CreditRole } from './schemas.ts';

export type Credit = { readonly role: CreditRole; readonly editorId: string | null; readonly name: string | null };

/**
 * Fields that are stored, hashed and shown as they are written, each with its column. A further plain field is a line
 * here, in the tables' schema, in the schema of what is written and in that of what is read; nothing else.
 */
export const plainColumns = {
  slug: 'slug',
  locale: 'locale',
  title: 'title',
  kicker: 'kicker',
  subtitle: 'subtitle',
  summary: 'summary',
  sourceUrl: 'source_url',
  genre: 'genre',
  urgency: 'urgency',
} as const satisfies Partial<Record<keyof ArticleInput, string>>;

type PlainField = keyof typeof plainColumns;
type PlainContent = { readonly [Field in PlainField]: Exclude<ArticleInput[Field], undefined> };

export const plainFields = Object.keys(plainColumns) as readonly PlainField[];

export function mapPlain(value: (field: PlainField) => unknown): PlainContent {
  return Object.fromEntries(plainFields.map((field) => [field, value(field)])) as PlainContent;
}

export type ArticleContent = PlainContent & {
  readonly body: Blocks;
  readonly section: string | null;
  readonly source: string | null;
  readonly credits: readonly Credit[];
  readonly tags: readonly string[];
  readonly cover: Readonly<Record<string, unknown>> | null;
  readonly related: readonly string[];
  readonly seo: Readonly<Record<string, unknown>> | null;
  readonly metadata: Readonly<Record<string, unknown>>;
};

export const emptyContent: ArticleContent = {
  ...mapPlain(() => null),
  slug: '',
  locale: 'zh-CN',
  title: '',
  body: [],
  section: null,
  source: null,
  credits: [],
  tags: [],
  cover: null,
  related: [],
  seo: null,
  metadata: {},
};

export type VersionFacts = {
  readonly articleId: string;
  readonly number: number;
  readonly createdAt: Date;
  readonly createdBy: Actor;
  readonly note: string | null;
  readonly previousHash: Uint8Array | null;
};

/**
 * SHA-256 over the canonical JSON (RFC 8785) of a version and the hash before it: changing any version that is stored
 * breaks the hash of every later one.
 */
export function hashVersion(facts: VersionFacts, content: ArticleContent): Buffer {
  const { articleId, number, note, previousHash, createdBy } = facts;
  const canonical = canonicalJson({
    article: articleId,
    number,
    createdAt: formatInstant(facts.createdAt),
    createdBy: { type: createdBy.type, id: createdBy.id },
    note,
    previous: previousHash === null ? null : Buffer.from(previousHash).toString('hex'),
    content,
  });
  return sha256(canonical);
}

/** The names of the fields in which two contents differ. */
export function listChangedFields(before: ArticleContent, after: ArticleContent): string[] {
  const names = Object.keys(after) as (keyof ArticleContent)[];
  // What was not touched is the same object: a body is long.
  const isChanged = (name: keyof ArticleContent) =>
    before[name] !== after[name] && canonicalJson(before[name]) !== canonicalJson(after[name]);
  return names.filter(isChanged);
}
