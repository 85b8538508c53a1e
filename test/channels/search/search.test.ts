import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
});
afterAll(() => app.close());

async function publish(input: object): Promise<string> {
  const made = await app.call('POST', '/v1/articles', { as: 'admin', body: input });
  expect(made.status, made.text).toBe(201);
  const done = await app.call('POST', `/v1/articles/${made.body.id}/publish`, { as: 'admin', ifMatch: '*', body: {} });
  expect(done.status, done.text).toBe(200);
  return made.body.id;
}
const search = async (q: string, more = '') => {
  const answer = await app.call('GET', `/v1/search?q=${encodeURIComponent(q)}${more}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};

describe('search', () => {
  it('finds what was published', async () => {
    const id = await publish({ title: '青岛工业互联网大会开幕', body: { text: '汪小帆说，5G 与 GDP 都在增长。' }, tags: ['两会'] });
    const other = await publish({ title: 'Cities are growing', body: { text: '上海的天气很好' } });
    for (const q of ['青岛', '岛', '工业互联网', '汪小帆', '5G', 'ＧＤＰ', 'gdp', 'qingdao', '"工业互联网大会"', '兩會', 'title:青岛', '青岛 OR 上海', '青岛 -上海', '开幕'])
      expect((await search(q)).data.map((a: { id: string }) => a.id), q).toContain(id);
    expect((await search('city grows')).data.map((a: { id: string }) => a.id)).toEqual([other]);
    console.log(JSON.stringify(await search('青岛', '&facets=section,source,editor,tag,year&count=exact&fields=id'), null, 1));
    for (const q of ['青岛 上海', '"互联网工业"', '青岛 -大会', '北京']) expect((await search(q)).data, q).toEqual([]);
    console.log(JSON.stringify(await search('青岛 开幕 火星', '&fields=id')));
    console.log(JSON.stringify(await search('青岛怎么开幕大会火星', '&fields=id')));
    console.log(JSON.stringify(await search('开', '&sort=-publishedAt&fields=id&limit=1')));
  });
});
