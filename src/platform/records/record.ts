// A record is a small thing with a slug, a name and a revision: section, editor, source, tag. What they have in common
// (lists, lookups, safe writes, trash, events) is here; what a noun is, it says in a `RecordKind`.
import type { z } from 'zod';
import type { Principal } from '../auth/principal.ts';
import type { Reader } from '../auth/reader.ts';
import type { PrismaTx } from '../db/db.ts';
import type { Act } from '../events/record.ts';
import type { PublishedRecord } from './published.ts';

export type RecordRow = {
  id: string;
  slug: string;
  externalId: string | null;
  name: string;
  revision: number;
  createdAt: Date;
  updatedAt: Date;
  trashedAt: Date | null;
};

export type RecordInput = { slug?: string; name: string; externalId?: string | null };
export type Columns = Record<string, unknown>;

/** `Tag` of `tag`, for names of operations and schemas. */
export const capitalise = (noun: string) => noun.charAt(0).toUpperCase() + noun.slice(1);

/** The part of a Prisma model that records use. */
export type RecordModel<Row> = {
  findMany(query: { where: object; orderBy?: object[]; take?: number }): Promise<Row[]>;
  findFirst(query: { where: object; orderBy?: object }): Promise<Row | null>;
  count(query: { where: object }): Promise<number>;
  create(query: { data: object }): Promise<Row>;
  update(query: { where: object; data: object }): Promise<Row>;
};

export type RecordSort = {
  /** As Prisma calls it. */
  readonly field: string;
  /** As the table calls it. */
  readonly column: string;
  readonly direction: 'asc' | 'desc';
  readonly kind: 'text' | 'instant' | 'number';
};

type KindOf<Row extends RecordRow, Input extends RecordInput> = {
  readonly noun: 'section' | 'editor' | 'source' | 'tag';
  readonly plural: string;
  /** The group in the documentation. */
  readonly tag: string;
  readonly schemas: {
    readonly input: z.ZodType<Input>;
    readonly patch: z.ZodType<Partial<Record<keyof Input, unknown>>>;
    /** As the public reads it; of reads, any field but the id may be left out. */
    readonly view: z.ZodType;
    readonly draft: z.ZodType;
    /** The whole draft, as a write answers. */
    readonly written: z.ZodType;
    readonly fields: readonly [string, ...string[]];
    /** The members of what the public reads, in their order. */
    readonly publicFields: readonly string[];
    /** Further query parameters of the list. */
    readonly filters: Readonly<Record<string, z.ZodType>>;
  };
  readonly examples: Readonly<Record<'input' | 'patch' | 'view', object>>;
  /** The lock that writers who create take one after the other; where the rows form a tree, all writers. */
  readonly turn: { readonly lock: string; readonly ofEveryWrite: boolean };
  readonly sorts: Readonly<Record<string, RecordSort>>;
  readonly defaultSort: string;
  model(prisma: PrismaTx): RecordModel<Row>;
  /** The writable columns of an input, without its slug; refuses what the principal may not reach. */
  toColumns(prisma: PrismaTx, input: Input, act: Act, current: Row | null): Promise<Columns>;
  /** The writable fields of a row, as a client would send them; what a merge patch is applied to. */
  toInput(row: Row): Input;
  /** What editors read. */
  toDrafts(prisma: PrismaTx, rows: readonly Row[]): Promise<RecordDraft[]>;
  /** What the public reads. */
  readonly published: PublishedRecord;
  /** Which rows a reader of drafts sees, the trash aside, as a Prisma condition. */
  toDraftCondition(reader: Reader, now: Date): object;
  /** The list filters as a Prisma condition. */
  toCondition(prisma: PrismaTx, filters: Readonly<Record<string, unknown>>): Promise<object>;
  /** Refuses to change or trash a row that is outside of the principal's reach. */
  requireReach(principal: Principal, row: Row): void;
  /** Selects what holds the record back from the trash, for a reader (uses.ts). */
  readonly selectUses: string;
};

export type RecordDraft = { readonly id: string } & Readonly<Record<string, unknown>>;

export type RecordKind = KindOf<RecordRow, RecordInput>;

/** Checks a noun against its own types, then hands it on as a record like any other. */
export function defineRecord<Row extends RecordRow, Input extends RecordInput>(kind: KindOf<Row, Input>): RecordKind {
  return kind as unknown as RecordKind;
}
