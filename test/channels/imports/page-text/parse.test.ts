import { describe, expect, it } from 'vitest';
import { parsePageText } from '../../../../src/channels/imports/page-text/parse.ts';
import { compact, parse, printBlocks, prose, timeZone } from './support.ts';

const title = '青岛发布工业互联网行动方案';
const source = '来源：新华社 2020-05-27 14:48:49';

describe('section', () => {
  it.each([
    ['首页 > 产经 > 正文', ['产经']],
    ['新闻 > 国内 > 正文', ['新闻', '国内']],
    ['首页>>新闻>>国内>>正文', ['新闻', '国内']],
    ['首页 › 财经 › 正文', ['财经']],
    ['首页 » 财经', ['财经']],
    ['首页 / 财经 / 正文', ['财经']],
    ['首页-财经-正文', ['财经']],
    ['首页_财经_正文', ['财经']],
    ['当前位置：首页 > 财经 > 正文', ['财经']],
    ['人民网 > 时政 > 正文', ['时政']],
    ['\u3000首页\u00a0>\u00a0财经\t>\t正文', ['财经']],
  ])('%j', (line, breadcrumb) => {
    expect(parse(line, title, source, prose).section).toEqual({ name: breadcrumb.at(-1), breadcrumb });
  });

  it.each(['首页 > 正文', '首页'])('the site alone (%s) is no section', (line) => {
    expect(parse(line, title, source, prose)).toMatchObject({ section: null, title });
  });

  it.each(['中国-东盟博览会开幕', 'A/B 两地同步', title])('a title such as %s is no breadcrumb', (line) => {
    expect(parse(line, source, prose)).toMatchObject({ section: null, title: line });
  });
});

describe('source and time', () => {
  const at = (iso: string) => new Date(iso);
  it.each([
    ['来源: 文化视界 2020-05-27 14:48:49', '文化视界', at('2020-05-27T06:48:49Z')],
    ['来源：文化视界', '文化视界', null],
    ['来源 : 文化视界', '文化视界', null],
    ['稿源：文化视界 2020年05月27日 14:48', '文化视界', at('2020-05-27T06:48:00Z')],
    ['2020/05/27 14:48 来源：文化视界', '文化视界', at('2020-05-27T06:48:00Z')],
    ['2020-05-27　来源：文化视界', '文化视界', at('2020-05-26T16:00:00Z')],
    ['2020年5月27日14:48来源：人民网-文化频道', '人民网-文化频道', at('2020-05-27T06:48:00Z')],
    ['发布时间：2020-05-27 14:48 来源：文化视界 浏览次数：123 次', '文化视界', at('2020-05-27T06:48:00Z')],
    ['2020-05-27 14:48 字号：大 中 小 来源：文化视界', '文化视界', at('2020-05-27T06:48:00Z')],
    ['来源：中国新闻网 参与互动(0)', '中国新闻网', null],
    ['2020-05-27 14:48:49 文化视界', '文化视界', at('2020-05-27T06:48:49Z')],
    ['2020-05-27T14:48:49+00:00', null, at('2020-05-27T14:48:49Z')],
    ['来源：', null, null],
  ])('%s', (line, name, publishedAt) => {
    const article = parse(title, line, prose);
    expect(article).toMatchObject({ title, source: name, publishedAt });
    expect(printBlocks(article.blocks)).toBe(prose);
  });

  it.each(['2021-02-30 10:00', '2021-02-29', '2020-05-27 24:61', '05-27 14:48'])(
    '%s gives no instant but a warning',
    (time) => {
      const article = parse(title, `来源：新华社 ${time}`, prose);
      expect(article).toMatchObject({ publishedAt: null, source: '新华社' });
      expect(article.warnings.join()).toContain(time);
    },
  );

  it('a source below the story counts where the head has none', () => {
    expect(parse(title, prose, '（来源：无锡交警）')).toMatchObject({ source: '无锡交警' });
  });

  it('a date that signs the story stays in it', () => {
    const article = parse(title, source, prose, '青岛市人民政府', '2020年5月28日');
    expect(printBlocks(article.blocks)).toBe(`${prose}\n青岛市人民政府\n2020年5月28日`);
  });
});

