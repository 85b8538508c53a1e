// Articles that are shown with others: what the public sees of each, and when the clock changes that.
import { instant } from '../../../platform/db/json.ts';
import { type Instant, isPublic, isVisible } from './json.ts';
import { joinTexts } from './published-view.ts';

const card = `'{"id":"' || w.id || '","slug":' || (rp.view::json -> 'slug')::text || ',"title":' || to_json(rp.title)::text
  || ',"publishedAt":"' || ${instant('rp.published_at')} || '"}'`;

// One publication is to come at most, or two for a millisecond: a correction that is told begins then (publications.ts).
const newest = 3;

/**
 * Selects, of the ids that `ids` selects: `related` (each id, and what is shown of it where the public sees it), the last
 * change, the first end of one that is seen, and the first instant to come at which one starts (of the past there is
 * none). By publication_article_id_idx, the newest starts of each, since publications of an article never overlap.
 */
export const selectRelated = (ids: string, of: Instant) => {
  const { now, retractedWithin } = of;
  const rows =
    retractedWithin === undefined
      ? { where: '', limit: newest }
      : { where: `and r.visible_from <= ${now}::timestamptz`, limit: 1 };
  return `
  select ${joinTexts(`w.id::text || case when ${isPublic('rp', of)} then ${card} else '' end`)} as related,
    max(case when rp.visible_until <= ${now}::timestamptz then rp.visible_until
      when rp.visible_from <= ${now}::timestamptz then rp.visible_from end) as changed_at,
    min(case when ${isVisible('rp', now)} then rp.visible_until end) as ends_at,
    min(case when rp.visible_from > ${now}::timestamptz then rp.visible_from end) as starts_at
  from (${ids}) as w(id)
  left join lateral (
    select r.* from publication r where r.article_id = w.id ${rows.where}
    order by r.article_id desc, r.visible_from desc limit ${rows.limit}) rp on true`;
};
