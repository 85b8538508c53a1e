// What a query asks for, as Postgres' tsquery: only the operators are ours, every word is quoted.

import { quoteLexeme } from '../analysis/quote.ts';
import { lexemeOf, type Noun } from '../index/lexemes.ts';
import type { AnalysedAtom, AnalysedQuery, Word } from '../query/analyse.ts';

export type Named = { readonly noun: Noun; readonly id: string };

/** Of an atom, the records that are called so. */
export type NamesOf = (atom: AnalysedAtom) => readonly Named[];

export const anyOf = (expressions: readonly string[]) => join(expressions, ' | ');
export const allOf = (expressions: readonly string[]) => join(expressions, ' & ');

/**
 * At least so many of them, by halves: some of the one and the rest of the other. Written out choice by choice it would be
 * several times as long, and the planner reckons with its length: it would rather read the whole table.
 */
export function atLeast(count: number, expressions: readonly string[]): string {
  if (count === 1) return anyOf(expressions);
  if (count === expressions.length) return allOf(expressions);
  const half = Math.ceil(expressions.length / 2);
  const [left, right] = [expressions.slice(0, half), expressions.slice(half)];
  const choices: string[] = [];
  for (let some = Math.max(0, count - right.length); some <= Math.min(count, left.length); some += 1) {
    const parts = [...(some > 0 ? [atLeast(some, left)] : []), ...(some < count ? [atLeast(count - some, right)] : [])];
    choices.push(allOf(parts));
  }
  return anyOf(choices);
}

function join(expressions: readonly string[], operator: string): string {
  return expressions.length === 1 ? expressions[0]! : `(${expressions.join(operator)})`;
}

export const printWord = ({ alternatives, pieces }: Word) =>
  pieces.length > 0 ? allOf(pieces.map(quoteLexeme)) : anyOf(alternatives.map(quoteLexeme));
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
export function inTitle(word: Word): string {
  const marked = (lexemes: readonly string[]) =>
    lexemes.map((lexeme) => (/^[\^~]/.test(lexeme) ? lexeme : `^${lexeme}`));
  return printWord({ ...word, alternatives: marked(word.alternatives), pieces: marked(word.pieces) });
}
