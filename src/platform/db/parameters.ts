// Collects the values of a statement that is put together from parts; each value becomes a numbered placeholder.

export type Parameters = { readonly values: unknown[]; add(value: unknown): string };

export function createParameters(): Parameters {
  const values: unknown[] = [];
  return {
    values,
    add(value) {
      values.push(value);
      return `$${values.length}`;
    },
  };
}
