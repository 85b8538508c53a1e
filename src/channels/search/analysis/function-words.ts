// Words that say how a question is put rather than what it is about, in Chinese, where they are not written apart: in other
// scripts a word is a term of its own. In a question they are looked for, but not asked for.

const listed =
  '的 地 得 了 着 过 和 与 及 或 是 在 有 吗 呢 吧 啊 呀 嘛 就 也 都 要 会 被 把 对 从 到 这 那 等 个 之 其 并 而 于 以 为 让 给 做 去 来 ' +
  '怎么 怎么办 怎么样 什么 为什么 为何 如何 怎样 多少 哪里 哪儿 哪个 哪些 哪 谁 几 么 能 能否 可以 还 多久 多长 多大 为啥 咋 是否 有没有 ' +
  '一个 一下 一种 这个 那个 这些 那些 我 你 他 她 它 我们 你们 他们 请问 关于';
const words: ReadonlySet<string> = new Set(listed.split(' '));

export const isFunctionWord = (folded: string) => words.has(folded);
