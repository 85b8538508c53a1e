// Collects text into draft blocks the way a reader of HTML sees it: white space collapses, line breaks hold, the
// indents of Chinese paragraphs go. It never drops a character that is not white space.

import { type Draft, type DraftText, isSameLook, type Run } from './draft.ts';

export type Look = Omit<Run, 'text'>;
export type BlockSettings = Pick<DraftText, 'style' | 'listItem' | 'level'>;
export type Writer = ReturnType<typeof createWriter>;

// Between two such characters a line break in the source is no space (CSS Text 3, 4.1.3); Hangul is written with spaces.
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef“”‘’…—]/u;
const CJK_LETTER = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

export function createWriter() {
  const drafts: Draft[] = [];
  let open: DraftText | null = null;
  let number: string | undefined;
  let breaks = 0;
  // Kept apart: looking at the end of a string that is still growing copies it each time.
  let lastChar = '';
  let space: { look: Look; wraps: boolean } | null = null;

  const append = (text: string, look: Look): void => {
    if (open === null || text === '') return;
    lastChar = Array.from(text.slice(-2)).at(-1) ?? '';
    appendRun(open.runs, text, look);
  };

  const writeWord = (raw: string, look: Look, settings: BlockSettings): void => {
    const word = open === null || breaks > 0 ? raw.trimStart() : raw;
    if (word === '') return;
    if (open === null) {
      open = { _type: 'block', ...settings, ...(number !== undefined && { number }), runs: [] };
      number = undefined;
    } else if (breaks > 0) append('\n'.repeat(breaks), look);
    else if (space && !joinsAcrossWrap(lastChar, word, space.wraps)) append(' ', space.look);
    breaks = 0;
    space = null;
    append(word, look);
  };

  const close = (): void => {
    if (open) drafts.push(trimEnd(open));
    open = null;
    breaks = 0;
    space = null;
  };

  return {
    close,
    write(text: string, look: Look, settings: BlockSettings): void {
      for (const [part] of text.matchAll(/[ \t\n\r\f]+|[^ \t\n\r\f]+/g)) {
        if (!/^[ \t\n\r\f]/.test(part)) writeWord(part, look, settings);
        else space ??= { look, wraps: /[\n\r]/.test(part) };
      }
    },
    /** A line break; the first of a block is ignored, as it shows nothing. */
    breakLine(atMost = Number.POSITIVE_INFINITY): void {
      if (open) breaks = Math.max(breaks, Math.min(breaks + 1, atMost));
      space = null;
    },
    countBreaks: (): number => breaks,
    /** The number printed with the next heading; text of its own if none follows. */
    setNumber(text: string, look: Look, settings: BlockSettings): void {
      if (open || number !== undefined || text.length > 20) this.write(text, look, settings);
      else number = text;
    },
    closeHeading(look: Look, settings: BlockSettings): void {
      const unused = number;
      number = undefined;
      if (unused !== undefined) this.write(unused, look, settings);
      close();
    },
    add(draft: Draft): void {
      close();
      drafts.push(draft);
    },
    finish(): Draft[] {
      close();
      return drafts;
    },
  };
}

function appendRun(runs: Run[], text: string, look: Look): void {
  const last = runs.at(-1);
  if (last && isSameLook(last, look)) last.text += text;
  else runs.push({ text, ...look });
}

function joinsAcrossWrap(before: string, word: string, wraps: boolean): boolean {
  if (!wraps) return false;
  const after = String.fromCodePoint(word.codePointAt(0) ?? 0x20);
  return WIDE.test(before) && WIDE.test(after) && (CJK_LETTER.test(before) || CJK_LETTER.test(after));
}

function trimEnd(block: DraftText): DraftText {
  for (let last = block.runs.at(-1); last; last = block.runs.at(-1)) {
    last.text = last.text.trimEnd();
    if (last.text !== '') break;
    block.runs.pop();
  }
  return block;
}
