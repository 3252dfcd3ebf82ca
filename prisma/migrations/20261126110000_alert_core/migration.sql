-- Alert groups that wait, flap or are muted say until when. Silences say what stands in Alertmanager. Storms and merges on incidents.
ALTER TYPE "AlertGroupStatus" ADD VALUE IF NOT EXISTS 'PENDING' BEFORE 'FIRING';

CREATE TYPE "SilenceKind" AS ENUM ('COMMAND', 'ACKNOWLEDGEMENT', 'MAINTENANCE', 'EXTERNAL');

ALTER TABLE "AlertGroup"
  ADD COLUMN "changes" JSONB NOT NULL DEFAULT '[]',
  ADD COLUMN "mutedBy" TEXT,
  ADD COLUMN "pendingUntil" TIMESTAMPTZ(3),
  ADD COLUMN "heldUntil" TIMESTAMPTZ(3),
  ADD COLUMN "dueAt" TIMESTAMPTZ(3);

CREATE INDEX "AlertGroup_dueAt_idx" ON "AlertGroup"("dueAt");
CREATE INDEX "AlertGroup_status_idx" ON "AlertGroup"("status");
CREATE INDEX "AlertGroup_resolvedAt_idx" ON "AlertGroup"("resolvedAt");
CREATE INDEX "Alert_status_source_idx" ON "Alert"("status", "source");
CREATE INDEX "InboxEvent_doneAt_idx" ON "InboxEvent"("doneAt");

ALTER TABLE "Silence"
  ADD COLUMN "number" SERIAL NOT NULL,
  ADD COLUMN "kind" "SilenceKind" NOT NULL DEFAULT 'COMMAND',
  ADD COLUMN "createdByName" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "thereUntil" TIMESTAMPTZ(3),
  ADD COLUMN "tryAfter" TIMESTAMPTZ(3),
  ADD COLUMN "failures" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "askedAt" TIMESTAMPTZ(3),
  ADD COLUMN "endedByName" TEXT,
  ADD COLUMN "onceKey" TEXT;

CREATE UNIQUE INDEX "Silence_number_key" ON "Silence"("number");
CREATE UNIQUE INDEX "Silence_onceKey_key" ON "Silence"("onceKey");
CREATE INDEX "Silence_incidentId_idx" ON "Silence"("incidentId");

ALTER TABLE "Incident"
  ADD COLUMN "mergedIntoId" UUID,
  ADD COLUMN "snoozedUntil" TIMESTAMPTZ(3),
  ADD COLUMN "askedAt" TIMESTAMPTZ(3),
  ADD COLUMN "storm" JSONB,
  ADD COLUMN "ticketLinks" JSONB NOT NULL DEFAULT '[]';

CREATE INDEX "Incident_status_number_idx" ON "Incident"("status", "number");
CREATE INDEX "Incident_severity_number_idx" ON "Incident"("severity", "number");
CREATE INDEX "Incident_systemId_number_idx" ON "Incident"("systemId", "number");
CREATE INDEX "Incident_kind_number_idx" ON "Incident"("kind", "number");
CREATE INDEX "Incident_resolvedAt_idx" ON "Incident"("resolvedAt");
CREATE INDEX "Incident_channel_createdAt_idx" ON "Incident"("channel", "createdAt");

ALTER TABLE "System" ADD COLUMN "dependsOn" TEXT[];
