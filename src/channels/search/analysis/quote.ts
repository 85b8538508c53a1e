// A lexeme as the texts of Postgres' tsvector and tsquery have it.

const needsEscape = /['\\]/;

/** In quotes; a backslash and a quote are doubled (PostgreSQL documentation, section 8.11.2). */
export const quoteLexeme = (lexeme: string) =>
  needsEscape.test(lexeme) ? `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${lexeme}'`;
