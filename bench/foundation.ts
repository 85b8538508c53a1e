// Reads and a create on ten thousand articles, beside their floors.
import { fillArticles, fillSections, sectionCount } from './data.ts';
import type { Stage, Subject } from './stage.ts';
import { describeStory } from './story.ts';

const articleCount = 10_000;

export async function prepareFoundation(stage: Stage): Promise<Subject[]> {
  const { ours, client, subject } = stage;
  console.log(`filling ${articleCount} articles …`);
  await fillSections(client);
  const slugs = await fillArticles(client, articleCount);
  const body = await describeStory(stage);
  await stage.putAnswer('answer:create', await stage.ask('POST', '/v1/articles', body.replaceAll('{n}', '0')));
  const renamed = '777000777000';
  const recorded = { method: 'POST', url: '/v1/articles', body: body.replaceAll('{n}', renamed), renamed };
  await stage.putAnswer('record:create', JSON.stringify(recorded));
  await putReads(stage, slugs);
  const floors = await stage.startFloors();
  const article = `one article of ${articleCount} by slug`;
  const list = 'list of 20 of a section';
  const sections = Array.from({ length: sectionCount }, (_, i) => `bench-${i + 1}`);
  const below = (path: string, names: readonly string[]) => names.map((name) => path + name);
  const write = { method: 'POST', body } as const;
  return [
    await subject(article, 'ours', ours, below('/v1/articles/', slugs)),
    await subject(article, 'floor: constant Buffer', floors, ['/constant/article']),
    await subject(article, 'floor: one prepared row', floors, below('/prepared/', slugs)),
    await subject(list, 'ours', ours, below('/v1/articles?section=', sections)),
    await subject(list, 'floor: constant Buffer', floors, ['/constant/list']),
    await subject(list, 'floor: one prepared row', floors, below('/prepared/list-', sections)),
    await subject('create', 'ours', ours, ['/v1/articles'], { asAdmin: true, write }),
    await subject('create', 'floor: same SQL through pg', floors, ['/same/create'], { write }),
    await subject('create', 'floor: least SQL for the rows', floors, ['/create'], { write }),
  ];
}

async function putReads({ client, ask, putAnswer }: Stage, slugs: readonly string[]): Promise<void> {
  const first = slugs[0]!;
  const article = await ask('GET', `/v1/articles/${first}`);
  await putAnswer('constant:article', article);
  await client.query('insert into bench_answer select slug, replace($1, $2, slug) from unnest($3::text[]) as s(slug)', [
    article,
    first,
    slugs,
  ]);
  for (let n = 1; n <= sectionCount; n += 1) {
    const list = await ask('GET', `/v1/articles?section=bench-${n}`);
    await putAnswer(`list-bench-${n}`, list);
    if (n === 1) await putAnswer('constant:list', list);
  }
}
