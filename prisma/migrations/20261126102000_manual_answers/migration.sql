-- CreateEnum
CREATE TYPE "ManualAnswerMode" AS ENUM ('PASSAGES', 'WRITTEN', 'NOT_FOUND');

-- CreateEnum
CREATE TYPE "ManualAudience" AS ENUM ('ASKER', 'EVERYONE');

-- CreateEnum
CREATE TYPE "FeedbackVerdict" AS ENUM ('RIGHT', 'WRONG');

-- CreateTable
CREATE TABLE "ManualAnswer" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "question" TEXT NOT NULL,
    "locale" "Locale" NOT NULL,
    "audience" "ManualAudience" NOT NULL,
    "mode" "ManualAnswerMode" NOT NULL,
    "note" TEXT,
    "sentences" JSONB NOT NULL DEFAULT '[]',
    "citations" JSONB NOT NULL DEFAULT '[]',
    "dropped" INTEGER NOT NULL DEFAULT 0,
    "degraded" TEXT,
    "model" TEXT,
    "tookMs" INTEGER NOT NULL DEFAULT 0,
    "systemName" TEXT,
    "sharedFromId" UUID,
    "askedByType" TEXT NOT NULL,
    "askedById" UUID,
    "askedByName" TEXT NOT NULL,
    "taskId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ManualAnswer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ManualFeedback" (
    "answerId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "verdict" "FeedbackVerdict" NOT NULL,
    "note" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ManualFeedback_pkey" PRIMARY KEY ("answerId","userId")
);

-- CreateTable
CREATE TABLE "ManualGap" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "answerId" UUID NOT NULL,
    "question" TEXT NOT NULL,
    "locale" "Locale" NOT NULL,
    "reportedByType" TEXT NOT NULL,
    "reportedById" UUID,
    "reportedByName" TEXT NOT NULL,
    "closedAt" TIMESTAMPTZ(3),
    "closedById" UUID,
    "closedByName" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ManualGap_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "ManualAnswer_number_key" ON "ManualAnswer"("number");

-- CreateIndex
CREATE INDEX "ManualAnswer_createdAt_idx" ON "ManualAnswer"("createdAt");

-- CreateIndex
CREATE INDEX "ManualAnswer_sharedFromId_idx" ON "ManualAnswer"("sharedFromId");

-- CreateIndex
CREATE INDEX "ManualFeedback_userId_idx" ON "ManualFeedback"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "ManualGap_number_key" ON "ManualGap"("number");

-- CreateIndex
CREATE UNIQUE INDEX "ManualGap_answerId_key" ON "ManualGap"("answerId");

-- CreateIndex
CREATE INDEX "ManualGap_closedAt_number_idx" ON "ManualGap"("closedAt", "number");

-- AddForeignKey
ALTER TABLE "ManualAnswer" ADD CONSTRAINT "ManualAnswer_sharedFromId_fkey" FOREIGN KEY ("sharedFromId") REFERENCES "ManualAnswer"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ManualFeedback" ADD CONSTRAINT "ManualFeedback_answerId_fkey" FOREIGN KEY ("answerId") REFERENCES "ManualAnswer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ManualFeedback" ADD CONSTRAINT "ManualFeedback_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ManualGap" ADD CONSTRAINT "ManualGap_answerId_fkey" FOREIGN KEY ("answerId") REFERENCES "ManualAnswer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
