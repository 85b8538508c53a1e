-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "article_state" AS ENUM ('draft', 'in_review', 'approved');

-- CreateEnum
CREATE TYPE "credit_role" AS ENUM ('author', 'reporter', 'photographer', 'translator', 'editor', 'responsible_editor');

-- CreateTable
CREATE TABLE "installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "epoch" UUID NOT NULL,
    "seeded_at" TIMESTAMPTZ(3),

    CONSTRAINT "installation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "section" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "external_id" TEXT,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "parent_id" UUID,
    "path" UUID[] DEFAULT ARRAY[]::UUID[],
    "position" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "trashed_at" TIMESTAMPTZ(3),

    CONSTRAINT "section_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "editor" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "external_id" TEXT,
    "name" TEXT NOT NULL,
    "job_title" TEXT,
    "bio" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "trashed_at" TIMESTAMPTZ(3),

    CONSTRAINT "editor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "source" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "external_id" TEXT,
    "name" TEXT NOT NULL,
    "url" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "trashed_at" TIMESTAMPTZ(3),

    CONSTRAINT "source_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tag" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "external_id" TEXT,
    "name" TEXT NOT NULL,
    "is_listed" BOOLEAN NOT NULL DEFAULT true,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "trashed_at" TIMESTAMPTZ(3),

    CONSTRAINT "tag_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "article" (
    "id" UUID NOT NULL,
    "external_id" TEXT,
    "slug" TEXT NOT NULL,
    "state" "article_state" NOT NULL DEFAULT 'draft',
    "revision" INTEGER NOT NULL DEFAULT 1,
    "version" INTEGER NOT NULL DEFAULT 1,
    "title" TEXT NOT NULL,
    "section_id" UUID,
    "source_id" UUID,
    "published_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_editor" UUID,
    "created_by_service" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "trashed_at" TIMESTAMPTZ(3),

    CONSTRAINT "article_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "article_version" (
    "article_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "slug" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "kicker" TEXT,
    "subtitle" TEXT,
    "summary" TEXT,
    "body" JSON NOT NULL,
    "word_count" INTEGER NOT NULL,
    "section_id" UUID,
    "source_id" UUID,
    "source_url" TEXT,
    "cover" JSONB,
    "seo" JSONB,
    "genre" TEXT,
    "urgency" INTEGER,
    "metadata" JSONB NOT NULL,
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_editor" UUID,
    "created_by_service" TEXT,
    "hash" BYTEA NOT NULL,
    "previous_hash" BYTEA,

    CONSTRAINT "article_version_pkey" PRIMARY KEY ("article_id","number")
);

-- CreateTable
CREATE TABLE "article_version_credit" (
    "article_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "role" "credit_role" NOT NULL,
    "editor_id" UUID,
    "name" TEXT,

    CONSTRAINT "article_version_credit_pkey" PRIMARY KEY ("article_id","version","position")
);

-- CreateTable
CREATE TABLE "article_version_tag" (
    "article_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "tag_id" UUID NOT NULL,

    CONSTRAINT "article_version_tag_pkey" PRIMARY KEY ("article_id","version","position")
);

-- CreateTable
CREATE TABLE "article_version_related" (
    "article_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "related_id" UUID NOT NULL,

    CONSTRAINT "article_version_related_pkey" PRIMARY KEY ("article_id","version","position")
);

-- CreateTable
CREATE TABLE "article_slug" (
    "slug" TEXT NOT NULL,
    "article_id" UUID NOT NULL,
    "published_from" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "article_slug_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "publication" (
    "id" UUID NOT NULL,
    "article_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "visible_from" TIMESTAMPTZ(3) NOT NULL,
    "visible_until" TIMESTAMPTZ(3),
    "planned_until" TIMESTAMPTZ(3),
    "section_id" UUID,
    "source_id" UUID,
    "title" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_editor" UUID,
    "created_by_service" TEXT,
    "start_announced" BOOLEAN NOT NULL DEFAULT false,
    "end_announced" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "publication_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "publication_tag" (
    "publication_id" UUID NOT NULL,
    "tag_id" UUID NOT NULL,
    "section_id" UUID,
    "article_id" UUID NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "visible_from" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "publication_tag_pkey" PRIMARY KEY ("publication_id","tag_id")
);

-- CreateTable
CREATE TABLE "publication_editor" (
    "publication_id" UUID NOT NULL,
    "editor_id" UUID NOT NULL,
    "section_id" UUID,
    "article_id" UUID NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "visible_from" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "publication_editor_pkey" PRIMARY KEY ("publication_id","editor_id")
);

-- CreateTable
CREATE TABLE "correction" (
    "article_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "note" TEXT NOT NULL,

    CONSTRAINT "correction_pkey" PRIMARY KEY ("article_id","sequence")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "prefix" TEXT NOT NULL,
    "digest" BYTEA NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "editor_id" UUID,
    "service" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key_section" (
    "key_id" UUID NOT NULL,
    "section_id" UUID NOT NULL,

    CONSTRAINT "api_key_section_pkey" PRIMARY KEY ("key_id","section_id")
);

