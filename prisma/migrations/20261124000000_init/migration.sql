-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Locale" AS ENUM ('KO', 'EN');

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('VIEWER', 'REQUESTER', 'OPERATOR', 'APPROVER', 'AUDITOR', 'ADMIN');

-- CreateEnum
CREATE TYPE "Severity" AS ENUM ('CRITICAL', 'HIGH', 'WARNING', 'INFO', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "RiskLevel" AS ENUM ('READ_ONLY', 'LOW', 'MEDIUM', 'HIGH', 'FORBIDDEN');

-- CreateEnum
CREATE TYPE "Confidence" AS ENUM ('HIGH', 'MEDIUM', 'LOW', 'NONE');

-- CreateEnum
CREATE TYPE "InboxSource" AS ENUM ('CHAT_COMMAND', 'CHAT_EVENT', 'CHAT_ACTION', 'CHAT_FORM', 'ALERT');

-- CreateEnum
CREATE TYPE "InboxStatus" AS ENUM ('RECEIVED', 'CLAIMED', 'DONE', 'QUARANTINED');

-- CreateEnum
CREATE TYPE "AlertStatus" AS ENUM ('FIRING', 'RESOLVED');

-- CreateEnum
CREATE TYPE "AlertGroupStatus" AS ENUM ('FIRING', 'FLAPPING', 'SILENCED', 'RESOLVED');

-- CreateEnum
CREATE TYPE "SilenceStatus" AS ENUM ('PENDING', 'ACTIVE', 'EXPIRED');

-- CreateEnum
CREATE TYPE "IncidentStatus" AS ENUM ('TRIGGERED', 'ACKNOWLEDGED', 'RESOLVED');

-- CreateEnum
CREATE TYPE "IncidentKind" AS ENUM ('NORMAL', 'STORM');

-- CreateEnum
CREATE TYPE "TimelineKind" AS ENUM ('ALERT', 'STATUS', 'NOTE', 'MESSAGE', 'TASK', 'FINDING', 'APPROVAL', 'ACTION', 'VERIFICATION', 'NOTIFICATION', 'TICKET', 'CHANGE', 'SILENCE');

-- CreateEnum
CREATE TYPE "TaskStatus" AS ENUM ('QUEUED', 'RUNNING', 'WAITING_INPUT', 'WAITING_APPROVAL', 'OUTCOME_UNKNOWN', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED');

-- CreateEnum
CREATE TYPE "TaskTrigger" AS ENUM ('CHAT', 'WEB', 'API', 'ALERT', 'SCHEDULE', 'WORKFLOW', 'AGENT');

-- CreateEnum
CREATE TYPE "StepStatus" AS ENUM ('PENDING', 'RUNNING', 'WAITING_APPROVAL', 'OUTCOME_UNKNOWN', 'SUCCEEDED', 'FAILED', 'SKIPPED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "Verdict" AS ENUM ('FOUND', 'INCONCLUSIVE');

-- CreateEnum
CREATE TYPE "ActionOutcome" AS ENUM ('NOT_RUN', 'RUNNING', 'VERIFIED', 'EXECUTED_UNVERIFIED', 'FAILED', 'ROLLED_BACK', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "ApprovalKind" AS ENUM ('CONFIRMATION', 'APPROVAL');

-- CreateEnum
CREATE TYPE "ApprovalStatus" AS ENUM ('PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED', 'SUPERSEDED');

-- CreateEnum
CREATE TYPE "EffectStatus" AS ENUM ('INTENT', 'DONE', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "NotificationKind" AS ENUM ('INCIDENT_CARD', 'STORM_DIGEST', 'TASK_PROGRESS', 'TASK_RESULT', 'TASK_QUESTION', 'TASK_FAILED', 'APPROVAL_REQUEST', 'APPROVAL_RESULT', 'ACTION_RESULT', 'OUTCOME_UNKNOWN', 'WORKFLOW_PROGRESS', 'INCIDENT_NOTICE', 'SILENCE_NOTICE', 'HANDOFF', 'REPORT', 'HOME');

-- CreateEnum
CREATE TYPE "NotificationStatus" AS ENUM ('PENDING', 'CLAIMED', 'DELIVERED', 'UNCERTAIN', 'FAILED', 'REPLACED');

-- CreateEnum
CREATE TYPE "NotificationChannel" AS ENUM ('CHAT', 'EMAIL', 'SMS');

-- CreateEnum
CREATE TYPE "NotificationPriority" AS ENUM ('APPROVAL', 'RESULT', 'NEW_CRITICAL', 'FINDING', 'PROGRESS');

-- CreateEnum
CREATE TYPE "WorkflowStatus" AS ENUM ('SCHEDULED', 'QUEUED', 'RUNNING', 'WAITING_INPUT', 'WAITING_APPROVAL', 'OUTCOME_UNKNOWN', 'SUCCEEDED', 'FAILED', 'ROLLING_BACK', 'ROLLED_BACK', 'CANCELLED');

-- CreateEnum
CREATE TYPE "Environment" AS ENUM ('PROD', 'STAGING', 'DEV', 'OTHER');

-- CreateEnum
CREATE TYPE "HealthState" AS ENUM ('HEALTHY', 'SLOW', 'UNHEALTHY', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "ManualStatus" AS ENUM ('QUEUED', 'INDEXING', 'READY', 'FAILED', 'ARCHIVED');

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "displayName" TEXT NOT NULL,
    "email" TEXT,
    "locale" "Locale" NOT NULL DEFAULT 'KO',
    "timeZone" TEXT NOT NULL DEFAULT 'Asia/Seoul',
    "roles" "Role"[],
    "active" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3),

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ChatIdentity" (
    "workspace" TEXT NOT NULL,
    "chatUserId" TEXT NOT NULL,
    "userId" UUID NOT NULL,
    "verifiedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ChatIdentity_pkey" PRIMARY KEY ("workspace","chatUserId")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "permissions" TEXT[],
    "roles" "Role"[],
    "createdById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IdempotencyKey" (
    "credential" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "inputHash" TEXT NOT NULL,
    "result" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "IdempotencyKey_pkey" PRIMARY KEY ("credential","operation","key")
);

-- CreateTable
CREATE TABLE "InboxEvent" (
    "id" UUID NOT NULL,
    "source" "InboxSource" NOT NULL,
    "key" TEXT NOT NULL,
    "status" "InboxStatus" NOT NULL DEFAULT 'RECEIVED',
    "payload" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "claimedBy" TEXT,
    "claimToken" UUID,
    "claimedUntil" TIMESTAMPTZ(3),
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "doneAt" TIMESTAMPTZ(3),

    CONSTRAINT "InboxEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Alert" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3),
    "name" TEXT NOT NULL,
    "status" "AlertStatus" NOT NULL,
    "severity" "Severity" NOT NULL,
    "labels" JSONB NOT NULL,
    "annotations" JSONB NOT NULL,
    "generatorUrl" TEXT,
    "groupId" UUID NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AlertGroup" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "openKey" TEXT,
    "sourceGroupKey" TEXT,
    "source" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "status" "AlertGroupStatus" NOT NULL DEFAULT 'FIRING',
    "severity" "Severity" NOT NULL,
    "commonLabels" JSONB NOT NULL,
    "summary" TEXT,
    "reading" TEXT,
    "runbookUrl" TEXT,
    "externalUrl" TEXT,
    "systemId" UUID,
    "incidentId" UUID,
    "firingCount" INTEGER NOT NULL DEFAULT 0,
    "totalCount" INTEGER NOT NULL DEFAULT 0,
    "truncatedCount" INTEGER NOT NULL DEFAULT 0,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "resolvedAt" TIMESTAMPTZ(3),

    CONSTRAINT "AlertGroup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Silence" (
    "id" UUID NOT NULL,
    "externalId" TEXT,
    "status" "SilenceStatus" NOT NULL DEFAULT 'PENDING',
    "matchers" JSONB NOT NULL,
    "comment" TEXT NOT NULL,
    "createdByUserId" UUID,
    "external" BOOLEAN NOT NULL DEFAULT false,
    "incidentId" UUID,
    "alertGroupId" UUID,
    "startsAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "error" TEXT,

    CONSTRAINT "Silence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Incident" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "kind" "IncidentKind" NOT NULL DEFAULT 'NORMAL',
    "title" TEXT NOT NULL,
    "status" "IncidentStatus" NOT NULL DEFAULT 'TRIGGERED',
    "severity" "Severity" NOT NULL,
    "systemId" UUID,
    "locale" "Locale" NOT NULL DEFAULT 'EN',
    "workspace" TEXT,
    "channel" TEXT,
    "threadTs" TEXT,
    "assigneeId" UUID,
    "acknowledgedById" UUID,
    "acknowledgedUntil" TIMESTAMPTZ(3),
    "cause" TEXT,
    "fix" TEXT,
    "followUps" TEXT[],
    "resolvedBy" TEXT,
    "report" TEXT,
    "nextEvidenceRef" INTEGER NOT NULL DEFAULT 1,
    "quiet" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "openKey" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "acknowledgedAt" TIMESTAMPTZ(3),
    "resolvedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TimelineEntry" (
    "id" UUID NOT NULL,
    "seq" SERIAL NOT NULL,
    "incidentId" UUID NOT NULL,
    "kind" "TimelineKind" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actorType" TEXT NOT NULL,
    "actorId" TEXT,
    "actorName" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "evidenceRefs" INTEGER[],
    "subjectType" TEXT,
    "subjectId" TEXT,
    "onceKey" TEXT,

    CONSTRAINT "TimelineEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Task" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "title" TEXT NOT NULL,
    "status" "TaskStatus" NOT NULL DEFAULT 'QUEUED',
    "agentId" TEXT NOT NULL,
    "taskType" TEXT NOT NULL,
    "params" JSONB NOT NULL,
    "instruction" TEXT,
    "trigger" "TaskTrigger" NOT NULL,
    "requestedByType" TEXT NOT NULL,
    "requestedById" UUID,
    "requestedByName" TEXT NOT NULL,
    "locale" "Locale" NOT NULL DEFAULT 'EN',
    "idempotencyKey" TEXT NOT NULL,
    "correlationId" TEXT NOT NULL,
    "incidentId" UUID,
    "workflowId" UUID,
    "parentId" UUID,
    "workspace" TEXT,
    "channel" TEXT,
    "threadTs" TEXT,
    "result" JSONB,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "errorKept" TEXT,
    "errorNextStep" TEXT,
    "errorRetryable" BOOLEAN NOT NULL DEFAULT false,
    "analysisWritten" BOOLEAN NOT NULL DEFAULT false,
    "llmCalls" INTEGER NOT NULL DEFAULT 0,
    "promptTokens" INTEGER NOT NULL DEFAULT 0,
    "completionTokens" INTEGER NOT NULL DEFAULT 0,
    "nextEvidenceRef" INTEGER NOT NULL DEFAULT 1,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "dryRun" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "enqueuedAt" TIMESTAMPTZ(3),
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TaskStep" (
    "id" UUID NOT NULL,
    "taskId" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "status" "StepStatus" NOT NULL DEFAULT 'PENDING',
    "tool" TEXT,
    "summary" TEXT,
    "evidenceRefs" INTEGER[],
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "TaskStep_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Evidence" (
    "id" UUID NOT NULL,
    "taskId" UUID NOT NULL,
    "incidentId" UUID,
    "ref" INTEGER NOT NULL,
    "stepKey" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "asked" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "url" TEXT,
    "rangeFrom" TIMESTAMPTZ(3),
    "rangeTo" TIMESTAMPTZ(3),
    "capturedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "digest" TEXT NOT NULL,

    CONSTRAINT "Evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Finding" (
    "id" UUID NOT NULL,
    "taskId" UUID NOT NULL,
    "incidentId" UUID,
    "headline" TEXT NOT NULL,
    "verdict" "Verdict" NOT NULL,
    "confidence" "Confidence" NOT NULL,
    "situation" JSONB NOT NULL,
    "reasons" JSONB NOT NULL,
    "against" JSONB NOT NULL,
    "notChecked" TEXT[],
    "needed" TEXT[],
    "droppedClaims" INTEGER NOT NULL DEFAULT 0,
    "writtenByModel" BOOLEAN NOT NULL DEFAULT false,
    "supersedesId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Finding_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProposedAction" (
    "id" UUID NOT NULL,
    "taskId" UUID NOT NULL,
    "findingId" UUID,
    "incidentId" UUID,
    "stepKey" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "arguments" JSONB NOT NULL,
    "risk" "RiskLevel" NOT NULL,
    "command" TEXT NOT NULL,
    "diff" TEXT,
    "effect" TEXT NOT NULL,
    "undo" TEXT,
    "estimatedMs" INTEGER,
    "outcome" "ActionOutcome" NOT NULL DEFAULT 'NOT_RUN',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProposedAction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Approval" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "kind" "ApprovalKind" NOT NULL DEFAULT 'APPROVAL',
    "status" "ApprovalStatus" NOT NULL DEFAULT 'PENDING',
    "actionId" UUID NOT NULL,
    "taskId" UUID NOT NULL,
    "incidentId" UUID,
    "stepKey" TEXT NOT NULL,
    "requestedByType" TEXT NOT NULL,
    "requestedById" UUID,
    "requestedByName" TEXT NOT NULL,
    "required" INTEGER NOT NULL DEFAULT 1,
    "policy" TEXT NOT NULL,
    "skipped" TEXT[],
    "typedConfirmation" TEXT,
    "precondition" JSONB NOT NULL,
    "digest" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decidedAt" TIMESTAMPTZ(3),
    "usedAt" TIMESTAMPTZ(3),
    "signalledAt" TIMESTAMPTZ(3),
    "endReason" TEXT,

    CONSTRAINT "Approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApprovalDecision" (
    "id" UUID NOT NULL,
    "approvalId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "userName" TEXT NOT NULL,
    "approved" BOOLEAN NOT NULL,
    "reason" TEXT,
    "via" "TaskTrigger" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ApprovalDecision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Effect" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "approvalId" UUID NOT NULL,
    "actionId" UUID NOT NULL,
    "taskId" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "status" "EffectStatus" NOT NULL DEFAULT 'INTENT',
    "owner" TEXT NOT NULL,
    "accepted" BOOLEAN,
    "answer" TEXT,
    "lateAnswer" TEXT,
    "resolvedById" UUID,
    "observed" TEXT,
    "note" TEXT,
    "signalledAt" TIMESTAMPTZ(3),
    "intentAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "doneAt" TIMESTAMPTZ(3),
    "resolvedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Effect_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TargetLock" (
    "target" TEXT NOT NULL,
    "effectKey" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "acquiredAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TargetLock_pkey" PRIMARY KEY ("target")
);

-- CreateTable
CREATE TABLE "Notification" (
    "id" UUID NOT NULL,
    "kind" "NotificationKind" NOT NULL,
    "priority" "NotificationPriority" NOT NULL,
    "status" "NotificationStatus" NOT NULL DEFAULT 'PENDING',
    "channel" "NotificationChannel" NOT NULL DEFAULT 'CHAT',
    "subjectType" TEXT NOT NULL,
    "subjectId" UUID NOT NULL,
    "receiver" TEXT NOT NULL,
    "locale" "Locale" NOT NULL DEFAULT 'EN',
    "threadIncidentId" UUID,
    "workspace" TEXT,
    "chatChannel" TEXT,
    "threadTs" TEXT,
    "messageTs" TEXT,
    "privateToId" UUID,
    "broadcast" BOOLEAN NOT NULL DEFAULT false,
    "text" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "deliveredRevision" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lastError" TEXT,
    "notBefore" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimedBy" TEXT,
    "claimToken" BIGINT,
    "claimedUntil" TIMESTAMPTZ(3),
    "uncertain" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deliveredAt" TIMESTAMPTZ(3),

    CONSTRAINT "Notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SenderLease" (
    "name" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "token" BIGINT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SenderLease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "Workflow" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "definition" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "status" "WorkflowStatus" NOT NULL DEFAULT 'QUEUED',
    "params" JSONB NOT NULL,
    "incidentId" UUID,
    "changeId" UUID,
    "requestedByType" TEXT NOT NULL,
    "requestedById" UUID,
    "requestedByName" TEXT NOT NULL,
    "idempotencyKey" TEXT NOT NULL,
    "state" JSONB,
    "errorMessage" TEXT,
    "dryRun" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "scheduledFor" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Workflow_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Schedule" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "title" TEXT NOT NULL,
    "cron" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL DEFAULT 'Asia/Seoul',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "agentId" TEXT,
    "taskType" TEXT,
    "workflowDefinition" TEXT,
    "params" JSONB NOT NULL,
    "workspace" TEXT,
    "channel" TEXT,
    "ownerType" TEXT NOT NULL,
    "ownerId" UUID,
    "ownerName" TEXT NOT NULL,
    "nextRunAt" TIMESTAMPTZ(3),
    "lastDueAt" TIMESTAMPTZ(3),
    "missedRuns" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Schedule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Executor" (
    "slot" INTEGER NOT NULL,
    "backendPid" INTEGER NOT NULL,
    "backendStart" TEXT NOT NULL,
    "program" TEXT NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Executor_pkey" PRIMARY KEY ("slot")
);

-- CreateTable
CREATE TABLE "System" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "displayName" TEXT NOT NULL,
    "environment" "Environment" NOT NULL DEFAULT 'PROD',
    "healthUrl" TEXT,
    "expectation" JSONB,
    "workload" JSONB,
    "metricLabels" JSONB,
    "verifyQuery" TEXT,
    "databases" JSONB NOT NULL DEFAULT '[]',
    "logSources" JSONB NOT NULL DEFAULT '[]',
    "jobs" JSONB NOT NULL DEFAULT '[]',
    "limits" JSONB NOT NULL DEFAULT '{}',
    "configurationItem" TEXT,
    "chatChannel" TEXT,
    "healthState" "HealthState" NOT NULL DEFAULT 'UNKNOWN',
    "healthStreak" INTEGER NOT NULL DEFAULT 0,
    "healthSince" TIMESTAMPTZ(3),
    "archived" BOOLEAN NOT NULL DEFAULT false,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "System_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HealthCheck" (
    "id" UUID NOT NULL,
    "systemId" UUID NOT NULL,
    "state" "HealthState" NOT NULL,
    "statusCode" INTEGER,
    "latencyMs" INTEGER,
    "attempts" INTEGER NOT NULL,
    "message" TEXT NOT NULL,
    "checkedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "HealthCheck_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Contact" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "team" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "userId" UUID,
    "rota" JSONB,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "Contact_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ContactOnSystem" (
    "contactId" UUID NOT NULL,
    "systemId" UUID NOT NULL,

    CONSTRAINT "ContactOnSystem_pkey" PRIMARY KEY ("contactId","systemId")
);

-- CreateTable
CREATE TABLE "Manual" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "title" TEXT NOT NULL,
    "locale" "Locale" NOT NULL,
    "status" "ManualStatus" NOT NULL DEFAULT 'QUEUED',
    "fileName" TEXT NOT NULL,
    "mediaType" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "alertNames" TEXT[],
    "systemNames" TEXT[],
    "automation" JSONB NOT NULL DEFAULT '[]',
    "revisedAt" TIMESTAMPTZ(3),
    "error" TEXT,
    "uploadedBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "indexedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Manual_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ManualChunk" (
    "id" UUID NOT NULL,
    "manualId" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "section" TEXT NOT NULL,
    "page" INTEGER,
    "lineFrom" INTEGER NOT NULL,
    "lineTo" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "tokens" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "dense" BYTEA,
    "sparse" JSONB NOT NULL,

    CONSTRAINT "ManualChunk_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Ticket" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "externalNumber" TEXT,
    "correlationKey" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "priority" TEXT,
    "fields" JSONB NOT NULL DEFAULT '{}',
    "incidentId" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "syncedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Ticket_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Change" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "systemId" UUID NOT NULL,
    "plan" TEXT[],
    "tests" TEXT[],
    "rollback" TEXT[],
    "risk" "RiskLevel" NOT NULL,
    "skippedSteps" TEXT[],
    "before" JSONB,
    "after" JSONB,
    "workflowId" UUID,
    "ticketId" UUID,
    "plannedStart" TIMESTAMPTZ(3),
    "plannedEnd" TIMESTAMPTZ(3),
    "requestedById" UUID,
    "idempotencyKey" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actorType" TEXT NOT NULL,
    "actorId" TEXT,
    "actorName" TEXT NOT NULL,
    "onBehalfOf" TEXT,
    "operation" TEXT NOT NULL,
    "subjectType" TEXT,
    "subjectId" TEXT,
    "tool" TEXT,
    "inputDigest" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "correlationId" TEXT NOT NULL,
    "previousHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "AuditHead" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "seq" INTEGER NOT NULL DEFAULT 0,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditHead_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE INDEX "ChatIdentity_userId_idx" ON "ChatIdentity"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_name_key" ON "ApiKey"("name");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_hash_key" ON "ApiKey"("hash");

-- CreateIndex
CREATE INDEX "IdempotencyKey_createdAt_idx" ON "IdempotencyKey"("createdAt");

-- CreateIndex
CREATE INDEX "InboxEvent_status_source_receivedAt_idx" ON "InboxEvent"("status", "source", "receivedAt");

-- CreateIndex
CREATE UNIQUE INDEX "InboxEvent_source_key_key" ON "InboxEvent"("source", "key");

-- CreateIndex
CREATE INDEX "Alert_groupId_status_idx" ON "Alert"("groupId", "status");

-- CreateIndex
CREATE UNIQUE INDEX "Alert_source_fingerprint_startsAt_key" ON "Alert"("source", "fingerprint", "startsAt");

-- CreateIndex
CREATE UNIQUE INDEX "AlertGroup_number_key" ON "AlertGroup"("number");

-- CreateIndex
CREATE UNIQUE INDEX "AlertGroup_openKey_key" ON "AlertGroup"("openKey");

-- CreateIndex
CREATE INDEX "AlertGroup_incidentId_idx" ON "AlertGroup"("incidentId");

-- CreateIndex
CREATE INDEX "AlertGroup_key_startedAt_idx" ON "AlertGroup"("key", "startedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Silence_externalId_key" ON "Silence"("externalId");

-- CreateIndex
CREATE INDEX "Silence_status_endsAt_idx" ON "Silence"("status", "endsAt");

-- CreateIndex
CREATE UNIQUE INDEX "Incident_number_key" ON "Incident"("number");

-- CreateIndex
CREATE UNIQUE INDEX "Incident_openKey_key" ON "Incident"("openKey");

-- CreateIndex
CREATE INDEX "Incident_status_startedAt_idx" ON "Incident"("status", "startedAt");

-- CreateIndex
CREATE INDEX "Incident_scope_resolvedAt_idx" ON "Incident"("scope", "resolvedAt");

-- CreateIndex
CREATE UNIQUE INDEX "TimelineEntry_seq_key" ON "TimelineEntry"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "TimelineEntry_onceKey_key" ON "TimelineEntry"("onceKey");

-- CreateIndex
CREATE INDEX "TimelineEntry_incidentId_seq_idx" ON "TimelineEntry"("incidentId", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "Task_number_key" ON "Task"("number");

-- CreateIndex
CREATE UNIQUE INDEX "Task_idempotencyKey_key" ON "Task"("idempotencyKey");

-- CreateIndex
CREATE INDEX "Task_status_enqueuedAt_idx" ON "Task"("status", "enqueuedAt");

-- CreateIndex
CREATE INDEX "Task_incidentId_idx" ON "Task"("incidentId");

-- CreateIndex
CREATE INDEX "Task_parentId_idx" ON "Task"("parentId");

-- CreateIndex
CREATE INDEX "TaskStep_taskId_seq_idx" ON "TaskStep"("taskId", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "TaskStep_taskId_name_key" ON "TaskStep"("taskId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Evidence_stepKey_key" ON "Evidence"("stepKey");

-- CreateIndex
CREATE INDEX "Evidence_taskId_ref_idx" ON "Evidence"("taskId", "ref");

-- CreateIndex
CREATE UNIQUE INDEX "Evidence_incidentId_ref_key" ON "Evidence"("incidentId", "ref");

-- CreateIndex
CREATE INDEX "Finding_taskId_idx" ON "Finding"("taskId");

-- CreateIndex
CREATE INDEX "Finding_incidentId_createdAt_idx" ON "Finding"("incidentId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "ProposedAction_stepKey_key" ON "ProposedAction"("stepKey");

-- CreateIndex
CREATE UNIQUE INDEX "Approval_number_key" ON "Approval"("number");

-- CreateIndex
CREATE UNIQUE INDEX "Approval_stepKey_key" ON "Approval"("stepKey");

-- CreateIndex
CREATE INDEX "Approval_status_expiresAt_idx" ON "Approval"("status", "expiresAt");

-- CreateIndex
CREATE INDEX "Approval_incidentId_idx" ON "Approval"("incidentId");

-- CreateIndex
CREATE UNIQUE INDEX "ApprovalDecision_approvalId_userId_key" ON "ApprovalDecision"("approvalId", "userId");

-- CreateIndex
CREATE UNIQUE INDEX "Effect_key_key" ON "Effect"("key");

-- CreateIndex
CREATE INDEX "Effect_status_idx" ON "Effect"("status");

-- CreateIndex
CREATE INDEX "Notification_status_priority_notBefore_idx" ON "Notification"("status", "priority", "notBefore");

-- CreateIndex
CREATE UNIQUE INDEX "Notification_subjectType_subjectId_kind_receiver_key" ON "Notification"("subjectType", "subjectId", "kind", "receiver");

-- CreateIndex
CREATE UNIQUE INDEX "Workflow_number_key" ON "Workflow"("number");

-- CreateIndex
CREATE UNIQUE INDEX "Workflow_idempotencyKey_key" ON "Workflow"("idempotencyKey");

-- CreateIndex
CREATE UNIQUE INDEX "Schedule_number_key" ON "Schedule"("number");

-- CreateIndex
CREATE UNIQUE INDEX "Schedule_title_key" ON "Schedule"("title");

-- CreateIndex
CREATE UNIQUE INDEX "System_name_key" ON "System"("name");

-- CreateIndex
CREATE INDEX "HealthCheck_systemId_checkedAt_idx" ON "HealthCheck"("systemId", "checkedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Manual_code_revision_key" ON "Manual"("code", "revision");

-- CreateIndex
CREATE UNIQUE INDEX "ManualChunk_manualId_seq_key" ON "ManualChunk"("manualId", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "Ticket_number_key" ON "Ticket"("number");

-- CreateIndex
CREATE UNIQUE INDEX "Ticket_externalNumber_key" ON "Ticket"("externalNumber");

-- CreateIndex
CREATE UNIQUE INDEX "Ticket_correlationKey_key" ON "Ticket"("correlationKey");

-- CreateIndex
CREATE UNIQUE INDEX "Change_number_key" ON "Change"("number");

-- CreateIndex
CREATE UNIQUE INDEX "Change_idempotencyKey_key" ON "Change"("idempotencyKey");

-- CreateIndex
CREATE INDEX "AuditEntry_subjectType_subjectId_idx" ON "AuditEntry"("subjectType", "subjectId");

-- CreateIndex
CREATE INDEX "AuditEntry_operation_at_idx" ON "AuditEntry"("operation", "at");

-- AddForeignKey
ALTER TABLE "ChatIdentity" ADD CONSTRAINT "ChatIdentity_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Alert" ADD CONSTRAINT "Alert_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "AlertGroup"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AlertGroup" ADD CONSTRAINT "AlertGroup_systemId_fkey" FOREIGN KEY ("systemId") REFERENCES "System"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AlertGroup" ADD CONSTRAINT "AlertGroup_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Incident" ADD CONSTRAINT "Incident_systemId_fkey" FOREIGN KEY ("systemId") REFERENCES "System"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TimelineEntry" ADD CONSTRAINT "TimelineEntry_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_workflowId_fkey" FOREIGN KEY ("workflowId") REFERENCES "Workflow"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Task"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TaskStep" ADD CONSTRAINT "TaskStep_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Evidence" ADD CONSTRAINT "Evidence_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Evidence" ADD CONSTRAINT "Evidence_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Finding" ADD CONSTRAINT "Finding_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProposedAction" ADD CONSTRAINT "ProposedAction_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProposedAction" ADD CONSTRAINT "ProposedAction_findingId_fkey" FOREIGN KEY ("findingId") REFERENCES "Finding"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Approval" ADD CONSTRAINT "Approval_actionId_fkey" FOREIGN KEY ("actionId") REFERENCES "ProposedAction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Approval" ADD CONSTRAINT "Approval_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Approval" ADD CONSTRAINT "Approval_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApprovalDecision" ADD CONSTRAINT "ApprovalDecision_approvalId_fkey" FOREIGN KEY ("approvalId") REFERENCES "Approval"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Effect" ADD CONSTRAINT "Effect_approvalId_fkey" FOREIGN KEY ("approvalId") REFERENCES "Approval"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Effect" ADD CONSTRAINT "Effect_actionId_fkey" FOREIGN KEY ("actionId") REFERENCES "ProposedAction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Effect" ADD CONSTRAINT "Effect_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HealthCheck" ADD CONSTRAINT "HealthCheck_systemId_fkey" FOREIGN KEY ("systemId") REFERENCES "System"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ContactOnSystem" ADD CONSTRAINT "ContactOnSystem_contactId_fkey" FOREIGN KEY ("contactId") REFERENCES "Contact"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ContactOnSystem" ADD CONSTRAINT "ContactOnSystem_systemId_fkey" FOREIGN KEY ("systemId") REFERENCES "System"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ManualChunk" ADD CONSTRAINT "ManualChunk_manualId_fkey" FOREIGN KEY ("manualId") REFERENCES "Manual"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The audit chain is append-only for everyone who works through this schema.
-- \073 is a semicolon: the embedded schema engine would take a plain one inside the body for the end of the statement.
CREATE FUNCTION "audit_entry_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS E'BEGIN RAISE EXCEPTION \'AuditEntry is append-only\' USING ERRCODE = \'42501\'\073 END';
CREATE TRIGGER "AuditEntry_append_only" BEFORE UPDATE OR DELETE ON "AuditEntry" FOR EACH ROW EXECUTE FUNCTION "audit_entry_is_append_only"();
CREATE TRIGGER "AuditEntry_no_truncate" BEFORE TRUNCATE ON "AuditEntry" FOR EACH STATEMENT EXECUTE FUNCTION "audit_entry_is_append_only"();
