// Any number of articles of real length, the same each time: passages of real news put together anew where there are some,
// otherwise the seed's sentences and made-up words that are as common and as rare as words are.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { seedFile } from '../../../src/channels/imports/seed.ts';
import type { Names, Story } from '../publish.ts';
import { cctvYears, readLines, readText } from '../sets.ts';
import { createRandom, type Random } from './random.ts';

export const names: Names = {
  section: ['时政', '国际', '财经', '社会', '科技', '文化', '体育', '教育', '健康', '军事'],
  source: ['海滨日报', '晚间新闻', '北方通讯社', '都市快报'],
  editor: '沈砚舟 顾清岚 陆远帆 汪小帆 欧阳若溪 江予白 裴知秋 宋怀瑾 林未晞 赵云舒'.split(' '),
  tag: '乡村振兴 数字经济 碳中和 高考 春运 医保 人工智能 冬奥会 房价 就业 养老 台风 航天 芯片 外贸 旅游 电影 足球 地铁 环保'.split(
    ' ',
  ),
};

const chinanews = fileURLToPath(
  new URL('../../../../shared/data/corpus/chinanews-2449/chinanews.jsonl.gz', import.meta.url),
);
const corpora = [chinanews, ...cctvYears];
export const hasCorpora = corpora.every((file) => existsSync(file));
export const corpusFiles = hasCorpora ? corpora : [seedFile];

/** What articles are made of. */
type Material = { nextTitle(): string; nextPassage(): string };

export async function writeStories(count: number): Promise<Iterable<Story>> {
  const random = createRandom(20_260);
  const material = hasCorpora ? await readMaterial(random) : await makeMaterial(random);
  return generate(count, random, material);
}

const minutesApart = 7;

// The oldest first, as they would have come.
function* generate(count: number, random: Random, { nextTitle, nextPassage }: Material): Generator<Story> {
  const now = Date.now();
  for (let n = count; n > 0; n -= 1) {
    const length = chooseLength(random);
    const passages: string[] = [];
    for (let written = 0; written < length; written += passages.at(-1)!.length) passages.push(nextPassage());
    yield {
      name: `search-${n}`,
      title: nextTitle(),
      body: passages.join('\n'),
      at: new Date(now - n * minutesApart * 60_000),
      refers: {
        section: random.below(names.section.length),
        source: random.below(names.source.length),
        editor: random.below(names.editor.length),
        tag: random.below(names.tag.length),
      },
    };
  }
}

// Many short ones, a few long ones; 720 characters on average.
const [shortest, spread, longest] = [150, 500, 5000];
const chooseLength = (random: Random) => Math.min(longest, shortest - Math.log(1 - random.next()) * spread);

const sentencesEach = 4;
const sentencesOf = (text: string) => text.match(/[^。！？\n]+[。！？]?/g) ?? [];

/** Sentences that follow each other belong together, so that words come in company, as they do. */
async function readMaterial(random: Random): Promise<Material> {
  const stories = (await readLines<{ title: string; body: string }>(chinanews)).map(({ title, body }) => ({
    title,
    body: body.replaceAll('\t', ''),
  }));
  for (const file of cctvYears) {
    for (const { title, html } of await readLines<{ title: string; html: string | null }>(file)) {
      stories.push({ title, body: readText(html ?? '') });
    }
  }
  const titles = stories.map(({ title }) => title.slice(0, 60)).filter((title) => title !== '');
  const passages = stories.flatMap(({ body }) => {
    const sentences = sentencesOf(body);
    const starts = Array.from({ length: Math.ceil(sentences.length / sentencesEach) }, (_, n) => n * sentencesEach);
    return starts.map((start) => sentences.slice(start, start + sentencesEach).join(''));
  });
  return { nextTitle: () => random.of(titles), nextPassage: () => random.of(passages) };
}

const vocabularySize = 20_000;

async function makeMaterial(random: Random): Promise<Material> {
  const seed = await readFile(seedFile, 'utf8');
  const sentences = sentencesOf(seed).filter((sentence) => sentence.length > 10);
  const characters = [...new Set(seed.match(/\p{Script=Han}/gu))];
  const word = () => Array.from({ length: random.below(5) === 0 ? 3 : 2 }, () => random.of(characters)).join('');
  const vocabulary = Array.from({ length: vocabularySize }, word);
  // Zipf: the nth word as often as 1/n.
  const common = () => vocabulary[Math.floor(vocabularySize ** random.next()) - 1]!;
  const some = (count: number) => Array.from({ length: count }, common).join('');
  const nextSentence = () =>
    random.below(5) === 0 ? random.of(sentences) : `${some(6)}，${some(6 + random.below(8))}。`;
  return {
    nextTitle: () => some(8),
    nextPassage: () => Array.from({ length: sentencesEach }, nextSentence).join(''),
  };
}
