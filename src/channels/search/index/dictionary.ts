// The words of this process: those of the language, what the newsroom's sections, people, sources and tags are called, and
// what it taught the segmenter. Documents and queries are found also where one process knows a word that another does not
// know yet (analysis/segmenter.ts), so that it need not be told of each at once.
import type { Clock } from '../../../core/clock.ts';
import type { Sql } from '../../../platform/db/db.ts';
import type { SegmenterSource } from '../../../platform/words/segmenter.ts';
import { publishedTag } from '../../../resources/tags/published.ts';
import { createSegmenter, isTeachable, type LearningSegmenter } from '../analysis/segmenter.ts';

// Both small tables, read as a whole. The tags that only drafts have are secret, and how a query is cut can be seen.
const selectWords = `
  select folded from search_term union
  select n.folded from search_name n where n.noun <> 'tag'
    or exists (select from tag x where x.id = n.id and ${publishedTag.isPublic('$1::timestamptz')})`;

const refreshEveryMs = 30_000;

export function openDictionary(sql: Sql, clock: Clock, nowMs: () => number = () => performance.now()): SegmenterSource {
  let segmenter: LearningSegmenter | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  const known = new Set<string>();
  const load = () => {
    segmenter ??= createSegmenter();
    return segmenter;
  };
  const refresh = async () => {
    refreshedAt = nowMs();
    const rows = await sql.rows<{ folded: string }>(selectWords, [clock.now().toISOString()], 'search_words');
    const added = rows.map(({ folded }) => folded).filter((word) => !known.has(word));
    for (const word of added) known.add(word);
    load().learn(added.filter(isTeachable));
  };
  return {
    refresh,
    async get() {
      // Nobody waits for it: whoever asks may hold a connection.
      if (nowMs() - refreshedAt > refreshEveryMs) void refresh().catch(() => undefined);
      return load();
    },
  };
}
