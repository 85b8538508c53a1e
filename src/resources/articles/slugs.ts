// Slugs of articles: one table holds every slug an article has or had. Drafts reserve and release; what the public has
// seen stays with its article for ever.
import { problem } from '../../core/problems.ts';
import { listSlugCandidates } from '../../core/slug.ts';
import type { Tx } from '../../platform/db/db.ts';
import { takeLock } from '../../platform/db/locks.ts';

// By article_slug_pkey.
const selectFree = `
  select c.slug from unnest($1::text[]) with ordinality as c(slug, n)
  where not exists (select from article_slug s where s.slug = c.slug)
  order by c.n limit 1`;

/**
 * What is like the slug and nobody has, or takes before the transaction ends: whoever takes a slug holds its lock. The
 * slug itself is taken.
 */
export async function chooseSlug(tx: Tx, taken: string, articleId: string): Promise<string> {
  const candidates = listSlugCandidates(taken, articleId).slice(1);
  for (;;) {
    const slug = (await findFree(tx, candidates)) ?? candidates.at(-1)!;
    // It holds the article's own id.
    if (slug === candidates.at(-1)) return slug;
    await lockSlug(tx, slug);
    // A writer who asked for it by name may have been first; then the next candidate is tried.
    if ((await findFree(tx, [slug])) !== undefined) return slug;
  }
}

/** To be held by whoever takes the slug. A statement of its own, so that the next sees what the holder before committed. */
export const lockSlug = (tx: Tx, slug: string) => takeLock(tx, 'slug', slug);

async function findFree(tx: Tx, candidates: readonly string[]): Promise<string | undefined> {
  const [row] = await tx.rows<{ slug: string }>(selectFree, [candidates], 'article_slug_free');
  return row?.slug;
}

// The conflict clause finds an article's own old slug; one of another article stays as it is, and nothing is returned.
const reserve = `
  insert into article_slug (slug, article_id, created_at) values ($1, $2::uuid, $3::timestamptz)
  on conflict (slug) do update set slug = article_slug.slug where article_slug.article_id = excluded.article_id
  returning slug`;

const releaseUnused = `
  delete from article_slug s
  where s.article_id = $1::uuid and s.slug <> $2 and s.published_from is null
  returning slug`;

/** Moves a working copy to another slug. The holder of a taken one is not named. */
export async function changeSlug(tx: Tx, articleId: string, slug: string, now: Date): Promise<void> {
  await lockSlug(tx, slug);
  const reserved = await tx.rows(reserve, [slug, articleId, now.toISOString()], 'article_slug_reserve');
  if (reserved.length === 0) throw slugTaken();
  await tx.rows(releaseUnused, [articleId, slug], 'article_slug_release');
}

// By article_slug_pkey.
const selectOther = `select slug from article_slug where slug = $1 and article_id is distinct from $2::uuid`;

/** Whether another article has the slug, or had it; the answer holds until the transaction ends. */
export async function isSlugTaken(tx: Tx, articleId: string, slug: string): Promise<boolean> {
  await lockSlug(tx, slug);
  return (await tx.rows(selectOther, [slug, articleId], 'article_slug_other')).length > 0;
}

export function slugTaken() {
  const detail = 'Another one has this slug, or had it. Choose another slug, or leave it out to have one made.';
  return problem('article.slug_taken', { detail, errors: [{ pointer: '/slug', code: 'slug_taken', message: detail }] });
}

// After a scheduled publication was called off, a slug that nobody saw is a draft's again.
const recompute = `
  update article_slug s set published_from = (
    select min(p.visible_from) from publication p
    join article_version v on v.article_id = p.article_id and v.number = p.version
    where p.article_id = s.article_id and v.slug = s.slug)
  where s.article_id = $1::uuid returning slug`;

export async function reconsiderSlugs(tx: Tx, articleId: string, workingSlug: string): Promise<void> {
  await tx.rows(recompute, [articleId], 'article_slug_recompute');
  await tx.rows(releaseUnused, [articleId, workingSlug], 'article_slug_release');
}
