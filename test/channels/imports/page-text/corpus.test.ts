import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compact, parse, printBlocks } from './support.ts';

const file = '../shared/data/corpus/chinanews-2449/chinanews.jsonl.gz';
type Story = { title: string; datetime: string; body: string; editor: string; published_at: string };

describe.skipIf(!existsSync(file))('every tenth of 2,449 real stories as a page (needs ../shared/data)', () => {
  const stories = (existsSync(file) ? gunzipSync(readFileSync(file)).toString('utf8') : '')
    .split('\n')
    .filter((line, index) => line !== '' && index % 10 === 0)
    .map((line): Story => JSON.parse(line));
  const pages = stories.map((story) => ({
    story,
    article: parse('首页 > 国内 > 正文', '', story.title, '', `来源：中国新闻网 ${story.datetime}`, story.body),
  }));
  const share = (isRight: (page: (typeof pages)[number]) => boolean) => pages.filter(isRight).length / pages.length;

  it('title, section, source and time of all are right', () => {
    expect(pages.length).toBe(245);
    expect(
      share(({ story, article }) => {
        const isTime = article.publishedAt?.getTime() === Date.parse(story.published_at);
        return (
          isTime &&
          compact(article.title) === compact(story.title) &&
          article.section?.name === '国内' &&
          article.source === '中国新闻网'
        );
      }),
    ).toBe(1);
  });

  it('the editor of all that print one is right', () => {
    const printed = pages.filter(({ story }) => story.editor !== '');
    const right = printed.filter(({ story, article }) =>
      article.credits.some(({ role, name }) => role === 'editor' && name === story.editor),
    );
    expect(right.length).toBe(printed.length);
  });

  it('no story loses or moves a character but for lines that became credits', () => {
    // A byline may stand above the story, bylines and the editor's line below it; nothing else may be missing.
    const credits = /^(?:[[【（(]?(?:作者|记者|文|编辑|责任编辑|本期编辑|来源|摄影)[:：/].*)?$/;
    const isWhole = ({ story, article }: (typeof pages)[number]) => {
      const text = compact(printBlocks(article.blocks));
      const [above, below, ...more] = compact(story.body).split(text);
      return more.length === 0 && credits.test(above!) && credits.test(below ?? 'lost');
    };
    expect(share(isWhole)).toBe(1);
  });
});
