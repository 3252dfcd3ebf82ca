-- CreateTable
CREATE TABLE "SearchIndex" (
    "name" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "averageLength" DOUBLE PRECISION NOT NULL,
    "indexVersion" INTEGER NOT NULL,
    "denseModel" TEXT,
    "denseSize" INTEGER,
    "collection" TEXT,
    "filledWith" INTEGER,
    "manualSeq" BIGINT NOT NULL DEFAULT 0,
    "chunkSeq" BIGINT NOT NULL DEFAULT 0,
    "followedAt" TIMESTAMPTZ(3),
    "claimedBy" TEXT,
    "claimedUntil" TIMESTAMPTZ(3),
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SearchIndex_pkey" PRIMARY KEY ("name")
);
