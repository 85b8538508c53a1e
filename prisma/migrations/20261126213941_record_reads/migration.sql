-- What public reads of records ask for: when tags became public, which events are, and orders to read lists along.

-- DropIndex
DROP INDEX "section_parent_id_idx";

-- AlterTable
ALTER TABLE "event" ADD COLUMN     "is_public" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "tag" ADD COLUMN     "published_from" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "section_position_idx" ON "section"("position", "id");

-- CreateIndex
CREATE INDEX "section_parent_id_idx" ON "section"("parent_id", "position", "id");

-- A condition IS NULL leaves the planner unaware of the order behind it.
CREATE INDEX section_root_idx ON section (position, id) WHERE parent_id IS NULL;

-- The newest event that everyone may know of. What is in the log was public by the rules of its time, which are these.
ALTER TABLE event DISABLE TRIGGER event_immutable;
UPDATE event SET is_public = true
WHERE subject_type IN ('section', 'editor', 'source')
  OR type IN ('article.published', 'article.updated', 'article.unpublished', 'article.expired', 'article.corrected',
    'article.retracted', 'article.reinstated', 'tag.created', 'tag.updated', 'tag.trashed', 'tag.untrashed');
ALTER TABLE event ENABLE TRIGGER event_immutable;
CREATE INDEX event_public_recorded_at_idx ON event (recorded_at) WHERE is_public;

-- The tags that the public sees, or will, in the orders of lists; and those that are to come.
UPDATE tag SET published_from = (SELECT min(p.visible_from) FROM publication_tag p WHERE p.tag_id = tag.id);
CREATE INDEX tag_public_name_idx ON tag (name, id) WHERE is_listed OR published_from IS NOT NULL;
CREATE INDEX tag_public_created_at_idx ON tag (created_at, id) WHERE is_listed OR published_from IS NOT NULL;
CREATE INDEX tag_public_updated_at_idx ON tag (updated_at, id) WHERE is_listed OR published_from IS NOT NULL;
CREATE INDEX tag_published_from_idx ON tag (published_from) WHERE NOT is_listed AND published_from IS NOT NULL;

-- Few publications are the first with a tag, so most change no tag. Tags are locked in the order of their ids, that two
-- articles which share new tags do not wait for each other.
CREATE FUNCTION date_published_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM tag t JOIN added a ON a.tag_id = t.id
  WHERE t.published_from IS NULL OR t.published_from > a.visible_from
  ORDER BY t.id FOR NO KEY UPDATE OF t;
  IF FOUND THEN
    UPDATE tag t SET published_from = a.visible_from
    FROM (SELECT tag_id, min(visible_from) AS visible_from FROM added GROUP BY tag_id) a
    WHERE t.id = a.tag_id AND (t.published_from IS NULL OR t.published_from > a.visible_from);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER publication_tag_dates_tag AFTER INSERT ON publication_tag
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION date_published_tags();

-- What is called off or purged may have been the first. The whole lock waits for publications that refer to the tag and
-- are on their way, which hold a share of it; the statement after it sees them.
CREATE FUNCTION redate_published_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM tag t WHERE t.id IN (SELECT tag_id FROM removed) ORDER BY t.id FOR UPDATE;
  IF FOUND THEN
    UPDATE tag t SET published_from = first.visible_from
    FROM (SELECT r.tag_id, (SELECT min(p.visible_from) FROM publication_tag p WHERE p.tag_id = r.tag_id) AS visible_from
          FROM removed r GROUP BY r.tag_id) first
    WHERE t.id = first.tag_id AND t.published_from IS DISTINCT FROM first.visible_from;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER publication_tag_redates_tag AFTER DELETE ON publication_tag
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION redate_published_tags();
