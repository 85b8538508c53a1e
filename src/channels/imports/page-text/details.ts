// A line of details: source, time, credits, counters, in any order: 来源: 文化视界 2020-05-27 14:48:49, 编辑/苏芳 摄影/张艳.
// A line counts only when all of it is understood, so that a sentence which merely begins like one stays in the story.
import { dropTrailingButtons, isChrome } from './chrome.ts';
import { approximatedLabels, creditRoles, readNames } from './credits.ts';
import { findDate } from './dates.ts';
import { collapseBlanks, quote, stripBrackets } from './lines.ts';
import type { CreditRole, PageCredit } from './types.ts';

export type Details = {
  source: string | null;
  /** The time of publication as printed, and its instant where there is one. */
  date: { text: string; instant: Date | null } | null;
  credits: PageCredit[];
  /** Whether a label such as 来源: says what the line is. */
  isLabelled: boolean;
  warnings: string[];
};

type Kind = CreditRole | 'source' | 'published' | 'updated' | 'ignored';
type Field = { label: string; kind: Kind; value: string };

const OTHER_LABELS: Readonly<Record<Exclude<Kind, CreditRole>, string>> = {
  source: '来源 稿源 出处 本文来源 新闻来源 文章来源 信息来源 稿件来源 消息来源 原文来源 内容来源',
  published: '时间 日期 发布时间 发稿时间 发布日期 发表时间 发表日期 发布于 发表于 刊发时间',
  updated: '更新时间 最后更新 修改时间 更新于 更新日期',
  ignored:
    '浏览次数 浏览量 浏览 点击 点击数 点击量 点击次数 阅读 阅读量 阅读数 阅读次数 字号 字体 字体大小 评论 评论数 分享 分享到 分享至 关键词 关键字 标签 查看 人气 稿件编号',
};
const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...Object.entries(creditRoles),
  ...Object.entries(OTHER_LABELS).flatMap(([kind, labels]) =>
    labels.split(' ').map((label) => [label, kind as Kind] as const),
  ),
]);

const LINE_LENGTH_MAX = 200;
const BOUNDARY = String.raw`(?<![\p{Script=Han}\p{L}])`;
// 记者：… in the middle of a word is still a label, but a single letter such as 文 or a slash needs a free place before it.
const LABEL = new RegExp(
  `(?:${joinLabels((label) => label.length > 1)}|${BOUNDARY}(?:${joinLabels((label) => label.length === 1)}))\\s*[:：]` +
    `|${BOUNDARY}(?:${joinLabels((label) => label in creditRoles)})\\s*[/／丨|｜]`,
  'gu',
);

function joinLabels(isWanted: (label: string) => boolean): string {
  const labels = [...kinds.keys()].filter(isWanted);
  return labels.sort((left, right) => right.length - left.length).join('|');
}

/** What a line of details says; null where the line is anything else. */
export function readDetails(line: string, timeZone: string): Details | null {
  if (line.length > LINE_LENGTH_MAX) return null;
  const text = stripBrackets(line);
  const { before, fields } = splitFields(text);
  if (fields.length === 0) return readUnlabelled(before, timeZone) ?? readSpacedCredits(separateLabel(line, before));
  const details: Details = { source: null, date: null, credits: [], isLabelled: true, warnings: [] };
  const isUnderstood =
    readBefore(details, before, timeZone) && fields.every((field) => readField(details, field, timeZone));
  return isUnderstood ? details : null;
}

function splitFields(text: string): { before: string; fields: Field[] } {
  const found = [...text.matchAll(LABEL)];
  const fields = found.map((match, index) => {
    const label = match[0].replace(/\s*[:：/／丨|｜]$/, '');
    const value = text.slice(match.index + match[0].length, found[index + 1]?.index);
    return { label, kind: kinds.get(label)!, value };
  });
  return { before: text.slice(0, found[0]?.index).trim(), fields };
}

function readBefore(details: Details, before: string, timeZone: string): boolean {
  const rest = takeDate(details, before, timeZone);
  const { kept, dropped } = dropTrailingButtons(rest);
  noteDropped(details, dropped);
  return kept.replace(/[|｜\s]+/g, '') === '';
}