describe('credits', () => {
  it.each([
    ['[ 责任编辑:刘莹莹 ]', ['responsible_editor 刘莹莹']],
    ['【编辑:郭炘蔚】', ['editor 郭炘蔚']],
    ['（责编：汤诗瑶、丁涛）', ['responsible_editor 汤诗瑶', 'responsible_editor 丁涛']],
    ['责任编辑：杨倩_NF4425', ['responsible_editor 杨倩']],
    ['责任编辑：韩保林 PK155', ['responsible_editor 韩保林']],
    ['责任编辑：刘 洋 王小明', ['responsible_editor 刘洋', 'responsible_editor 王小明']],
    ['编辑：Demi Xia', ['editor Demi Xia']],
    ['作者：张三/李四 翻译：王五', ['author 张三', 'author 李四', 'translator 王五']],
    ['编辑/苏芳 摄影/张艳', ['editor 苏芳', 'photographer 张艳']],
    ['文/本报记者　刘艾林', ['author 刘艾林']],
    ['新京报记者 陆一夫 编辑 刘晓阳 校对 李项玲', ['reporter 陆一夫', 'editor 刘晓阳', 'editor 李项玲']],
    ['(编辑匡智臻)', ['editor 匡智臻']],
    ['作者：网络整理', []],
  ])('%s', (line, expected) => {
    for (const article of [parse(title, source, line, prose), parse(title, source, prose, line)]) {
      expect(article.credits.map(({ role, name }) => `${role} ${name}`)).toEqual(expected);
      expect(printBlocks(article.blocks)).toBe(prose);
    }
  });

  it('an editor in brackets glued to the last paragraph is a credit, a reporter there is story', () => {
    expect(parse(title, source, `${prose}（责任编辑：张三）`)).toMatchObject({
      credits: [{ role: 'responsible_editor', name: '张三' }],
    });
    expect(printBlocks(parse(title, source, `${prose}（记者 张三）`).blocks)).toBe(`${prose}（记者 张三）`);
  });

  it.each(['记者：您好，请问青岛的下一步是什么？', '编辑部的故事', '作者认为：这是一次机遇', '评论: 疫情下的选择'])(
    '%s is no credit',
    (line) => {
      const article = parse(title, source, prose, line);
      expect(article.credits).toEqual([]);
      expect(printBlocks(article.blocks)).toBe(`${prose}\n${line}`);
    },
  );
});

describe('around the title and below the story', () => {
  it('kicker and subtitle', () => {
    expect(parse('肩题：聚焦两会', title, '——代表委员热议', source, prose)).toMatchObject({
      kicker: '聚焦两会',
      title,
      subtitle: '代表委员热议',
    });
    expect(parse(title, '代表委员热议', source, prose)).toMatchObject({ title, subtitle: '代表委员热议' });
  });

  it('a summary between title and source opens the story', () => {
    const article = parse(title, `核心提示：${prose}`, source, prose);
    expect(article).toMatchObject({ source: '新华社', subtitle: null });
    expect(printBlocks(article.blocks)).toBe(`核心提示：${prose}\n${prose}`);
  });

  it('related titles lose bullets and dates', () => {
    const article = parse(
      title,
      source,
      prose,
      '责任编辑：张三',
      '相关阅读：',
      '· 青岛再开放！',
      '2、胶东一体化 2020-05-26',
      '【延伸阅读】',
      '海尔卡奥斯',
    );
    expect(article).toMatchObject({
      related: ['青岛再开放！', '胶东一体化', '海尔卡奥斯'],
      credits: [{ name: '张三' }],
    });
    expect(printBlocks(article.blocks)).toBe(prose);
  });

  it('a plain line below chrome or credits is never lost', () => {
    for (const frame of ['打印 关闭', '责任编辑：张三']) {
      expect(printBlocks(parse(title, source, prose, frame, '青岛市人民政府').blocks)).toBe(
        `${prose}\n${frame}\n青岛市人民政府`,
      );
    }
  });

  it('chrome and credits among related titles are told apart from them', () => {
    const article = parse(title, source, prose, '相关阅读', '青岛再开放', '分享到：', '责任编辑：张三', '胶东一体化');
    expect(article).toMatchObject({ related: ['青岛再开放', '胶东一体化'], credits: [{ name: '张三' }] });
    expect(article.warnings.join()).toContain('分享到');
  });

  it('a heading like 相关链接 inside the story stays there', () => {
    const article = parse(title, source, prose, '相关链接', prose);
    expect(printBlocks(article.blocks)).toBe(`${prose}\n相关链接\n${prose}`);
  });

  it('chrome is left out and reported', () => {
    const article = parse(title, '分享到： 微信 微博', source, prose, '打印 关闭', '版权所有 未经授权不得转载');
    expect(printBlocks(article.blocks)).toBe(prose);
    expect(article.warnings).toHaveLength(3);
    expect(article.warnings.join()).toMatch(/分享到.*打印 关闭.*版权所有/);
  });
});