-- CreateTable
CREATE TABLE "event" (
    "position" BIGSERIAL NOT NULL,
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "actor_type" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "key_id" UUID,
    "request_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "payload" JSONB NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("position")
);

-- CreateIndex
CREATE UNIQUE INDEX "section_slug_key" ON "section"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "section_external_id_key" ON "section"("external_id");

-- CreateIndex
CREATE INDEX "section_path_idx" ON "section" USING GIN ("path");

-- CreateIndex
CREATE INDEX "section_parent_id_idx" ON "section"("parent_id", "position");

-- CreateIndex
CREATE INDEX "section_name_idx" ON "section"("name", "id");

-- CreateIndex
CREATE INDEX "section_created_at_idx" ON "section"("created_at", "id");

-- CreateIndex
CREATE INDEX "section_updated_at_idx" ON "section"("updated_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "editor_slug_key" ON "editor"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "editor_external_id_key" ON "editor"("external_id");

-- CreateIndex
CREATE INDEX "editor_name_idx" ON "editor"("name", "id");

-- CreateIndex
CREATE INDEX "editor_created_at_idx" ON "editor"("created_at", "id");

-- CreateIndex
CREATE INDEX "editor_updated_at_idx" ON "editor"("updated_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "source_slug_key" ON "source"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "source_external_id_key" ON "source"("external_id");

-- CreateIndex
CREATE INDEX "source_name_idx" ON "source"("name", "id");

-- CreateIndex
CREATE INDEX "source_created_at_idx" ON "source"("created_at", "id");

-- CreateIndex
CREATE INDEX "source_updated_at_idx" ON "source"("updated_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "tag_slug_key" ON "tag"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "tag_external_id_key" ON "tag"("external_id");

-- CreateIndex
CREATE UNIQUE INDEX "tag_name_key" ON "tag"("name");

-- CreateIndex
CREATE INDEX "tag_created_at_idx" ON "tag"("created_at", "id");

-- CreateIndex
CREATE INDEX "tag_updated_at_idx" ON "tag"("updated_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "article_external_id_key" ON "article"("external_id");

-- CreateIndex
CREATE INDEX "article_updated_at_idx" ON "article"("updated_at", "id");

-- CreateIndex
CREATE INDEX "article_title_idx" ON "article"("title", "id");

-- CreateIndex
CREATE INDEX "article_section_id_idx" ON "article"("section_id", "updated_at", "id");

-- CreateIndex
CREATE INDEX "article_source_id_idx" ON "article"("source_id", "updated_at", "id");

-- CreateIndex
CREATE INDEX "article_created_by_editor_idx" ON "article"("created_by_editor", "updated_at", "id");

-- CreateIndex
CREATE INDEX "article_version_section_id_idx" ON "article_version"("section_id");

-- CreateIndex
CREATE INDEX "article_version_source_id_idx" ON "article_version"("source_id");

-- CreateIndex
CREATE INDEX "article_version_credit_editor_id_idx" ON "article_version_credit"("editor_id");

-- CreateIndex
CREATE INDEX "article_version_tag_tag_id_idx" ON "article_version_tag"("tag_id");

-- CreateIndex
CREATE INDEX "article_version_related_related_id_idx" ON "article_version_related"("related_id");

-- CreateIndex
CREATE INDEX "article_slug_article_id_idx" ON "article_slug"("article_id");

-- CreateIndex
CREATE INDEX "publication_article_id_idx" ON "publication"("article_id", "visible_from");

-- CreateIndex
CREATE INDEX "publication_published_at_idx" ON "publication"("published_at", "article_id");

-- CreateIndex
CREATE INDEX "publication_visible_from_idx" ON "publication"("visible_from", "article_id");

-- CreateIndex
CREATE INDEX "publication_title_idx" ON "publication"("title", "article_id");

-- CreateIndex
CREATE INDEX "publication_section_published_at_idx" ON "publication"("section_id", "published_at", "article_id");

-- CreateIndex
CREATE INDEX "publication_section_visible_from_idx" ON "publication"("section_id", "visible_from", "article_id");

-- CreateIndex
CREATE INDEX "publication_source_published_at_idx" ON "publication"("source_id", "published_at", "article_id");

-- CreateIndex
CREATE INDEX "publication_source_visible_from_idx" ON "publication"("source_id", "visible_from", "article_id");

-- CreateIndex
CREATE INDEX "publication_section_source_published_at_idx" ON "publication"("section_id", "source_id", "published_at", "article_id");

-- CreateIndex
CREATE INDEX "publication_section_source_visible_from_idx" ON "publication"("section_id", "source_id", "visible_from", "article_id");

-- CreateIndex
CREATE INDEX "publication_tag_published_at_idx" ON "publication_tag"("tag_id", "published_at", "article_id");

-- CreateIndex
CREATE INDEX "publication_tag_visible_from_idx" ON "publication_tag"("tag_id", "visible_from", "article_id");

-- CreateIndex
CREATE INDEX "publication_tag_section_published_at_idx" ON "publication_tag"("section_id", "tag_id", "published_at", "article_id");

-- CreateIndex
CREATE INDEX "publication_tag_section_visible_from_idx" ON "publication_tag"("section_id", "tag_id", "visible_from", "article_id");

-- CreateIndex
CREATE INDEX "publication_editor_published_at_idx" ON "publication_editor"("editor_id", "published_at", "article_id");

-- CreateIndex
CREATE INDEX "publication_editor_visible_from_idx" ON "publication_editor"("editor_id", "visible_from", "article_id");

-- CreateIndex
CREATE INDEX "publication_editor_section_published_at_idx" ON "publication_editor"("section_id", "editor_id", "published_at", "article_id");

-- CreateIndex
CREATE INDEX "publication_editor_section_visible_from_idx" ON "publication_editor"("section_id", "editor_id", "visible_from", "article_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_prefix_key" ON "api_key"("prefix");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_digest_key" ON "api_key"("digest");

-- CreateIndex
CREATE INDEX "api_key_editor_id_idx" ON "api_key"("editor_id");

-- CreateIndex
CREATE INDEX "api_key_created_at_idx" ON "api_key"("created_at", "id");

-- CreateIndex
CREATE INDEX "api_key_section_section_id_idx" ON "api_key_section"("section_id");

-- CreateIndex
CREATE UNIQUE INDEX "event_id_key" ON "event"("id");

-- CreateIndex
CREATE INDEX "event_subject_idx" ON "event"("subject_type", "subject_id", "position");

-- CreateIndex
CREATE INDEX "event_type_idx" ON "event"("type", "position");

-- CreateIndex
CREATE INDEX "event_actor_idx" ON "event"("actor_type", "actor_id", "position");

-- AddForeignKey
ALTER TABLE "section" ADD CONSTRAINT "section_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article" ADD CONSTRAINT "article_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article" ADD CONSTRAINT "article_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article" ADD CONSTRAINT "article_created_by_editor_fkey" FOREIGN KEY ("created_by_editor") REFERENCES "editor"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_version" ADD CONSTRAINT "article_version_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_version" ADD CONSTRAINT "article_version_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_version" ADD CONSTRAINT "article_version_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_version" ADD CONSTRAINT "article_version_created_by_editor_fkey" FOREIGN KEY ("created_by_editor") REFERENCES "editor"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_version_credit" ADD CONSTRAINT "article_version_credit_version_fkey" FOREIGN KEY ("article_id", "version") REFERENCES "article_version"("article_id", "number") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_version_credit" ADD CONSTRAINT "article_version_credit_editor_id_fkey" FOREIGN KEY ("editor_id") REFERENCES "editor"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_version_tag" ADD CONSTRAINT "article_version_tag_version_fkey" FOREIGN KEY ("article_id", "version") REFERENCES "article_version"("article_id", "number") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_version_tag" ADD CONSTRAINT "article_version_tag_tag_id_fkey" FOREIGN KEY ("tag_id") REFERENCES "tag"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_version_related" ADD CONSTRAINT "article_version_related_version_fkey" FOREIGN KEY ("article_id", "version") REFERENCES "article_version"("article_id", "number") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_version_related" ADD CONSTRAINT "article_version_related_related_id_fkey" FOREIGN KEY ("related_id") REFERENCES "article"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_slug" ADD CONSTRAINT "article_slug_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication" ADD CONSTRAINT "publication_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication" ADD CONSTRAINT "publication_version_fkey" FOREIGN KEY ("article_id", "version") REFERENCES "article_version"("article_id", "number") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication" ADD CONSTRAINT "publication_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication" ADD CONSTRAINT "publication_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "source"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication" ADD CONSTRAINT "publication_created_by_editor_fkey" FOREIGN KEY ("created_by_editor") REFERENCES "editor"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication_tag" ADD CONSTRAINT "publication_tag_publication_id_fkey" FOREIGN KEY ("publication_id") REFERENCES "publication"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication_tag" ADD CONSTRAINT "publication_tag_tag_id_fkey" FOREIGN KEY ("tag_id") REFERENCES "tag"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication_tag" ADD CONSTRAINT "publication_tag_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication_editor" ADD CONSTRAINT "publication_editor_publication_id_fkey" FOREIGN KEY ("publication_id") REFERENCES "publication"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication_editor" ADD CONSTRAINT "publication_editor_editor_id_fkey" FOREIGN KEY ("editor_id") REFERENCES "editor"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "publication_editor" ADD CONSTRAINT "publication_editor_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "correction" ADD CONSTRAINT "correction_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "correction" ADD CONSTRAINT "correction_version_fkey" FOREIGN KEY ("article_id", "version") REFERENCES "article_version"("article_id", "number") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_editor_id_fkey" FOREIGN KEY ("editor_id") REFERENCES "editor"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "api_key_section" ADD CONSTRAINT "api_key_section_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_key"("id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "api_key_section" ADD CONSTRAINT "api_key_section_section_id_fkey" FOREIGN KEY ("section_id") REFERENCES "section"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

