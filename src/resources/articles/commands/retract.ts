// Taking an article back (撤稿): from this instant its public address answers with a notice, about the past as well.
import { formatInstant } from '../../../core/time.ts';
import { requireSection } from '../../../platform/auth/principal.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';
import { recordDue, takeDue } from '../announce.ts';
import { callOff, endOf, endPublication, plannedEnd } from '../publications.ts';
import type { RetractInput } from '../schemas.ts';
import { reconsiderSlugs } from '../slugs.ts';
import { storeHead } from '../store.ts';
import { openHead, type Target, type Written } from './open.ts';
import { unscheduled } from './publish.ts';
import { warnOfCalledOff } from './unpublish.ts';

type LastShown = { version: number; slug: string; visible_until: Date | null; section_path: string[] };

// By publication_article_id_idx: what the public sees, or saw last.
const selectLastShown = `
  select p.version, v.slug, p.visible_until, coalesce(s.path, '{}')::text[] as section_path
  from publication p join article_version v on v.article_id = p.article_id and v.number = p.version
  left join section s on s.id = p.section_id
  where p.article_id = $1::uuid and (p.start_announced or p.visible_from <= $2::timestamptz)
  order by p.visible_from desc limit 1`;

// By retraction_pkey; the article's lock is held.
const insertRetraction = `
  insert into retraction (article_id, sequence, version, at, notice, reason, planned_until, was_public)
  select $1::uuid, coalesce(max(r.sequence), 0) + 1, $2::int, $3::timestamptz, $4, $5, $6::timestamptz, $7
  from retraction r where r.article_id = $1::uuid
  returning sequence`;

export async function retractArticle(
  tx: Tx,
  waiting: Act,
  target: Target,
  { notice, reason }: RetractInput,
): Promise<Written> {
  const { head, timeline, act } = await openHead(tx, waiting, target, 'retract');
  const due = await takeDue(tx, act.now, head);
  const { current, pending } = timeline;
  const [found] = await tx.rows<LastShown>(selectLastShown, [head.id, act.now.toISOString()]);
  const last = found!;
  // Where the public found the story, also if it does not any more.
  requireSection(act.principal, last.section_path, '');
  await callOff(tx, timeline, act.now);
  const at = current === null ? act.now : endOf(current, act.now);
  if (current !== null) await endPublication(tx, current.id, { until: at, announced: true });
  await reconsiderSlugs(tx, head.id, head.slug);
  const end = plannedEnd(timeline)?.toISOString() ?? null;
  const row = [head.id, last.version, at.toISOString(), notice, reason ?? null, end, current !== null];
  const [{ sequence } = { sequence: 0 }] = await tx.rows<{ sequence: number }>(insertRetraction, row);
  const revision = await storeHead(tx, act, head, { publishedAt: timeline.firstPublishedAt });
  const visibleUntil = formatInstant(current === null ? last.visible_until! : at);
  const told = { version: last.version, slug: last.slug, sequence, notice, visibleUntil };
  const retracted: EventDraft = {
    type: 'article.retracted',
    subjectId: head.id,
    payload: { ...told, revision, fields: ['publication', 'retraction'] },
  };
  await recordDue(tx, act, due);
  await recordEvents(tx, act, [...(pending === null ? [] : [unscheduled(head.id, pending, revision)]), retracted]);
  return { id: head.id, warnings: warnOfCalledOff(timeline) };
}
