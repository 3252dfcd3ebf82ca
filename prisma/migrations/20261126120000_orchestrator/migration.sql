-- Model calls with their cost, questions to people, workflows and schedules. Adds only.
CREATE TYPE "StepMode" AS ENUM ('SEQUENTIAL', 'PARALLEL', 'CONDITIONAL', 'DELEGATED');

ALTER TABLE "Task" ADD COLUMN "costUsd" DOUBLE PRECISION,
  ADD COLUMN "llmMs" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "priority" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "expiresAt" TIMESTAMPTZ(3);
CREATE INDEX "Task_workflowId_idx" ON "Task"("workflowId");

CREATE TABLE "TaskQuestion" (
  "id" UUID NOT NULL,
  "taskId" UUID NOT NULL,
  "stepKey" TEXT NOT NULL,
  "fields" JSONB NOT NULL,
  "known" TEXT,
  "answers" JSONB NOT NULL,
  "problem" TEXT,
  "answeredById" UUID,
  "answeredByName" TEXT,
  "askedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expiresAt" TIMESTAMPTZ(3),
  "answeredAt" TIMESTAMPTZ(3),
  "signalledAt" TIMESTAMPTZ(3),
  CONSTRAINT "TaskQuestion_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "TaskQuestion_stepKey_key" ON "TaskQuestion"("stepKey");
CREATE INDEX "TaskQuestion_taskId_answeredAt_idx" ON "TaskQuestion"("taskId", "answeredAt");
ALTER TABLE "TaskQuestion" ADD CONSTRAINT "TaskQuestion_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "LlmCall" (
  "id" UUID NOT NULL,
  "taskId" UUID,
  "purpose" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "request" JSONB NOT NULL,
  "response" JSONB,
  "failure" TEXT,
  "attempts" INTEGER NOT NULL DEFAULT 1,
  "promptTokens" INTEGER NOT NULL DEFAULT 0,
  "completionTokens" INTEGER NOT NULL DEFAULT 0,
  "costUsd" DOUBLE PRECISION,
  "durationMs" INTEGER NOT NULL DEFAULT 0,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "LlmCall_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "LlmCall_taskId_createdAt_idx" ON "LlmCall"("taskId", "createdAt");
CREATE INDEX "LlmCall_createdAt_idx" ON "LlmCall"("createdAt");
ALTER TABLE "LlmCall" ADD CONSTRAINT "LlmCall_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "Workflow" ADD COLUMN "plan" JSONB,
  ADD COLUMN "locale" "Locale" NOT NULL DEFAULT 'EN',
  ADD COLUMN "correlationId" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "workspace" TEXT,
  ADD COLUMN "channel" TEXT,
  ADD COLUMN "threadTs" TEXT,
  ADD COLUMN "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "enqueuedAt" TIMESTAMPTZ(3);
CREATE INDEX "Workflow_status_enqueuedAt_idx" ON "Workflow"("status", "enqueuedAt");

CREATE TABLE "WorkflowStep" (
  "id" UUID NOT NULL,
  "workflowId" UUID NOT NULL,
  "seq" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "mode" "StepMode" NOT NULL,
  "status" "StepStatus" NOT NULL DEFAULT 'PENDING',
  "taskId" UUID,
  "summary" TEXT,
  "startedAt" TIMESTAMPTZ(3),
  "finishedAt" TIMESTAMPTZ(3),
  CONSTRAINT "WorkflowStep_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "WorkflowStep_workflowId_name_key" ON "WorkflowStep"("workflowId", "name");
ALTER TABLE "WorkflowStep" ADD CONSTRAINT "WorkflowStep_workflowId_fkey" FOREIGN KEY ("workflowId") REFERENCES "Workflow"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "Schedule" ADD COLUMN "locale" "Locale",
  ADD COLUMN "idempotencyKey" TEXT;
CREATE UNIQUE INDEX "Schedule_idempotencyKey_key" ON "Schedule"("idempotencyKey");
