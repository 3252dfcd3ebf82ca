-- CreateEnum
CREATE TYPE "ManualVisibility" AS ENUM ('EVERYONE', 'OPERATORS', 'TEAM');

-- CreateEnum
CREATE TYPE "ManualIngestStatus" AS ENUM ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "ManualIngestFileStatus" AS ENUM ('PENDING', 'ADDED', 'CHANGED', 'UNCHANGED', 'REMOVED', 'REFUSED');

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "teams" TEXT[];

-- AlterTable
ALTER TABLE "Manual" ADD COLUMN     "errorCodes" TEXT[],
ADD COLUMN     "indexSeq" BIGSERIAL NOT NULL,
ADD COLUMN     "metaHash" TEXT,
ADD COLUMN     "owner" TEXT,
ADD COLUMN     "pageCount" INTEGER,
ADD COLUMN     "parserVersion" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "removedAt" TIMESTAMPTZ(3),
ADD COLUMN     "removedReason" TEXT,
ADD COLUMN     "sourceKey" TEXT,
ADD COLUMN     "team" TEXT,
ADD COLUMN     "visibility" "ManualVisibility" NOT NULL DEFAULT 'EVERYONE';

-- AlterTable
ALTER TABLE "ManualChunk" ADD COLUMN     "denseModel" TEXT,
ADD COLUMN     "indexSeq" BIGSERIAL NOT NULL,
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'text',
ADD COLUMN     "sectionPath" TEXT[],
ADD COLUMN     "sparseVersion" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "ManualIngest" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "status" "ManualIngestStatus" NOT NULL DEFAULT 'QUEUED',
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "defaults" JSONB NOT NULL DEFAULT '{}',
    "totalFiles" INTEGER NOT NULL DEFAULT 0,
    "doneFiles" INTEGER NOT NULL DEFAULT 0,
    "added" INTEGER NOT NULL DEFAULT 0,
    "changed" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "removed" INTEGER NOT NULL DEFAULT 0,
    "refused" INTEGER NOT NULL DEFAULT 0,
    "errorMessage" TEXT,
    "requestedByType" TEXT NOT NULL,
    "requestedById" UUID,
    "requestedByName" TEXT NOT NULL,
    "idempotencyKey" TEXT NOT NULL,
    "claimedBy" TEXT,
    "claimToken" BIGINT NOT NULL DEFAULT 0,
    "claimedUntil" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ManualIngest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ManualIngestFile" (
    "id" UUID NOT NULL,
    "ingestId" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "sourceKey" TEXT NOT NULL,
    "uploadId" UUID,
    "status" "ManualIngestFileStatus" NOT NULL DEFAULT 'PENDING',
    "reason" TEXT,
    "detail" JSONB,
    "sha256" TEXT,
    "metaHash" TEXT,
    "parserVersion" INTEGER NOT NULL DEFAULT 0,
    "byteSize" INTEGER,
    "manualId" UUID,
    "chunks" INTEGER,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "doneAt" TIMESTAMPTZ(3),

    CONSTRAINT "ManualIngestFile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ManualUpload" (
    "id" UUID NOT NULL,
    "fileName" TEXT NOT NULL,
    "mediaType" TEXT NOT NULL,
    "byteSize" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BYTEA,
    "createdByType" TEXT NOT NULL,
    "createdById" UUID,
    "createdByName" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "receivedAt" TIMESTAMPTZ(3),
    "ingestId" UUID,

    CONSTRAINT "ManualUpload_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "ManualIngest_number_key" ON "ManualIngest"("number");

-- CreateIndex
CREATE UNIQUE INDEX "ManualIngest_idempotencyKey_key" ON "ManualIngest"("idempotencyKey");

-- CreateIndex
CREATE INDEX "ManualIngest_status_createdAt_idx" ON "ManualIngest"("status", "createdAt");

-- CreateIndex
CREATE INDEX "ManualIngestFile_sourceKey_idx" ON "ManualIngestFile"("sourceKey");

-- CreateIndex
CREATE UNIQUE INDEX "ManualIngestFile_ingestId_seq_key" ON "ManualIngestFile"("ingestId", "seq");

-- CreateIndex
CREATE INDEX "ManualUpload_expiresAt_idx" ON "ManualUpload"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Manual_indexSeq_key" ON "Manual"("indexSeq");

-- CreateIndex
CREATE INDEX "Manual_sourceKey_idx" ON "Manual"("sourceKey");

-- CreateIndex
CREATE INDEX "Manual_status_idx" ON "Manual"("status");

-- CreateIndex
CREATE UNIQUE INDEX "ManualChunk_indexSeq_key" ON "ManualChunk"("indexSeq");

-- CreateIndex
CREATE INDEX "ManualChunk_hash_idx" ON "ManualChunk"("hash");

-- AddForeignKey
ALTER TABLE "ManualIngestFile" ADD CONSTRAINT "ManualIngestFile_ingestId_fkey" FOREIGN KEY ("ingestId") REFERENCES "ManualIngest"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- Manuals of the version before all came from the folder of the product: the next start takes them in again as what they are.
UPDATE "Manual" SET "sourceKey" = 'folder:manuals/' || "fileName" WHERE "uploadedBy" = 'folder';
