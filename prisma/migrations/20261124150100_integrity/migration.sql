-- What Prisma's schema language cannot say. The application relies on these names: src/platform/db/conflicts.ts
-- translates a violated constraint into the problem that a client sees.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- One row, one history of events.
ALTER TABLE installation ADD CONSTRAINT installation_single_check CHECK (id = 1);
INSERT INTO installation (id, epoch) VALUES (1, gen_random_uuid());

-- Chinese order for everything that lists sort by name or title, in index and cursor alike.
ALTER TABLE section ALTER COLUMN name TYPE text COLLATE "zh-x-icu";
ALTER TABLE editor ALTER COLUMN name TYPE text COLLATE "zh-x-icu";
ALTER TABLE source ALTER COLUMN name TYPE text COLLATE "zh-x-icu";
ALTER TABLE tag ALTER COLUMN name TYPE text COLLATE "zh-x-icu";
ALTER TABLE article ALTER COLUMN title TYPE text COLLATE "zh-x-icu";
ALTER TABLE publication ALTER COLUMN title TYPE text COLLATE "zh-x-icu";

-- Publications of one article never overlap, and a range is never empty.
ALTER TABLE publication ADD CONSTRAINT publication_range_check CHECK (visible_from < visible_until);
ALTER TABLE publication ADD CONSTRAINT publication_overlap_excl
  EXCLUDE USING gist (article_id WITH =, tstzrange(visible_from, visible_until) WITH &&);

-- The worker's queues: what has begun or ended and is not in the event log yet.
CREATE INDEX publication_start_due_idx ON publication (visible_from) WHERE NOT start_announced;
CREATE INDEX publication_visible_until_idx ON publication (visible_until) WHERE visible_until IS NOT NULL;
CREATE INDEX publication_end_due_idx ON publication (visible_until) WHERE NOT end_announced AND visible_until IS NOT NULL;

-- Working copies sort by their editorial date, or by their making while they have none.
CREATE INDEX article_editorial_date_idx ON article (coalesce(published_at, created_at), id);

-- Everyone who acts is an editor or a named service; a byline is a person of the newsroom or a name as printed.
ALTER TABLE article ADD CONSTRAINT article_creator_check CHECK (num_nonnulls(created_by_editor, created_by_service) = 1);
ALTER TABLE article_version ADD CONSTRAINT article_version_creator_check CHECK (num_nonnulls(created_by_editor, created_by_service) = 1);
ALTER TABLE publication ADD CONSTRAINT publication_creator_check CHECK (num_nonnulls(created_by_editor, created_by_service) = 1);
ALTER TABLE api_key ADD CONSTRAINT api_key_owner_check CHECK (num_nonnulls(editor_id, service) = 1);
ALTER TABLE article_version_credit ADD CONSTRAINT article_version_credit_person_check CHECK (num_nonnulls(editor_id, name) = 1);
ALTER TABLE article_version ADD CONSTRAINT article_version_urgency_check CHECK (urgency BETWEEN 1 AND 9);

-- A version that exists never changes, and nothing is added to it by a later transaction.
CREATE FUNCTION refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a version of an article cannot be changed or deleted'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'article_version_immutable', TABLE = TG_TABLE_NAME;
END $$;

CREATE FUNCTION refuse_late_version_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- In the statement that makes the version its row is not visible yet; a row of an earlier transaction is.
  IF EXISTS (SELECT FROM article_version v WHERE v.article_id = NEW.article_id AND v.number = NEW.version
             AND v.xmin <> pg_current_xact_id()::xid) THEN
    RAISE EXCEPTION 'nothing can be added to a version that exists'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'article_version_immutable', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER article_version_immutable BEFORE UPDATE OR DELETE ON article_version
  FOR EACH ROW EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER article_version_no_truncate BEFORE TRUNCATE ON article_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER article_version_credit_immutable BEFORE UPDATE OR DELETE ON article_version_credit
  FOR EACH ROW EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER article_version_credit_no_truncate BEFORE TRUNCATE ON article_version_credit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER article_version_credit_late BEFORE INSERT ON article_version_credit
  FOR EACH ROW EXECUTE FUNCTION refuse_late_version_part();
CREATE TRIGGER article_version_tag_immutable BEFORE UPDATE OR DELETE ON article_version_tag
  FOR EACH ROW EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER article_version_tag_no_truncate BEFORE TRUNCATE ON article_version_tag
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER article_version_tag_late BEFORE INSERT ON article_version_tag
  FOR EACH ROW EXECUTE FUNCTION refuse_late_version_part();
CREATE TRIGGER article_version_related_immutable BEFORE UPDATE OR DELETE ON article_version_related
  FOR EACH ROW EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER article_version_related_no_truncate BEFORE TRUNCATE ON article_version_related
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER article_version_related_late BEFORE INSERT ON article_version_related
  FOR EACH ROW EXECUTE FUNCTION refuse_late_version_part();

-- An event tells what happened; what happened does not change. (Old events may be deleted: they are kept for a time.)
CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an event cannot be changed'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'event_immutable', TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER event_immutable BEFORE UPDATE ON event
  FOR EACH ROW EXECUTE FUNCTION refuse_event_change();

-- A slug under which a version was published, or is going to be, belongs to its article. What is called off before
-- anyone saw it leaves no publication behind, and so frees its slug.
CREATE FUNCTION refuse_slug_handover() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_kept boolean := TG_OP = 'UPDATE' AND NEW.slug = OLD.slug AND NEW.article_id = OLD.article_id
    AND (NEW.published_from IS NOT NULL OR OLD.published_from IS NULL);
BEGIN
  IF NOT is_kept AND EXISTS (
    SELECT FROM publication p JOIN article_version v ON v.article_id = p.article_id AND v.number = p.version
    WHERE p.article_id = OLD.article_id AND v.slug = OLD.slug) THEN
    RAISE EXCEPTION 'a published slug cannot be released or handed over'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'article_slug_permanent', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER article_slug_permanent BEFORE UPDATE OR DELETE ON article_slug
  FOR EACH ROW EXECUTE FUNCTION refuse_slug_handover();

-- The path of a section runs from the root to itself. Every change of the tree takes one lock, so that two moves
-- cannot form a cycle together.
CREATE FUNCTION place_section() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent_path uuid[];
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('section_tree'));
  IF NEW.parent_id IS NULL THEN
    NEW.path := ARRAY[NEW.id];
    RETURN NEW;
  END IF;
  SELECT path INTO parent_path FROM section WHERE id = NEW.parent_id;
  IF NEW.id = NEW.parent_id OR NEW.id = ANY (parent_path) THEN
    RAISE EXCEPTION 'a section cannot be below itself'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'section_cycle_check', TABLE = 'section';
  END IF;
  NEW.path := parent_path || NEW.id;
  RETURN NEW;
END $$;
CREATE TRIGGER section_place_insert BEFORE INSERT ON section
  FOR EACH ROW EXECUTE FUNCTION place_section();
CREATE TRIGGER section_place_move BEFORE UPDATE OF parent_id ON section
  FOR EACH ROW WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION place_section();

CREATE FUNCTION move_section_branch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE section SET path = NEW.path || path[cardinality(OLD.path) + 1:]
  WHERE path @> ARRAY[NEW.id] AND id <> NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER section_move_branch AFTER UPDATE OF parent_id ON section
  FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION move_section_branch();
