// Text as HTML in which what was found is marked. Everything but our marks is escaped.
import { escapeHtml } from '../../../core/body/render-html.ts';
import { findPlaces, findRead, type Place } from './find.ts';
import { type Folding, openFolding, type Stretch } from './folding.ts';
import type { Wanted } from './wanted.ts';
import { cutWindow, findBest } from './window.ts';

// What comes after it is not looked at.
const lookedAtMax = 100_000;
const fragmentsMax = 2;

/** The whole text; null where nothing was found in it. */
export function highlightWhole(text: string, wanted: Wanted): string | null {
  const folding = openFolding(text.slice(0, lookedAtMax));
  const places = [...findPlaces(folding.folded, wanted), ...findRead(folding.folded, wanted)];
  return places.length === 0 ? null : print(text, joinPlaces(folding, places), { start: 0, end: text.length });
}

/** The stretches with most of what was looked for, in the order of the text. */
export function highlightText(text: string, wanted: Wanted): string[] {
  const folding = openFolding(text.slice(0, lookedAtMax));
  const places = findPlaces(folding.folded, wanted);
  return chooseWindows(text, folding, places)
    .toSorted((a, b) => a.start - b.start)
    .map((window) => {
      const { start, end } = folding.toFolded(window);
      const within = places.filter((place) => place.end > start && place.start < end);
      return printFragment(text, joinPlaces(folding, within), window);
    });
}

function chooseWindows(text: string, folding: Folding, places: readonly Place[]): Stretch[] {
  const chosen: Stretch[] = [];
  const seen = new Set<string>();
  let free = places;
  while (chosen.length < fragmentsMax) {
    const best = findBest(free, seen);
    if (best.length === 0) break;
    for (const { what } of best) seen.add(what);
    const found = { start: best[0]!.start, end: Math.max(...best.map(({ end }) => end)) };
    const window = cutWindow(text, folding.toWritten(found), chosen);
    chosen.push(window);
    const { start, end } = folding.toFolded(window);
    free = free.filter((place) => place.end <= start || place.start >= end);
  }
  return chosen;
}

/** As they were written; those that touch each other are one. */
function joinPlaces(folding: Folding, places: readonly Place[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const place of places.map(folding.toWritten).sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last === undefined || place.start > last.end) joined.push(place);
    else if (place.end > last.end) joined[joined.length - 1] = { start: last.start, end: place.end };
  }
  return joined;
}

function printFragment(text: string, places: readonly Stretch[], window: Stretch): string {
  const marked = print(text, places, window).replace(/\s+/gu, ' ').trim();
  return `${window.start > 0 ? '…' : ''}${marked}${window.end < text.length ? '…' : ''}`;
}

function print(text: string, places: readonly Stretch[], { start, end }: Stretch): string {
  let printed = '';
  let at = start;
  for (const place of places) {
    if (place.end <= at || place.start >= end) continue;
    const from = Math.max(at, place.start);
    const to = Math.min(end, place.end);
    printed += `${escapeHtml(text.slice(at, from))}<mark>${escapeHtml(text.slice(from, to))}</mark>`;
    at = to;
  }
  return printed + escapeHtml(text.slice(at, end));
}