function readField(details: Details, field: Field, timeZone: string): boolean {
  const { kind } = field;
  if (kind === 'updated' || kind === 'ignored') return dropField(details, field, timeZone);
  const { kept, dropped } = dropTrailingButtons(takeDate(details, field.value, timeZone));
  noteDropped(details, dropped);
  if (kind === 'published') return kept === '';
  return kind === 'source' ? readSource(details, kept) : readCredit(details, field.label, kind, kept);
}

function readSource(details: Details, value: string): boolean {
  const source = collapseBlanks(value).replace(/[\s|｜/[(（【]+$/, '');
  if (source.length > 40 || /[。！？；]/.test(source)) return false;
  if (source !== '') details.source ??= source;
  return true;
}

function readCredit(details: Details, label: string, role: CreditRole, value: string): boolean {
  const text = stripBrackets(value);
  const isEmptyAllowed = role === 'editor' || role === 'responsible_editor';
  const names = text === '' && isEmptyAllowed ? [] : readNames(text);
  if (names === null) return false;
  if (names.length === 0 && text !== '')
    details.warnings.push(`${quote(`${label}: ${text}`)} names nobody and was left out`);
  if (names.length > 0 && approximatedLabels.has(label))
    details.warnings.push(`${label} is kept under the role ${role}`);
  for (const name of names) details.credits.push({ role, name });
  return true;
}

/** A line with a date and at most an outlet's name beside it. Without a time of day, a name beside it may be anything. */
function readUnlabelled(text: string, timeZone: string): Details | null {
  const details: Details = { source: null, date: null, credits: [], isLabelled: false, warnings: [] };
  const found = findDate(text, timeZone);
  if (found === null) return null;
  const { kept, dropped } = dropTrailingButtons(takeDate(details, text, timeZone));
  noteDropped(details, dropped);
  if (kept === '') return details;
  if (!found.hasTime || kept.length > 20 || !/^[\p{L}\p{N}·\-—\s]+$/u.test(kept)) return null;
  details.warnings.push(`${quote(kept)} stands beside the time and was taken for the source`);
  return { ...details, source: collapseBlanks(kept) };
}

/** `(编辑匡智臻)`: only brackets make a label and a name without anything between them certain. */
function separateLabel(line: string, text: string): string {
  return line === text ? text : text.replace(/^(责任编辑|责编|编辑)(?=\p{Script=Han}{2,4}$)/u, '$1 ');
}

/** `新京报记者 陆一夫 编辑 刘晓阳`: labels and names with nothing but blanks between them. */
function readSpacedCredits(text: string): Details | null {
  const words = text.split(/\s+/);
  const details: Details = { source: null, date: null, credits: [], isLabelled: true, warnings: [] };
  if (words.length < 2 || words.length > 14) return null;
  let label: string | null = null;
  for (const [index, word] of words.entries()) {
    const next = findLabelAtEnd(word, index === 0);
    if (next !== null && label !== null && !kinds.has(words[index - 1]!)) label = next;
    else if (next !== null && label === null) label = next;
    else if (label !== null && /^\p{Script=Han}{2,4}$/u.test(word))
      readCredit(details, label, creditRoles[label]!, word);
    else return null;
  }
  if (details.credits.length === 0 || words.at(-1)! in creditRoles) return null;
  if (!kinds.has(words[0]!)) details.warnings.push(`${quote(text)} was read as credits`);
  return details;
}

function findLabelAtEnd(word: string, mayHaveOutlet: boolean): string | null {
  if (word.length > 1 && word in creditRoles) return word;
  return mayHaveOutlet && /^.{2,10}记者$/u.test(word) ? '记者' : null;
}

function takeDate(details: Details, text: string, timeZone: string): string {
  const found = findDate(text, timeZone);
  if (found === null) return text.trim();
  details.date ??= { text: found.text, instant: found.instant };
  return found.rest;
}

/** Counters hold numbers and buttons, 更新时间 holds a time, keywords anything short; 评论：… with words is a title. */
function dropField(details: Details, { label, value }: Field, timeZone: string): boolean {
  const isCounter = /^[\s\d,.万+次人条()（）]*$/.test(value) || isChrome(value.trim());
  const isTime = findDate(value, timeZone)?.rest === '';
  if (!isCounter && !isTime && !/^(?:关键|标签)/.test(label)) return false;
  details.warnings.push(`left out ${quote(`${label}: ${value.trim()}`)}`);
  return true;
}

function noteDropped(details: Details, dropped: string): void {
  if (dropped !== '') details.warnings.push(`left out ${quote(dropped)}`);
}
