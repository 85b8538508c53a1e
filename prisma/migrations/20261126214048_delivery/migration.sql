-- What a public read of an article asks for, kept ready: what can not change any more of each publication as JSON text,
-- and what articles show of sections, sources, editors and tags, in one table.

-- AlterTable
ALTER TABLE "publication" ADD COLUMN     "record_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "related_ids" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "view" TEXT;

-- CreateTable
CREATE TABLE "reference" (
    "id" UUID NOT NULL,
    "json" TEXT NOT NULL,
    "surrogate_keys" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

CONSTRAINT "reference_pkey" PRIMARY KEY ("id")
);

-- Written by src/resources/articles/queries/published-view.ts, which says what it is; a test holds the two together.
CREATE FUNCTION publication_view(p publication) RETURNS text LANGUAGE sql STABLE AS $$
  select (select to_json(o) from (select v.article_id as "id", v.slug as "slug", v.locale as "locale", v.title as "title", v.kicker as "kicker", v.subtitle as "subtitle", v.summary as "summary", v.source_url as "sourceUrl", v.genre as "genre", v.urgency as "urgency", ('"\/url:' || substr(to_json(v.slug)::text, 2))::json as "url", v.word_count as "wordCount", ('"\/' || v.section_id || '"')::json as "section", ('"\/' || v.source_id || '"')::json as "source", array_to_json(array(select (select to_json(o) from (select c.role as "role", coalesce(to_json(c.name), ('"\/name:' || c.editor_id || '"')::json) as "name", ('"\/' || c.editor_id || '"')::json as "editor") o) from article_version_credit c where c.article_id = v.article_id and c.version = v.number order by c.position)) as "credits", array_to_json(array(select ('"\/' || t.tag_id || '"')::json from article_version_tag t
    where t.article_id = v.article_id and t.version = v.number order by t.position)) as "tags", v.cover as "cover", coalesce((select ('"\/related:' || string_agg(r.related_id::text, ',' order by r.position) || '"')::json
    from article_version_related r where r.article_id = v.article_id and r.version = v.number), '[]') as "related", array_to_json(array(select (select to_json(o) from (select c.sequence as "sequence", to_char(c.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "at", c.note as "note") o) from correction c where c.article_id = v.article_id and c.version <= v.number order by c.sequence)) as "corrections", v.seo as "seo", v.metadata as "metadata", v.number as "version", to_char(least(p.visible_from,
    (select min(f.visible_from) from publication f where f.article_id = p.article_id)) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "firstPublishedAt", to_char(p.published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "publishedAt", to_char(p.visible_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "updatedAt") o)::text
  from article_version v where v.article_id = p.article_id and v.number = p.version $$;

-- Who writes rows in bulk may bring them printed.
CREATE FUNCTION print_publication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.view := publication_view(NEW);
  NEW.related_ids := ARRAY(SELECT r.related_id FROM article_version_related r
    WHERE r.article_id = NEW.article_id AND r.version = NEW.version);
  NEW.record_ids := ARRAY(
    SELECT NEW.section_id WHERE NEW.section_id IS NOT NULL
    UNION SELECT NEW.source_id WHERE NEW.source_id IS NOT NULL
    UNION SELECT c.editor_id FROM article_version_credit c
      WHERE c.article_id = NEW.article_id AND c.version = NEW.version AND c.editor_id IS NOT NULL
    UNION SELECT t.tag_id FROM article_version_tag t WHERE t.article_id = NEW.article_id AND t.version = NEW.version);
  RETURN NEW;
END $$;

-- Those that are there: printed again, as new ones will be.
CREATE TRIGGER publication_print_again BEFORE UPDATE ON publication
  FOR EACH ROW EXECUTE FUNCTION print_publication();
UPDATE publication SET view = '';
DROP TRIGGER publication_print_again ON publication;
ALTER TABLE publication ALTER COLUMN view SET NOT NULL;
CREATE TRIGGER publication_print BEFORE INSERT ON publication
  FOR EACH ROW WHEN (NEW.view IS NULL) EXECUTE FUNCTION print_publication();

-- What is shown of a record. JSON text without blanks, as of everything else in an answer.
CREATE FUNCTION store_reference(uuid, json, text, timestamptz) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO reference (id, json, surrogate_keys, changed_at) VALUES ($1, $2::text, $3, $4)
  ON CONFLICT (id) DO UPDATE SET json = EXCLUDED.json, surrogate_keys = EXCLUDED.surrogate_keys,
    changed_at = EXCLUDED.changed_at
$$;

CREATE FUNCTION refer_to_editor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM store_reference(NEW.id, to_json(o), 'editor:' || NEW.id, NEW.updated_at)
  FROM (SELECT NEW.id, NEW.slug, NEW.name) o;
  RETURN NULL;
END $$;
CREATE FUNCTION refer_to_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM store_reference(NEW.id, to_json(o), 'source:' || NEW.id, NEW.updated_at)
  FROM (SELECT NEW.id, NEW.slug, NEW.name, NEW.url) o;
  RETURN NULL;
END $$;
CREATE FUNCTION refer_to_tag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM store_reference(NEW.id, to_json(o), 'tag:' || NEW.id, NEW.updated_at)
  FROM (SELECT NEW.slug, NEW.name) o;
  RETURN NULL;
END $$;

-- A section is shown with those above it, so all below it are written anew. Under the lock of the tree, since two of them
-- may be changed at once; the statement after it sees what the holder before committed.
CREATE FUNCTION refer_to_section() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('section_tree'));
  PERFORM store_reference(s.id, to_json(o), above.surrogate_keys, above.changed_at)
  FROM section s
  CROSS JOIN LATERAL (
    SELECT array_to_json(array_agg((SELECT to_json(x) FROM (SELECT b.slug, b.name) x) ORDER BY cardinality(b.path))) AS breadcrumb,
      string_agg('section:' || b.id, ' ' ORDER BY cardinality(b.path) DESC) AS surrogate_keys,
      max(b.updated_at) AS changed_at
    FROM section b WHERE b.id = ANY (s.path)) above
  CROSS JOIN LATERAL (SELECT s.id, s.slug, s.name, above.breadcrumb) o
  WHERE s.path @> ARRAY[NEW.id];
  RETURN NULL;
END $$;

CREATE FUNCTION remove_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM reference WHERE id = OLD.id;
  RETURN NULL;
END $$;

CREATE TRIGGER section_reference AFTER INSERT OR UPDATE ON section
  FOR EACH ROW EXECUTE FUNCTION refer_to_section();
CREATE TRIGGER section_unreference AFTER DELETE ON section
  FOR EACH ROW EXECUTE FUNCTION remove_reference();
CREATE TRIGGER source_reference AFTER INSERT OR UPDATE ON source
  FOR EACH ROW EXECUTE FUNCTION refer_to_source();
CREATE TRIGGER source_unreference AFTER DELETE ON source
  FOR EACH ROW EXECUTE FUNCTION remove_reference();
CREATE TRIGGER editor_reference AFTER INSERT OR UPDATE ON editor
  FOR EACH ROW EXECUTE FUNCTION refer_to_editor();
CREATE TRIGGER editor_unreference AFTER DELETE ON editor
  FOR EACH ROW EXECUTE FUNCTION remove_reference();
CREATE TRIGGER tag_reference AFTER INSERT OR UPDATE ON tag
  FOR EACH ROW EXECUTE FUNCTION refer_to_tag();
CREATE TRIGGER tag_unreference AFTER DELETE ON tag
  FOR EACH ROW EXECUTE FUNCTION remove_reference();

-- Those that are there.
UPDATE section SET id = id WHERE parent_id IS NULL;
UPDATE source SET id = id;
UPDATE editor SET id = id;
UPDATE tag SET id = id;
