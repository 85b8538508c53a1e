// The line that says where on the site a story stands: 首页 > 产经 > 正文.
// 首页 (or the site's name) is the site and 正文 means "the text"; neither is a section.
import type { PageSection } from './types.ts';

const LENGTH_MAX = 120;
const LEVEL_LENGTH_MAX = 16;
const PREFIX = /^(?:您?(?:现在|当前|目前)?(?:所在|的)*位置是?|当前栏目|导航)\s*[:：]?\s*/;
const HOME = /^(?:.{0,10}(?:首页|主页)|home|.{1,6}(?:网|在线|门户))$/i;
const TEXT = /^(?:正文|本文|内容|文章|全文|详情|文章详情|新闻详情|文章正文|新闻正文)$/;
// These say "path" by themselves; the others also stand inside titles and need 首页 or 正文 as a witness.
const ARROWS = /\s*[>＞›»→]+\s*/;
const WEAK_SEPARATORS = [/\s*\/+\s*/, /\s*[-－—–]+\s*/, /\s*_+\s*/, /\s*[|｜]+\s*/, /\s*[·•]\s*/];

/** The section a line names: null in `section` where only the site and 正文 are there; null where it is no breadcrumb. */
export function readBreadcrumb(line: string): { section: PageSection | null } | null {
  if (line.length > LENGTH_MAX) return null;
  const path = line.replace(PREFIX, '');
  const levels = splitLevels(path);
  if (levels === null) return null;
  const breadcrumb = levels.filter((level, index) => !TEXT.test(level) && !(index === 0 && HOME.test(level)));
  const name = breadcrumb.at(-1);
  return { section: name === undefined ? null : { name, breadcrumb } };
}

function splitLevels(path: string): string[] | null {
  const levels = splitBy(path, ARROWS);
  if (levels.length > 1) return levels.every((level) => level.length <= LEVEL_LENGTH_MAX) ? levels : null;
  for (const separator of WEAK_SEPARATORS) {
    const found = splitBy(path, separator);
    const isPath = found.length > 1 && (/^.{0,6}(?:首页|主页)$/.test(found[0]!) || TEXT.test(found.at(-1)!));
    if (isPath && found.every((level) => level.length <= LEVEL_LENGTH_MAX)) return found;
  }
  return null;
}

function splitBy(path: string, separator: RegExp): string[] {
  return path.split(separator).filter((level) => level !== '');
}
