-- The rules of the editorial life cycle that Prisma's schema language cannot say.

ALTER TABLE article_comment ADD CONSTRAINT article_comment_creator_check CHECK (num_nonnulls(created_by_editor, created_by_service) = 1);
ALTER TABLE preview_link ADD CONSTRAINT preview_link_creator_check CHECK (num_nonnulls(created_by_editor, created_by_service) = 1);

-- An article is taken back once at a time. Reads of the past ask for this index: a retraction acts backwards.
CREATE UNIQUE INDEX retraction_open_key ON retraction (article_id) WHERE reinstated_at IS NULL;

-- The trash, newest first, and what a purge looks for.
CREATE INDEX article_trashed_at_idx ON article (trashed_at, id) WHERE trashed_at IS NOT NULL;

-- Who is held back by an embargo: few at any time.
CREATE INDEX article_embargo_until_idx ON article (embargo_until) WHERE embargo_until IS NOT NULL;

-- Nothing becomes public before its embargo ends; whichever is written last, the embargo or the publication, is refused.
-- Only what is new is judged: an article that was public before may not be put under an embargo by the application.
CREATE FUNCTION refuse_embargoed_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM article a WHERE a.id = NEW.article_id AND a.embargo_until > NEW.visible_from) THEN
    RAISE EXCEPTION 'a publication cannot begin before the embargo of its article ends'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'publication_embargo_check', TABLE = 'publication';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER publication_embargo BEFORE INSERT ON publication
  FOR EACH ROW EXECUTE FUNCTION refuse_embargoed_publication();

-- Removing an article for good is the one exception to immutability. It names the article for its own transaction, and
-- reaches no other's versions.
CREATE OR REPLACE FUNCTION refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF current_setting('masthead.purged_article', true) = OLD.article_id::text THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'a version of an article cannot be changed or deleted'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'article_version_immutable', TABLE = TG_TABLE_NAME;
END $$;
