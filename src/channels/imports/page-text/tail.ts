// The lines below the story: who edited it, what to read next, the page's frame. Read from the last line upwards and
// only as far as every line is understood, so that a story's own last lines stay in it.
import { isChrome } from './chrome.ts';
import { type Details, readDetails } from './details.ts';
import { collapseBlanks, isProse, quote } from './lines.ts';

export type Tail = {
  details: Details[];
  related: string[];
  warnings: string[];
  /** The lines that remain for the story. */
  lines: string[];
};

const RELATED =
  /^[[【（(\s]*(?:相关|延伸|更多|推荐|热门|热点|精彩|编辑|最新|往期|猜你)(?:阅读|新闻|报道|文章|链接|推荐|稿件|资讯|专题|内容|喜欢|精彩|回顾|热点)[\]】）)\s]*(?:[:：>]\s*(.*))?$/;
/** More plain lines than this below the last prose are no list of links but the story (a table, a poem, a roll of names). */
const PENDING_MAX = 60;

export function readTail(lines: readonly string[], timeZone: string, knownSource: string | null): Tail {
  // Filled from the last line upwards, then turned round: putting each in front would take time by the square.
  const tail: Tail = { details: [], related: [], warnings: [], lines: [] };
  let end = lines.length;
  let pending: string[] = [];
  for (let at = lines.length - 1; at >= 0 && pending.length <= PENDING_MAX; at -= 1) {
    const line = lines[at]!;
    const heading = line.length <= 100 ? RELATED.exec(line) : null;
    const isFrame = heading === null && pending.length === 0 && takeFrame(tail, line, timeZone, knownSource);
    if (heading !== null) takeRelated(tail, heading[1] ?? '', pending, timeZone, knownSource);
    else if (!isFrame) {
      if (isProse(line)) break;
      pending.unshift(line);
      continue;
    }
    end = at;
    pending = [];
  }
  for (const list of [tail.details, tail.related, tail.warnings]) list.reverse();
  return takeGluedCredits({ ...tail, lines: lines.slice(0, end) }, timeZone);
}

/** A line that is no part of the story wherever it stands below it. Above a line not yet understood, it may be story. */
function takeFrame(tail: Tail, line: string, timeZone: string, knownSource: string | null): boolean {
  if (!isChrome(line)) return takeDetails(tail, line, timeZone, knownSource);
  tail.warnings.push(`left out ${quote(line)}`);
  return true;
}

function takeRelated(tail: Tail, inline: string, below: string[], timeZone: string, knownSource: string | null): void {
  const links = below.filter((line) => !takeFrame(tail, line, timeZone, knownSource));
  const titles = [inline, ...links].map(cleanTitle).filter((title) => title !== '');
  tail.related.push(...titles.reverse());
}

/** Takes the bullet or number before a link and the date behind it off. */
function cleanTitle(line: string): string {
  return collapseBlanks(line)
    .replace(/^(?:[·•●■◆▪▶►>*\-–—]+|\d{1,2}[.、)）])\s*/, '')
    .replace(/\s*[[(（]?\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?[\])）]?$/, '');
}

/** A date without a label dates the document (青岛市人民政府 2020年5月27日), and another outlet's name credits it: both are story. */
function takeDetails(tail: Tail, line: string, timeZone: string, knownSource: string | null): boolean {
  const details = readDetails(line, timeZone);
  if (details === null || !details.isLabelled) return false;
  if (details.source !== null && knownSource !== null && details.source !== knownSource) return false;
  tail.details.push(details);
  return true;
}

const GLUED = /[[【（(]\s*([^[\]【】()（）]{3,60})\s*[\]】）)]$/;

/** `…全文。（责任编辑：张三）`: an editor in brackets at the end of the last paragraph. A reporter there belongs to the story. */
function takeGluedCredits(tail: Tail, timeZone: string): Tail {
  const last = tail.lines.at(-1) ?? '';
  const glued = GLUED.exec(last.slice(-70));
  if (glued === null || glued[0].length === last.length) return tail;
  const details = readDetails(glued[1]!, timeZone);
  const isEditorial = details?.credits.every(({ role }) => role === 'editor' || role === 'responsible_editor');
  if (!details?.isLabelled || !isEditorial || details.credits.length === 0 || details.source !== null) return tail;
  const paragraph = last.slice(0, last.length - glued[0].length).trimEnd();
  return { ...tail, details: [details, ...tail.details], lines: [...tail.lines.slice(0, -1), paragraph] };
}
