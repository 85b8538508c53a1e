-- CreateTable
CREATE TABLE "search_document" (
    "article_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "is_working" BOOLEAN NOT NULL,
    "visible" tstzmultirange NOT NULL,
    "published_at" TIMESTAMPTZ(3),
    "section_id" UUID,
    "source_id" UUID,
    "words" tsvector NOT NULL,
    "text" TEXT NOT NULL,

CONSTRAINT "search_document_pkey" PRIMARY KEY ("article_id","version")
);

-- CreateTable
CREATE TABLE "search_name" (
    "id" UUID NOT NULL,
    "noun" TEXT NOT NULL,
    "folded" TEXT NOT NULL,
    "words" tsvector NOT NULL,

CONSTRAINT "search_name_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search_term" (
    "id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "folded" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_editor" UUID,
    "created_by_service" TEXT,

CONSTRAINT "search_term_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search_word" (
    "word" TEXT NOT NULL,
    "documents" INTEGER NOT NULL,

CONSTRAINT "search_word_pkey" PRIMARY KEY ("word")
);

-- CreateTable
CREATE TABLE "search_count" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "documents" INTEGER NOT NULL,
    "counted_at" TIMESTAMPTZ(3) NOT NULL,

CONSTRAINT "search_count_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search_reindexing" (
    "id" BIGSERIAL NOT NULL,
    "folded" TEXT,
    "after_article" UUID,
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

CONSTRAINT "search_reindexing_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "search_document_words_idx" ON "search_document" USING GIN ("words");

-- CreateIndex
CREATE INDEX "search_document_published_at_idx" ON "search_document"("published_at");

-- CreateIndex
CREATE INDEX "search_name_words_idx" ON "search_name" USING GIN ("words");

-- CreateIndex
CREATE UNIQUE INDEX "search_term_folded_key" ON "search_term"("folded");

-- CreateIndex
CREATE INDEX "search_term_created_at_idx" ON "search_term"("created_at", "id");

-- AddForeignKey
ALTER TABLE "search_document" ADD CONSTRAINT "search_document_version_fkey" FOREIGN KEY ("article_id", "version") REFERENCES "article_version"("article_id", "number") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "search_term" ADD CONSTRAINT "search_term_created_by_editor_fkey" FOREIGN KEY ("created_by_editor") REFERENCES "editor"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- Whoever searches reads many narrow rows, and the words of a few: they lie beside the table always, and are read without
-- being unpacked first.
ALTER TABLE search_document SET (toast_tuple_target = 128);
ALTER TABLE search_document ALTER COLUMN words SET STORAGE EXTERNAL;

-- Without them the planner takes every word for a rare one, and asks the index for it, which is right also for common
-- ones; with them it would read the words of the whole table where it believes a word to be in most of it.
ALTER TABLE search_document ALTER COLUMN words SET STATISTICS 0;
ALTER TABLE search_document ALTER COLUMN text SET STATISTICS 0;

ALTER TABLE search_count ADD CONSTRAINT search_count_one_row CHECK (id = 1);

-- The next to be worked on.
CREATE INDEX search_reindexing_open_idx ON search_reindexing (id) WHERE finished_at IS NULL;

-- Everything that is there already.
INSERT INTO search_reindexing (requested_at)
SELECT date_trunc('milliseconds', now()) WHERE EXISTS (SELECT FROM article) OR EXISTS (SELECT FROM reference);

-- What waits to be sorted into the index is read by every search, and sorted in by whoever writes when there is too much.
ALTER INDEX search_document_words_idx SET (gin_pending_list_limit = 1024);
