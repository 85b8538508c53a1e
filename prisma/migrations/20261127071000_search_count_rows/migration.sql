-- AlterTable
ALTER TABLE "search_count" ADD COLUMN     "rows" INTEGER NOT NULL DEFAULT 0;
