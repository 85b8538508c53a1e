// Of several tellings of one story beside an article only one is shown; what is only worded alike is another story.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.ts';
import { makeArticle, makePublished } from '../../support/factories.ts';
import { multiply } from './asking.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(import.meta.url);
  // Beside which the words of the stories are rare.
  const { id } = await makePublished(app, { title: 'Elsewhere', body: { text: 'nothing to do with it' } });
  await multiply(app, id, { from: 2, to: 200 });
});
afterAll(() => app.close());

type Related = { id: string; relation: string };
async function related(id: string, limit = 20): Promise<Related[]> {
  const answer = await app.get(`/v1/articles/${id}/related?fields=id&limit=${limit}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.data;
}
const idsOf = async (id: string, limit?: number) => (await related(id, limit)).map((item) => item.id);

type Told = { title: string; text: string };
let made: string[] = [];
async function publish({ title, text }: Told, more: object = {}): Promise<string> {
  const { id } = await makePublished(app, { title, body: { text }, ...more });
  made.push(id);
  return id;
}
const trash = (id: string) => app.delete(`/v1/articles/${id}`, { ifMatch: '*' });
// None finds what another test has made.
afterEach(async () => {
  app.clock.advance(1000);
  for (const id of made) await trash(id);
  made = [];
});

const aboutOf = (animal: string): Told => ({
  title: `${animal}保护区成立十周年`,
  text: `${animal}的栖息地在这十年里扩大了一倍，巡护员与调查队在保护区相聚，翻看红外相机拍下的斑纹，谈起生态廊道。`,
});
const storyOf = (animal: string): Told => ({
  title: `${animal}种群数量恢复到三百只`,
  text: `林业部门昨天公布的调查结果显示，${animal}的种群数量已经恢复到三百只。调查队在保护区里安装了八十台红外相机，用了两年时间辨认每一只${animal}的斑纹。专家认为，栖息地连成一片是数量增长的主要原因，下一步要建设生态廊道。`,
});
const retell = ({ title, text }: Told): Told => ({
  title: `喜讯：${title}`,
  text: `本报讯 ${text.replace('公布', '发布')}`,
});
const followUpOf = (animal: string): Told => ({
  title: `生态廊道如何为${animal}而建`,
  text: `设计师说，公路上方的廊道要种满灌木，${animal}才敢走过去。第一座将在明年春天动工，巡护员说，选址要看保护区的地形。`,
});

it('of two tellings of a third story the most similar is shown', async () => {
  const id = await publish(aboutOf('雪豹'));
  const story = storyOf('雪豹');
  const tellings = [await publish(story), await publish(retell(story))];
  const followUp = await publish(followUpOf('雪豹'));
  const found = await idsOf(id);
  expect(found).toHaveLength(2);
  expect(found).toContain(followUp);
  const [shown] = found.filter((other) => other !== followUp);
  expect(tellings).toContain(shown);
  app.clock.advance(1000);
  await trash(shown!);
  app.clock.advance(1000);
  expect((await idsOf(id)).toSorted()).toEqual([followUp, ...tellings.filter((other) => other !== shown)].toSorted());
});

it('the room that tellings leave is filled with what comes behind them, however many they are', async () => {
  const id = await publish(aboutOf('江豚'));
  const story = storyOf('江豚');
  const tellings = new Set<string>();
  for (let n = 0; n < 20; n += 1) tellings.add(await publish(n % 2 === 0 ? story : retell(story)));
  const followUp = await publish({
    title: '红外相机怎样拍照',
    text: '动物走过时红外相机自动拍照，斑纹清清楚楚，栖息地里装得最多，电池可以用半年，照片由巡护员取回。',
  });
  for (const limit of [2, 3, 20]) {
    const found = await idsOf(id, limit);
    expect(found).toHaveLength(2);
    expect(found.filter((other) => tellings.has(other))).toHaveLength(1);
    expect(found).toContain(followUp);
  }
  expect(await idsOf(id, 1)).toEqual((await idsOf(id, 2)).slice(0, 1));
});

it('what tells a curated one again is left out, and no curated one ever is', async () => {
  const story = storyOf('朱鹮');
  const [one, other] = [await publish(story), await publish(retell(story))];
  const similar = await publish({ ...retell(story), title: story.title });
  const followUp = await publish(followUpOf('朱鹮'));
  const curated = (id: string) => ({ id, relation: 'curated' });
  const both = await publish(aboutOf('朱鹮'), { related: [other, one] });
  expect(await related(both)).toEqual([curated(other), curated(one), { id: followUp, relation: 'similar' }]);
  const own = await publish(story, { related: [similar] });
  const found = await related(own);
  expect(found[0]).toEqual(curated(similar));
  expect(found.map(({ id }) => id)).not.toContain(one);
  expect(found.map(({ id }) => id)).not.toContain(other);
});

it('a telling that the public does not see takes the place of none', async () => {
  const id = await publish(aboutOf('穿山甲'));
  const story = storyOf('穿山甲');
  await makeArticle(app, { title: story.title, body: { text: story.text } });
  const shown = await publish(retell(story));
  expect(await idsOf(id)).toEqual([shown]);
  // Nor does the draft of one that is shown.
  const other = await publish(followUpOf('穿山甲'));
  await app.patch(`/v1/articles/${other}`, { title: story.title, body: { text: story.text } }, { ifMatch: '*' });
  const beside = await publish(aboutOf('穿山甲'), { related: [other] });
  expect(await idsOf(beside)).toEqual(expect.arrayContaining([other, shown]));
});

const notice = (what: string, where: string, when: string) =>
  `因${what}管道检修，${when}上午9时至下午5时，${where}将停止供应，请沿线居民提前准备，由此带来的不便敬请谅解。咨询电话96111。`;
const advice =
  '小区内的换热站同步检查，家中请留人，发现漏水及时报修，完工后恢复，市民可以登录网站查询进度，也可以到社区居委会登记。';
const forms: [what: string, one: Told, other: Told][] = [
  [
    'with another place in the headline',
    { title: '香港中路停水通知', text: notice('供水', '香港中路', '3月6日') },
    { title: '江西路停水通知', text: notice('供水', '江西路', '3月6日') },
  ],
  [
    'with another place in the text alone',
    { title: '停气通知', text: notice('燃气', '香港中路', '3月6日') },
    { title: '停气通知', text: notice('燃气', '江西路', '3月6日') },
  ],
  [
    'with another day alone',
    { title: '暖气通知', text: notice('供热', '香港中路', '3月6日') + advice },
    { title: '暖气通知', text: notice('供热', '香港中路', '3月12日') + advice },
  ],
];

it.each(forms)('short notices of one wording are shown beside each other: %s', async (_what, one, other) => {
  const [first, second] = [await publish(one), await publish(other)];
  const id = await publish({ title: `${one.title.slice(-4)}怎样写`, text: `${one.title}与${one.text.slice(0, 24)}` });
  expect(await idsOf(first)).toContain(second);
  expect(await idsOf(second)).toContain(first);
  expect(await idsOf(id)).toEqual(expect.arrayContaining([first, second]));
});

it('a long form that is filled in about somebody else is another story, one that is printed again is not', async () => {
  const fill = (who: string) => ({
    title: `市长会见${who}代表团`,
    text: `市长昨天下午在会议中心会见${who}代表团一行。市长代表市政府对${who}客人的到来表示欢迎，介绍了本市经济社会发展情况。他说，本市与${who}的合作基础扎实，前景广阔，希望双方在港口物流、海洋科技、文化旅游等领域加强交流，推动更多项目落地。${who}代表团团长感谢本市的热情接待，表示愿意发挥桥梁作用，促进企业往来。会见之前，${who}代表团参观了国际邮轮母港和海洋科学实验室，观看了宣传片，并同青年学生座谈。有关部门负责人参加会见。`,
  });
  const [one, other] = [await publish(fill('挪威')), await publish(fill('智利'))];
  const again = await publish({ ...fill('挪威'), text: `本报讯 ${fill('挪威').text}` });
  const id = await publish({
    title: '代表团为何都来看邮轮母港',
    text: '国际邮轮母港迎来多个代表团，会见与座谈之外，实验室也是一站。',
  });
  const found = await idsOf(id);
  expect(found).toContain(other);
  expect(found.filter((each) => each === one || each === again)).toHaveLength(1);
  expect(await idsOf(one)).toContain(other);
  expect(await idsOf(one)).not.toContain(again);
});

it('a short notice that is printed again, with a headline of its own, is one', async () => {
  const text = '市图书馆夜间借阅室今起开放，读者凭身份证入馆，闭馆时间延长到晚上10时。';
  const id = await publish({
    title: '夜间借阅室的灯光',
    text: '图书馆里，读者在夜间借阅室坐到很晚，身份证就是借书证。',
  });
  const tellings = [
    await publish({ title: '图书馆夜间借阅室开放', text }),
    await publish({ title: '图书馆开放夜间借阅室', text: `本报讯 ${text}` }),
  ];
  const found = await idsOf(id);
  expect(found).toHaveLength(1);
  expect(tellings).toContain(found[0]);
});
