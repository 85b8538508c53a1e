// Example documents of versions and history, after the seed record. The contract test holds them against the schemas.
import { articleExamples } from './examples.ts';

const { url: _url, corrections: _corrections, version: _version, ...content } = articleExamples.published;
const { publishedAt: _at, firstPublishedAt: _first, updatedAt: _updated, ...stored } = content;
const editor = { type: 'editor', id: '0195f2a0-0000-7000-8000-000000000002', name: '刘莹莹' };

const firstHash = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
const facts = {
  number: 2,
  createdAt: '2020-05-27T06:45:00.000Z',
  createdBy: editor,
  note: '按编辑会意见',
  hash: 'fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9',
  previousHash: firstHash,
  publications: [{ from: '2020-05-27T06:48:49.000Z', until: null }],
};
const { number, createdAt, createdBy, note, hash } = facts;

const block = stored.body.blocks[0];
const place = (text: string) => ({
  index: 0,
  block: { ...block, children: [{ ...block?.children[0], text }] },
});

export const versionExamples = {
  list: {
    data: [{ ...facts, title: stored.title, wordCount: stored.wordCount }],
    page: { limit: 20, nextCursor: null },
  },
  one: { ...stored, ...facts },
  diff: {
    id: stored.id,
    from: { number: 1, createdAt: '2020-05-27T06:40:00.000Z', createdBy, note: null, hash: firstHash },
    to: { number, createdAt, createdBy, note, hash },
    fields: [{ field: 'kicker', before: '聚焦两会', after: null }],
    body: {
      same: 0,
      added: 0,
      removed: 0,
      moved: 0,
      changed: 1,
      truncated: false,
      changes: [
        {
          type: 'changed',
          before: place('对青岛来说,“工业互联网”就是历史机遇。'),
          after: place('对青岛来说,“工业互联网”就是最大的历史机遇。'),
          fields: ['text'],
          text: [
            { type: 'same', text: '对青岛来说,“工业互联网”就是' },
            { type: 'added', text: '最大的' },
            { type: 'same', text: '历史机遇。' },
          ],
        },
      ],
    },
  },
  history: {
    data: [
      {
        id: '0195f2a0-0000-7000-8000-000000000020',
        action: 'article.revised',
        at: createdAt,
        actor: editor,
        fields: ['kicker', 'body'],
        details: { revision: 2, version: 2 },
      },
    ],
    page: { limit: 20, nextCursor: null },
  },
};
