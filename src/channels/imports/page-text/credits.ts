// Who made the story: the words pages use for a role, and the names behind them.
// A name is short and without sentence marks; what does not look like one makes the whole line no credit at all.
import type { CreditRole } from './types.ts';

export const creditRoles: Readonly<Record<string, CreditRole>> = {
  作者: 'author',
  撰文: 'author',
  撰稿: 'author',
  文: 'author',
  记者: 'reporter',
  本报记者: 'reporter',
  本网记者: 'reporter',
  见习记者: 'reporter',
  实习记者: 'reporter',
  特约记者: 'reporter',
  通讯员: 'reporter',
  摄影: 'photographer',
  摄影记者: 'photographer',
  摄: 'photographer',
  图: 'photographer',
  供图: 'photographer',
  翻译: 'translator',
  编译: 'translator',
  译者: 'translator',
  译: 'translator',
  编辑: 'editor',
  本期编辑: 'editor',
  执行编辑: 'editor',
  栏目编辑: 'editor',
  新媒体编辑: 'editor',
  总编辑: 'editor',
  主编: 'editor',
  美编: 'editor',
  校对: 'editor',
  审校: 'editor',
  审核: 'editor',
  责任编辑: 'responsible_editor',
  责编: 'responsible_editor',
  责任编缉: 'responsible_editor',
  网络编辑: 'responsible_editor',
  值班编辑: 'responsible_editor',
};

/** Roles that the model has no word for: the credit is kept under the nearest one, and a warning says so. */
export const approximatedLabels: ReadonlySet<string> = new Set(['总编辑', '主编', '美编', '校对', '审校', '审核']);

const STAFF_CODE = /[\s_]*(?:[A-Z]{1,3}[0-9]{2,6}|[A-Z]?[0-9]{3,8})$/;
const NOBODY = new Set(['未知', '网络整理', '佚名', '匿名', '本站', '无', '不详']);
const NAME = /^[\p{L}\p{M}\p{N}·•.\-&' ]{1,24}$/u;
const NAMES_LENGTH_MAX = 120;

/** The names in a list; null where a part is no name. Placeholders such as 未知 are left out, so the list may be empty. */
export function readNames(text: string): string[] | null {
  if (text.length > NAMES_LENGTH_MAX) return null;
  const names = text
    .split(/[、,，;；/|]+/)
    .flatMap(splitSpaced)
    .map((name) => name.replace(STAFF_CODE, '').trim())
    // 文/本报记者 刘艾林: the word before the name is what the person is, not a second person.
    .filter((name) => name !== '' && !/(?:记者|通讯员)$/.test(name));
  if (names.length === 0 || !names.every(isName)) return null;
  return names.filter((name) => !NOBODY.has(name));
}

function isName(name: string): boolean {
  if (!NAME.test(name)) return false;
  // Longest byline seen without a mark inside: an organisation's name of eleven characters.
  return !/\p{Script=Han}/u.test(name) || [...name].length <= 12;
}

/** A blank separates Chinese names, stands inside 刘 洋 and inside Latin names, and comes before a staff code. */
function splitSpaced(part: string): string[] {
  const words = part.trim().replace(STAFF_CODE, '').split(/\s+/);
  if (!words.every((word) => /^\p{Script=Han}/u.test(word))) return [words.join(' ')];
  const names: string[] = [];
  let isOpen = false;
  for (const word of words) {
    const isSingle = [...word].length === 1;
    if (isSingle && isOpen) names.push(`${names.pop()}${word}`);
    else names.push(word);
    isOpen = isSingle && !isOpen;
  }
  return names;
}
