// Example documents of search, after the seed record. The contract test holds them against the schemas.
import { articleExamples } from '../../resources/articles/routes/examples.ts';

export const searchExamples = {
  results: {
    data: [
      {
        ...articleExamples.list.data[0],
        highlight: {
          title: '<mark>工业互联网</mark> 于变局中开新局面',
          summary: null,
          body: ['对<mark>青岛</mark>来说,“<mark>工业互联网</mark>”就是最大的历史机遇。'],
        },
      },
    ],
    page: { limit: 20, nextCursor: null },
    query: { terms: ['青岛', '工业互联网'], dropped: [], relaxed: [], isCut: false },
    facets: { section: { values: [{ slug: 'chan-jing', name: '产经', count: 1 }], isExact: true } },
  },
  suggestions: {
    data: [
      { type: 'tag', id: '0195f2a0-0000-7000-8000-000000000004', slug: 'qing-dao', text: '青岛' },
      {
        type: 'article',
        id: '0195f2a0-0000-7000-8000-000000000010',
        slug: 'gong-ye-hu-lian-wang',
        text: '工业互联网 于变局中开新局面',
      },
    ],
  },
  related: { data: [{ ...articleExamples.list.data[0], relation: 'curated' }] },
};
