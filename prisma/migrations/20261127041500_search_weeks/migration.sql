-- AlterTable
ALTER TABLE "search_count" ADD COLUMN     "weeks" INTEGER[];

-- The newest documents with a common word are found without looking at all that have it: the index of words knows as well
-- in which week a document is dated, and in which eight, 64 and 512 of them. Weeks are counted from 1970 on; what is dated
-- before is in the first, what is after 2161 in the last, and what was never published in one of its own behind it.
CREATE FUNCTION search_weeks(published_at timestamptz) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ARRAY[n, 20000 + n / 8, 40000 + n / 64, 60000 + n / 512] FROM (
     SELECT coalesce(greatest(0, least(10000, floor(extract(epoch FROM published_at AT TIME ZONE 'UTC') / 604800)))::integer, 10001) AS n) AS week $$;

DROP INDEX search_document_words_idx;
CREATE INDEX search_document_words_idx ON search_document USING GIN (words, search_weeks(published_at))
WITH (gin_pending_list_limit = 1024);
