// Example documents of the articles' operations, after the seed record. The contract test holds them against the schemas.

const section = {
  id: '0195f2a0-0000-7000-8000-000000000001',
  slug: 'chan-jing',
  name: '产经',
  breadcrumb: [{ slug: 'chan-jing', name: '产经' }],
};
const editor = { id: '0195f2a0-0000-7000-8000-000000000002', slug: 'liu-ying-ying', name: '刘莹莹' };

const published = {
  id: '0195f2a0-0000-7000-8000-000000000010',
  slug: 'gong-ye-hu-lian-wang',
  url: 'https://news.example/v1/articles/gong-ye-hu-lian-wang',
  locale: 'zh-CN',
  title: '工业互联网 于变局中开新局面',
  kicker: null,
  subtitle: null,
  summary: null,
  body: {
    blocks: [
      {
        _type: 'block',
        _key: 'b0',
        style: 'normal',
        children: [{ _type: 'span', _key: 'b0s0', text: '对青岛来说,“工业互联网”就是最大的历史机遇。', marks: [] }],
        markDefs: [],
      },
    ],
  },
  wordCount: 18,
  section,
  source: { id: '0195f2a0-0000-7000-8000-000000000003', slug: 'wen-hua-shi-jie', name: '文化视界', url: null },
  sourceUrl: null,
  credits: [{ role: 'responsible_editor', name: '刘莹莹', editor }],
  tags: [{ slug: 'liang-hui', name: '两会' }],
  cover: null,
  related: [],
  corrections: [],
  seo: null,
  genre: null,
  urgency: null,
  publishedAt: '2020-05-27T06:48:49.000Z',
  firstPublishedAt: '2020-05-27T06:48:49.000Z',
  updatedAt: '2020-05-27T06:48:49.000Z',
  version: 1,
  metadata: {},
};

const { body: _body, ...listed } = published;

const draft = {
  ...published,
  externalId: null,
  state: 'draft',
  revision: 1,
  createdAt: '2020-05-27T06:40:00.000Z',
  createdBy: { type: 'editor', id: editor.id, name: editor.name },
  assignee: editor,
  embargoUntil: null,
  trashedAt: null,
  isPublic: false,
  expiresAt: null,
  scheduled: null,
  retraction: null,
  hasUnpublishedChanges: true,
};

const person = { type: 'editor', id: editor.id, name: editor.name };
const token = 'mhl_0123456789abcdefghijklmnopqrstuv';
const previewLink = {
  id: '0195f2a0-0000-7000-8000-000000000012',
  version: null,
  createdAt: '2020-05-27T06:44:00.000Z',
  createdBy: person,
  expiresAt: '2020-05-28T06:44:00.000Z',
  revokedAt: null,
};

export const besideExamples = {
  comment: {
    id: '0195f2a0-0000-7000-8000-000000000011',
    text: '第二段的数字请核实。',
    version: 1,
    createdAt: '2020-05-27T06:42:00.000Z',
    createdBy: person,
  },
  previewLink,
  newPreviewLink: { ...previewLink, token, url: `https://news.example/v1/previews/${token}` },
};

export const articleExamples = {
  published,
  list: { data: [listed], page: { limit: 20, nextCursor: null } },
  written: { ...draft, warnings: [] },
  input: {
    title: '工业互联网 于变局中开新局面',
    section: 'chan-jing',
    source: 'wen-hua-shi-jie',
    credits: [{ role: 'responsible_editor', editor: 'liu-ying-ying' }],
    tags: ['两会'],
    body: { markdown: '对青岛来说,“工业互联网”就是最大的历史机遇。' },
  },
  patch: { summary: '青岛抢先一步。', tags: null, note: '按编辑会意见' },
  publish: { at: '2026-05-27T14:48:49+08:00', until: null },
  unpublish: { at: null },
  submit: { comment: '请审。' },
  return: { comment: '第二段的数字请核实。' },
  approve: {},
  restore: { version: 1, reason: '误删两段' },
  correct: { note: '更正：签约项目为 12 个，不是 21 个。', changes: { title: '工业互联网 12 个项目签约' } },
  retract: { notice: '本文所引数据有误，现予撤回。', reason: '来源撤稿' },
  reinstate: { reason: '来源已核实' },
};