describe('body', () => {
  const shapes = (...lines: string[]) =>
    parse(title, source, ...lines).blocks.map((block) =>
      block._type === 'figure' ? 'figure' : `${block.style}${block.number ?? ''}`,
    );

  it.each(['1', '01', '一', '一、', '第一'])('a bare %s above a short line is a heading', (number) => {
    expect(shapes(prose, number, '青岛再开放', prose)).toEqual(['normal', `h2${number}`, 'normal']);
  });

  it.each([
    ['a number with a sentence below', ['1', prose]],
    ['a list', ['1', '苹果', '2', '梨', '3', '桃']],
    ['a number at the end', [prose, '1']],
    ['a number and four short lines', ['1', '甲', '乙', '丙', '丁', prose]],
    ['a heading with its number on the line', ['一、青岛再开放', prose]],
    ['a year', ['2020', '青岛再开放', prose]],
  ])('%s stays paragraphs', (_, lines) => expect(new Set(shapes(...lines))).toEqual(new Set(['normal'])));

  it('the title glued to a paragraph is a figure, once or twice, alone too; a mention is not', () => {
    expect(shapes(`${prose}${title}`, prose)).toEqual(['normal', 'figure', 'normal']);
    expect(shapes(prose, `${prose}${title} ${title}`, prose)).toEqual([
      'normal',
      'normal',
      'figure',
      'figure',
      'normal',
    ]);
    expect(shapes(`今天${title} ${title}`, prose)).toEqual(['normal', 'figure', 'normal']);
    expect(shapes(prose, title, prose)).toEqual(['normal', 'figure', 'normal']);
    expect(shapes(`${prose}今天${title}`, prose)).toEqual(['normal', 'normal']);
    expect(parse('青岛', source, `${prose}“青岛”青岛`).blocks).toHaveLength(1);
  });

  it('line ends and blanks of every kind are the same page', () => {
    const page = [title, source, prose, '1', '青岛再开放', prose].join('\n\n');
    const other = page.replaceAll('\n', '\r\n').replace(/^(?=[^\r\n])/gm, '\t\u3000\u00a0');
    expect(parsePageText(other, { timeZone })).toEqual(parsePageText(page, { timeZone }));
  });

  it('a page without details keeps every line', () => {
    const lines = ['图为青岛港', '图为崂山', '图为栈桥', '图为五四广场', '图为八大关'];
    expect(printBlocks(parse(title, ...lines).blocks)).toBe(lines.join('\n'));
  });
});

describe('refusals and hostile input', () => {
  it.each(['', '\n \u3000\n', '首页 > 产经 > 正文', source, prose])('a page such as %j has no title', (page) => {
    expect(() => parse(page)).toThrow(expect.objectContaining({ code: 'import.incomplete', status: 422 }));
  });

  it.each([
    ['10 MB of >', '>'.repeat(1e7)],
    ['10 MB of blanks', ' '.repeat(1e7)],
    ['10 MB of 首页 > ', '首页 > '.repeat(2e6)],
    ['a line of 10 MB', `${title}\n${source}\n${'青'.repeat(1e7)}`],
    ['100,000 lines', `${title}\n${source}\n${`${prose}\n`.repeat(1e5)}`],
    ['100,000 numbers', `${title}\n${source}\n${'1\n'.repeat(1e5)}`],
    ['100,000 headings of related reading', `${title}\n${source}\n${prose}\n${'相关阅读\n'.repeat(1e5)}`],
    ['100,000 short lines', `${'青岛\n'.repeat(1e5)}`],
    ['100,000 glued titles', `${title}\n${source}\n${prose}${title.repeat(1e5)}`],
    ['100,000 buttons', `${title}\n${'分享\n'.repeat(1e5)}`],
    ['brackets', `${title}\n${source}\n${prose}${'（'.repeat(1e6)}`],
    ['labels', `${title}\n${source}\n${'编辑：'.repeat(1e6)}`],
  ])('%s is read in linear time', (_, page) => {
    const started = process.cpuUsage().user;
    try {
      const article = parsePageText(page, { timeZone });
      expect(article.warnings.length).toBeLessThanOrEqual(51);
    } catch (error) {
      expect(error).toMatchObject({ code: 'import.incomplete' });
    }
    // A quadratic reading of these takes minutes; a linear one well under a second of processor time.
    expect(process.cpuUsage().user - started).toBeLessThan(8e6);
  });

  it('keys are unique and the same each time', () => {
    const article = parse(title, source, prose, '1', '青岛再开放', `${prose}${title}`);
    const keys = article.blocks.flatMap((block) => [
      block._key,
      ...(block._type === 'block' ? block.children.map((span) => span._key) : []),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(parse(title, source, prose, '1', '青岛再开放', `${prose}${title}`)).toEqual(article);
    expect(compact(printBlocks(article.blocks))).toBe(compact(`${prose}1青岛再开放${prose}${title}`));
  });
});
