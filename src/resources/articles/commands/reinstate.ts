// Undoing a retraction: what was public when the article was taken back is public again, until the end that it had.
import { type Problem, problem } from '../../../core/problems.ts';
import { formatInstant } from '../../../core/time.ts';
import { requireSection } from '../../../platform/auth/principal.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';
import type { ArticleHead } from '../lock.ts';
import { addPublication, describePublication, startOf } from '../publications.ts';
import { requireReady } from '../readiness.ts';
import { storeHead } from '../store.ts';
import type { Warning } from '../view-schemas.ts';
import { storeComment } from './comment.ts';
import { openHead, type Target, type Written } from './open.ts';

type Retraction = {
  sequence: number;
  version: number;
  planned_until: Date | null;
  was_public: boolean;
  slug: string;
  section_path: string[];
};

// By retraction_open_key.
const selectOpen = `
  select r.sequence, r.version, r.planned_until, r.was_public, v.slug, coalesce(s.path, '{}')::text[] as section_path
  from retraction r join article_version v on v.article_id = r.article_id and v.number = r.version
  left join section s on s.id = v.section_id
  where r.article_id = $1::uuid and r.reinstated_at is null`;

const updateReinstated = `
  update retraction set reinstated_at = $3::timestamptz where article_id = $1::uuid and sequence = $2::int`;

/** Nothing can have been scheduled meanwhile, and nothing be due. */
export async function reinstateArticle(tx: Tx, waiting: Act, target: Target, reason: string | null): Promise<Written> {
  const { head, timeline, act } = await openHead(tx, waiting, target, 'reinstate');
  const [found] = await tx.rows<Retraction>(selectOpen, [head.id]);
  const retraction = found!;
  const { sequence, version, slug } = retraction;
  requireSection(act.principal, retraction.section_path, '');
  const from = startOf(timeline, act.now);
  const hidden = explainHidden(retraction, from);
  const publishedAt = head.publishedAt ?? timeline.firstPublishedAt ?? from;
  const again = hidden === null ? await showAgain(tx, act, head, retraction, { from, publishedAt }) : null;
  await tx.rows(updateReinstated, [head.id, sequence, from.toISOString()]);
  const commentId = reason === null ? null : await storeComment(tx, act, head, reason);
  const revision = await storeHead(tx, act, head, {});
  const fields = ['retraction', ...(again === null ? [] : ['publication'])];
  const payload = { version, slug, sequence, commentId, ...again?.publication, revision, fields };
  const reinstated: EventDraft = { type: 'article.reinstated', subjectId: head.id, payload };
  await recordEvents(tx, act, [reinstated]);
  return { id: head.id, warnings: again?.warnings ?? [notPublic(hidden!)] };
}

/** Why the public does not see it again; null: it does. */
function explainHidden({ was_public: wasPublic, planned_until: end }: Retraction, from: Date): string | null {
  if (!wasPublic) return 'It was not public any more when it was retracted, so it is not public now.';
  if (end === null || end > from) return null;
  return `The end that it had, ${formatInstant(end)}, has passed, so it is not public now.`;
}

const notPublic = (reason: string): Warning => ({
  code: 'article.not_public',
  pointer: '/isPublic',
  message: `${reason} Publish it to show it again.`,
});

async function showAgain(
  tx: Tx,
  act: Act,
  head: ArticleHead,
  { version, slug, planned_until: until }: Retraction,
  { from, publishedAt }: { from: Date; publishedAt: Date },
) {
  if (head.embargoUntil !== null && from < head.embargoUntil) throw embargoedProblem(head.embargoUntil);
  const next = { articleId: head.id, version, from, until, publishedAt, announced: true };
  const id = await addPublication(tx, act, next);
  // Judged once the publication keeps what it names from the trash: until now nothing did.
  const warnings = await requireReady(tx, { id: head.id, version }, from);
  return { warnings, publication: describePublication({ id, version, slug, visibleFrom: from, visibleUntil: until }) };
}

function embargoedProblem(until: Date): Problem {
  return problem('article.embargoed', {
    detail: `The article is under an embargo until ${formatInstant(until)}. Reinstate it then or later, or lift the embargo.`,
    extensions: { embargoUntil: formatInstant(until) },
  });
}
