// Reads the text of a tsvector, as Postgres does (PostgreSQL documentation, section 8.11.1).
export function lexemesOf(words: string): Set<string> {
  const quoted = words.matchAll(/'((?:[^']|'')*)'(?::[\d,A-D]+)?(?: |$)/gu);
  return new Set(Array.from(quoted, ([, lexeme]) => lexeme!.replaceAll("''", "'").replaceAll('\\\\', '\\')));
}
