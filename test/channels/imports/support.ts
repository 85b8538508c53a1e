// What the tests of imports over HTTP share: pages to send, and what the database holds.
import { readFileSync } from 'node:fs';
import type { Answer, CallOptions, TestApp } from '../../support/app.ts';
import { compact } from './page-text/support.ts';

export const seed = readFileSync('prisma/seed/qingdao-two-sessions.txt');
export const seedTitle = '聚焦两会|驻青岛人大代表、政协委员“顶格推介”青岛的开放大势 工业互联网锐势 顶格协调阵势';

/** The story between the line of its source and that of its responsible editor, white space apart. */
export function seedBody(): string {
  const text = seed.toString('utf8');
  return compact(text.slice(text.indexOf('  “以保促稳'), text.indexOf('[ 责任编辑')));
}

export type PageParts = {
  title?: string;
  section?: string;
  source?: string;
  date?: string;
  editor?: string;
  body?: string;
};

/** A small page of the kind; a test names only what it is about. */
export function makePage(parts: PageParts = {}): string {
  const {
    title = '青岛再开放',
    section = '产经',
    source = '文化视界',
    date = '2020-05-27 14:48:49',
    editor = '刘莹莹',
  } = parts;
  const body = parts.body ?? '  作为龙头城市的青岛,也有责任作出更大贡献。';
  return `首页 > ${section} > 正文\n\n${title}\n\n来源: ${source} ${date}\n${body}\n\n[ 责任编辑：${editor} ]\n`;
}

export function importText(
  app: TestApp,
  page: string | Buffer,
  query = '',
  options: CallOptions = {},
): Promise<Answer> {
  return app.post(`/v1/imports/page-text${query}`, page, { type: 'text/plain', ...options });
}

const tables = [
  'article',
  'article_version',
  'article_version_credit',
  'article_version_tag',
  'article_version_related',
  'article_slug',
  'publication',
  'publication_editor',
  'publication_tag',
  'section',
  'editor',
  'source',
  'tag',
  'event',
] as const;

/** How many rows each table of the newsroom has. */
export async function countRows(app: TestApp): Promise<Record<string, number>> {
  // A refused key is told of, and changes nothing.
  const condition = (table: string) => (table === 'event' ? " where type <> 'api_key.refused'" : '');
  const selects = tables.map((table) => `(select count(*)::int from ${table}${condition(table)}) as ${table}`);
  const [row] = await app.deps.db.sql.rows<Record<string, number>>(`select ${selects.join(', ')}`, []);
  return row!;
}
