// Reads one variable, and says what is wrong with it by itself and beside the others: names and forms, never values.
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { Variable } from './variable.ts';

export type Reading = {
  readonly key: string;
  readonly entry: Variable<z.ZodType>;
  readonly isGiven: boolean;
  readonly value: unknown;
  readonly fault: string | null;
  /** Whether it says anything else than if it were absent. */
  readonly isEffective: boolean;
};

/** Blanks around a value, such as the line break at the end of a file with a secret, are none of it; empty is absent. */
export function readVariable(key: string, entry: Variable<z.ZodType>, given = ''): Reading {
  const text = given.trim();
  const { success, data: value, error } = entry.schema.safeParse(text === '' ? undefined : text);
  const isEffective = success && !isDeepStrictEqual(value, entry.schema.safeParse(undefined).data);
  return { key, entry, isGiven: text !== '', value, fault: explain(error), isEffective };
}

/** What the schema says; of a list, about which entries. */
function explain(error: z.ZodError | undefined): string | null {
  const sentences = error?.issues.map(({ path: [index], message }) =>
    index === undefined ? message : `entry ${Number(index) + 1} ${message}`,
  );
  return sentences?.join('; ') ?? null;
}

/** The faults of one among all. */
export function findFaults({ entry, isGiven, fault, isEffective }: Reading, all: readonly Reading[]): string[] {
  const { name, schema } = entry;
  const others = all.filter((other) => other.isEffective).map((other) => other.entry);
  const list = (named: typeof others) => named.map((other) => other.name).join(' and ');
  const needing = isGiven ? '' : list(others.filter(({ needs }) => needs?.includes(name)));
  const displacing = isEffective ? list(others.filter(({ displaces }) => displaces?.includes(name))) : '';
  const sentences = [
    fault,
    needing && `is missing, but needed by ${needing}; it ${explain(schema.safeParse('').error)}`,
    displacing && `has no effect beside ${displacing}; set only one of them`,
  ];
  return sentences.flatMap((sentence) => (sentence ? [`${name}: ${sentence}`] : []));
}
