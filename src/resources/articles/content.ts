// The content of a version, as it is stored and hashed: everything that an editor can change, references by id.
import { type Blocks, blocksSchema } from '../../core/body/schema.ts';
import { canonicalJson, sha256 } from '../../core/hash.ts';
import { formatInstant } from '../../core/time.ts';
import type { Actor } from '../../platform/auth/principal.ts';
import type { CreditRole } from './schemas.ts';

export type Credit = { readonly role: CreditRole; readonly editorId: string | null; readonly name: string | null };

export type ArticleContent = {
  readonly slug: string;
  readonly locale: string;
  readonly title: string;
  readonly kicker: string | null;
  readonly subtitle: string | null;
  readonly summary: string | null;
  readonly body: Blocks;
  readonly section: string | null;
  readonly source: string | null;
  readonly sourceUrl: string | null;
  readonly credits: readonly Credit[];
  readonly tags: readonly string[];
  readonly cover: Readonly<Record<string, unknown>> | null;
  readonly related: readonly string[];
  readonly seo: Readonly<Record<string, unknown>> | null;
  readonly genre: string | null;
  readonly urgency: number | null;
  readonly metadata: Readonly<Record<string, unknown>>;
};

export const emptyContent: ArticleContent = {
  slug: '',
  locale: 'zh-CN',
  title: '',
  kicker: null,
  subtitle: null,
  summary: null,
  body: blocksSchema.parse([]),
  section: null,
  source: null,
  sourceUrl: null,
  credits: [],
  tags: [],
  cover: null,
  related: [],
  seo: null,
  genre: null,
  urgency: null,
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
  return names.filter((name) => canonicalJson(before[name]) !== canonicalJson(after[name]));
}
