// Correcting what the public reads: the live version with the changes takes its place at once, with a note that the public
// sees. Nobody need approve it: whoever may publish answers for it. A working copy that is ahead gets the same changes.
import { problem, within } from '../../../core/problems.ts';
import { formatInstant } from '../../../core/time.ts';
import type { Tx } from '../../../platform/db/db.ts';
import { type Act, type EventDraft, recordEvents } from '../../../platform/events/record.ts';
import { recordDue, takeDue } from '../announce.ts';
import { appendVersion } from '../append.ts';
import type { ReadBody } from '../changes.ts';
import { listChangedFields } from '../content.ts';
import { type Correction, correctContents } from '../corrections.ts';
import type { ArticleHead } from '../lock.ts';
import {
  addPublication,
  describePublication,
  endPublication,
  isCutShort,
  type Publication,
  startOf,
  type Timeline,
} from '../publications.ts';
import { requireReady } from '../readiness.ts';
import type { CorrectInput } from '../schemas.ts';
import { lockSlug } from '../slugs.ts';
import type { Warning } from '../view-schemas.ts';
import type { WriteOptions } from './create.ts';
import { type OpenArticle, openArticle, type Target, type Written } from './open.ts';

export async function correctArticle(
  tx: Tx,
  waiting: Act,
  target: Target,
  { note, changes, body }: CorrectInput & { readonly body: ReadBody },
  options: WriteOptions,
): Promise<Written> {
  const article = await openArticle(tx, waiting, target, 'correct');
  const { head, timeline, act } = article;
  const due = await takeDue(tx, act.now, head);
  const live = requireLive(timeline, act.now);
  const sent = { changes, blocks: body.blocks, policy: options.slugPolicy };
  const correction = await within('/changes', () => correctContents(tx, article, live.version, sent));
  const { version, head: after, events } = await appendCorrected(tx, article, correction, { note, live });
  const from = startOf(timeline, act.now);
  const lacking = await requireReady(tx, { id: head.id, version }, from);
  // Before the publication, whose view shows it.
  const [row] = await tx.rows<{ sequence: number }>(insertCorrection, [head.id, version, from.toISOString(), note]);
  const publication = await takeOver(tx, act, head, { timeline, live, version, from });
  const told = { ...publication, sequence: row!.sequence, note };
  const payload = { ...told, revision: after.revision, fields: ['publication', 'corrections'] };
  await recordDue(tx, act, due);
  const corrected: EventDraft = { type: 'article.corrected', subjectId: head.id, payload };
  await recordEvents(tx, act, [...correction.events, ...events, corrected]);
  return { id: head.id, warnings: [...body.warnings.map(inChanges), ...lacking, ...warnOfScheduled(timeline)] };
}

// By correction_pkey; the article's lock is held.
const insertCorrection = `
  insert into correction (article_id, sequence, version, at, note)
  select $1::uuid, coalesce(max(c.sequence), 0) + 1, $2::int, $3::timestamptz, $4
  from correction c where c.article_id = $1::uuid
  returning sequence`;

/** What is public now, and stays so for long enough that a correction can begin before its end. */
function requireLive(timeline: Timeline, now: Date): Publication {
  const { current, pending } = timeline;
  if (current === null) throw problem('article.not_published', { detail: 'The public does not see the article.' });
  if (current.visibleUntil === null || current.visibleUntil > startOf(timeline, now)) return current;
  if (pending === null) throw problem('article.not_published', { detail: 'It stops being public this very instant.' });
  const detail = `Version ${pending.version} takes over this very instant. Read it, and correct that one.`;
  throw problem('article.publication_overlap', { detail });
}

type Appended = { readonly version: number; readonly head: ArticleHead; readonly events: readonly EventDraft[] };

/** The corrected version and, where the working copy was ahead of the live one, the corrected working copy after it. */
async function appendCorrected(
  tx: Tx,
  article: OpenArticle,
  { corrected, working, fields }: Correction,
  { note, live }: { note: string; live: Publication },
): Promise<Appended> {
  const { head, state } = article;
  // The corrected version has the live slug and lets go of the working copy's, which takes it again: nobody comes between.
  if (corrected.slug !== head.slug) await lockSlug(tx, head.slug);
  const payload = { fields, ...(live.version === head.version ? {} : { basedOn: live.version }) };
  const first = await appendVersion(tx, article, { content: corrected, note, state, payload });
  const { version } = first.article.head;
  if (listChangedFields(corrected, working).length === 0) {
    return { version, head: first.article.head, events: [first.event] };
  }
  const changed = { fields: listChangedFields(article.content, working), basedOn: head.version };
  const second = await appendVersion(tx, first.article, { content: working, note, state, payload: changed });
  return { version, head: second.article.head, events: [first.event, second.event] };
}

type Succession = {
  readonly timeline: Timeline;
  readonly live: Publication;
  readonly version: number;
  readonly from: Date;
};

/** The corrected version from now on, until the end that the live one has. What is scheduled stays as it is. */
async function takeOver(tx: Tx, act: Act, head: ArticleHead, { timeline, live, version, from }: Succession) {
  const { visibleUntil: until, plannedUntil, slug } = live;
  await endPublication(tx, live.id, { until: from, announced: true });
  const publishedAt = head.publishedAt ?? timeline.firstPublishedAt ?? from;
  const next = { articleId: head.id, version, from, until, publishedAt, announced: true };
  const id = await addPublication(tx, act, next);
  if (isCutShort(timeline)) await endPublication(tx, id, { until, plannedUntil, announced: true });
  return describePublication({ id, version, slug, visibleFrom: from, visibleUntil: until });
}

const inChanges = (warning: Warning): Warning => ({ ...warning, pointer: `/changes${warning.pointer}` });

function warnOfScheduled({ pending }: Timeline): Warning[] {
  if (pending === null) return [];
  const at = formatInstant(pending.visibleFrom);
  const message = `Version ${pending.version}, scheduled for ${at}, was made before this correction and goes out without it. Publish the newest version then instead, with replaceScheduled: true.`;
  return [{ code: 'correction.not_in_scheduled', pointer: '/scheduled', message }];
}
