// What a page's frame leaves between the lines of a story: share buttons, font sizes, copyright. Only lines that are
// nothing else are recognised, only at the head and the end of a page, and the caller reports each one.

const WORDS = new Set(
  `分享 分享到 分享至 分享给好友 转发 打印 打印本页 打印本文 关闭 关闭窗口 关闭本页 收藏 推荐 复制链接 返回 返回顶部 返回首页 回到顶部 顶部
  字号 字体 字体大小 大 中 小 大字 小字 标准 默认 超大 加大 缩小 放大 A A+ A- T 微信 微博 新浪微博 腾讯微博 朋友圈 微信好友 QQ QQ空间 QQ好友 人人网 豆瓣
  纠错 我要纠错 举报 点赞 赞 评论 我要评论 发表评论 查看评论 参与互动 参与 条评论 跟贴 人参与 我来说说 有话要说 我要反馈 我有话说 手机看新闻
  手机查看 扫一扫 二维码 登录 注册 下载客户端 打开APP 客户端 分享文章到 查看原图 图集 首页 原创 关注 订阅 阅读 阅读量 浏览 浏览量 浏览次数
  点击 点击量 点击数 次 人 阅读数 播报 暂停 听新闻 语音播报 more 更多 展开全文 收起 Facebook Twitter 更多分享 繁体 简体 调整字号 小 中 大`.split(
    /\s+/,
  ),
);
const WHOLE_LINES = [
  /^(?:copyright|©|版权所有|版权归|版权声明|版权:|版权：|免责声明|特别声明|郑重声明|声明[:：]|法律声明)/i,
  /^(?:未经(?:书面)?(?:授权|许可|允许)|本网站?所刊载|凡本网注明|转载请注明|严禁转载|不得转载)/,
  /^(?:京|沪|粤|鲁|浙|苏)?(?:ICP备|ICP证|公网安备|互联网新闻信息服务许可)/,
  /^(?:上一篇|下一篇|上一页|下一页|上一条|下一条)\s*(?:[:：]|$)/,
  /^(?:扫一扫|扫描二维码|长按二维码|用微信扫|使用微信扫|打开微信|微信扫一扫|点击进入专题|进入专题|关注.{0,12}(?:公众号|微信|微博))/,
];
const LENGTH_MAX = 160;

export function isChrome(line: string): boolean {
  if (line.length > LENGTH_MAX) return false;
  return WHOLE_LINES.some((form) => form.test(line)) || isButtons(line);
}

/** A line of nothing but button words and counts: `分享到： 微信 微博`, `参与互动(0)`. */
function isButtons(line: string): boolean {
  const words = splitWords(line);
  if (words.length === 0) return /^[\s\p{P}\p{S}]+$/u.test(line) && !/[…—*]/.test(line) && line.length > 3;
  return words.some((word) => WORDS.has(word)) && words.every((word) => WORDS.has(word) || /^\d+$/.test(word));
}

function splitWords(line: string): string[] {
  return line.split(/[\s|｜/:：()（）[\]【】<>,，、·•]+/).filter((word) => word !== '');
}

/** Takes button words off the end of a value: `中国新闻网 参与互动(0)`. */
export function dropTrailingButtons(value: string): { kept: string; dropped: string } {
  const parts = value.split(/(\s+)/);
  let end = parts.length;
  while (end > 0 && (parts[end - 1]!.trim() === '' || isButtons(parts[end - 1]!))) end -= 1;
  return { kept: parts.slice(0, end).join('').trim(), dropped: parts.slice(end).join('').trim() };
}
