-- DropForeignKey
ALTER TABLE "article_version_related" DROP CONSTRAINT "article_version_related_related_id_fkey";

-- AlterTable
ALTER TABLE "article" ADD COLUMN     "assignee_id" UUID,
ADD COLUMN     "embargo_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "article_slug" ALTER COLUMN "article_id" DROP NOT NULL;

-- CreateTable
CREATE TABLE "retraction" (
    "article_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "notice" TEXT NOT NULL,
    "reason" TEXT,
    "planned_until" TIMESTAMPTZ(3),
    "was_public" BOOLEAN NOT NULL,
    "reinstated_at" TIMESTAMPTZ(3),

CONSTRAINT "retraction_pkey" PRIMARY KEY ("article_id","sequence")
);

-- CreateTable
CREATE TABLE "article_comment" (
    "id" UUID NOT NULL,
    "article_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_editor" UUID,
    "created_by_service" TEXT,

CONSTRAINT "article_comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "preview_link" (
    "id" UUID NOT NULL,
    "article_id" UUID NOT NULL,
    "version" INTEGER,
    "digest" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "created_by_editor" UUID,
    "created_by_service" TEXT,

CONSTRAINT "preview_link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotent_answer" (
    "key_id" UUID NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "status" INTEGER NOT NULL,
    "headers" JSONB NOT NULL,
    "body" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

CONSTRAINT "idempotent_answer_pkey" PRIMARY KEY ("key_id","method","path","key")
);

-- CreateIndex
CREATE INDEX "article_comment_article_id_idx" ON "article_comment"("article_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "preview_link_digest_key" ON "preview_link"("digest");

-- CreateIndex
CREATE INDEX "preview_link_article_id_idx" ON "preview_link"("article_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "idempotent_answer_expires_at_idx" ON "idempotent_answer"("expires_at");

-- CreateIndex
CREATE INDEX "article_created_by_service_idx" ON "article"("created_by_service", "updated_at", "id");

-- CreateIndex
CREATE INDEX "article_assignee_id_idx" ON "article"("assignee_id", "updated_at", "id");

-- CreateIndex
CREATE INDEX "article_state_idx" ON "article"("state", "updated_at", "id");

-- CreateIndex
CREATE INDEX "event_recorded_at_idx" ON "event"("recorded_at");

-- AddForeignKey
ALTER TABLE "article" ADD CONSTRAINT "article_assignee_id_fkey" FOREIGN KEY ("assignee_id") REFERENCES "editor"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "retraction" ADD CONSTRAINT "retraction_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "retraction" ADD CONSTRAINT "retraction_version_fkey" FOREIGN KEY ("article_id", "version") REFERENCES "article_version"("article_id", "number") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_comment" ADD CONSTRAINT "article_comment_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "article_comment" ADD CONSTRAINT "article_comment_created_by_editor_fkey" FOREIGN KEY ("created_by_editor") REFERENCES "editor"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "preview_link" ADD CONSTRAINT "preview_link_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "preview_link" ADD CONSTRAINT "preview_link_created_by_editor_fkey" FOREIGN KEY ("created_by_editor") REFERENCES "editor"("id") ON DELETE RESTRICT ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "idempotent_answer" ADD CONSTRAINT "idempotent_answer_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_key"("id") ON DELETE CASCADE ON UPDATE NO ACTION;
