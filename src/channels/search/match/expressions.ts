// What a query asks for, as Postgres' tsquery: only the operators are ours, every word is quoted.

import { lexemeOf, type Noun } from '../index/lexemes.ts';
import type { AnalysedAtom, AnalysedQuery, Word } from '../query/analyse.ts';

export type Named = { readonly noun: Noun; readonly id: string };

/** Of an atom, the records that are called so. */
export type NamesOf = (atom: AnalysedAtom) => readonly Named[];

/** Text in quotes; a backslash and a quote are doubled (PostgreSQL documentation, section 8.11.2). */
export const quoteLexeme = (lexeme: string) => `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

export const anyOf = (expressions: readonly string[]) => join(expressions, ' | ');
export const allOf = (expressions: readonly string[]) => join(expressions, ' & ');

function join(expressions: readonly string[], operator: string): string {
  return expressions.length === 1 ? expressions[0]! : `(${expressions.join(operator)})`;
}

export const printWord = ({ alternatives }: Word) => anyOf(alternatives.map(quoteLexeme));
export const printLexemes = (lexemes: readonly string[]) => anyOf(lexemes.map(quoteLexeme));

export const requiredOf = ({ words }: AnalysedAtom) => words.filter(({ isRequired }) => isRequired);

/** All words of an atom. */
export const printWords = (atom: AnalysedAtom) => allOf(requiredOf(atom).map(printWord));

export const printNames = (names: readonly Named[]) => printLexemes(names.map(({ noun, id }) => lexemeOf(noun, id)));

/** The words of an atom, or what it is the name of. */
export function printAtom(atom: AnalysedAtom, namesOf: NamesOf): string {
  const names = namesOf(atom);
  return names.length === 0 ? printWords(atom) : anyOf([printWords(atom), printNames(names)]);
}

export const printClause = (alternatives: readonly AnalysedAtom[], namesOf: NamesOf) =>
  anyOf(alternatives.map((atom) => printAtom(atom, namesOf)));

/** What no document may be. An exact phrase is looked for in the text, so it is not among them. */
export const printExcluded = ({ excluded }: AnalysedQuery, namesOf: NamesOf) =>
  excluded.filter(({ isPhrase }) => !isPhrase).map((atom) => `!${printAtom(atom, namesOf)}`);

/** A word where it stands in a title. */
export const inTitle = ({ alternatives }: Word) =>
  anyOf(alternatives.map((lexeme) => quoteLexeme(/^[\^~]/.test(lexeme) ? lexeme : `^${lexeme}`)));
