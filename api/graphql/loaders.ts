import DataLoader from 'dataloader';
import type {
  Approval,
  ApprovalDecision,
  ChatIdentity,
  Db,
  Effect,
  Evidence,
  Finding,
  ProposedAction,
  Task,
  TaskQuestion,
  WorkflowStep,
} from '../db.ts';

/** Reads rows by id, all of one tick together; null for one that is not there. */
function byId<Row extends { readonly id: string }>(
  find: (ids: string[]) => Promise<readonly Row[]>,
  cache: boolean,
): DataLoader<string, Row | null> {
  return new DataLoader(
    async (ids) => {
      const rows = new Map((await find([...new Set(ids)])).map((row) => [row.id, row]));
      return ids.map((id) => rows.get(id) ?? null);
    },
    { cache, maxBatchSize: 500 },
  );
}

/** Reads rows by two parts of a key joined with a colon; null for one that is not there. */
function byPair<Row>(
  find: (pairs: [string, string][]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
  cache: boolean,
): DataLoader<string, Row | null> {
  return new DataLoader(
    async (keys) => {
      const pairs = keys.map((key): [string, string] => {
        const [one = '', other = ''] = key.split(':');
        return [one, other];
      });
      const rows = new Map((await find(pairs)).map((row) => [keyOf(row), row]));
      return keys.map((key) => rows.get(key) ?? null);
    },
    { cache, maxBatchSize: 200 },
  );
}

/** Reads the rows that belong to an id, all of one tick together. */
function grouped<Row>(
  owner: (row: Row) => string | null,
  find: (ids: string[]) => Promise<readonly Row[]>,
  cache: boolean,
): DataLoader<string, readonly Row[]> {
  return new DataLoader(
    async (ids) => {
      const lists = new Map<string, Row[]>(ids.map((id) => [id, []]));
      for (const row of await find([...new Set(ids)])) lists.get(owner(row) ?? '')?.push(row);
      return ids.map((id) => lists.get(id) ?? []);
    },
    { cache, maxBatchSize: 500 },
  );
}

/** Where a reference [n] counts: in the incident, or in the task that has none. */
export interface EvidenceRef {
  readonly incidentId: string | null;
  readonly taskId: string;
  readonly ref: number;
}

function evidenceByRef(db: Db, cache: boolean): DataLoader<EvidenceRef, Evidence | null, string> {
  const scope = (one: EvidenceRef): string => (one.incidentId === null ? `t:${one.taskId}` : `i:${one.incidentId}`);
  return new DataLoader(
    async (refs) => {
      const rows = await db.evidence.findMany({
        where: {
          OR: refs.map(({ incidentId, taskId, ref }) =>
            incidentId === null ? { taskId, incidentId: null, ref } : { incidentId, ref },
          ),
        },
      });
      const found = new Map(rows.map((row) => [`${scope(row)}:${row.ref}`, row]));
      return refs.map((one) => found.get(`${scope(one)}:${one.ref}`) ?? null);
    },
    { cache, maxBatchSize: 200, cacheKeyFn: (one) => `${scope(one)}:${one.ref}` },
  );
}

/** One set per request: what several fields ask for is read once. A subscription takes one that keeps nothing. */
export function createLoaders(db: Db, options: { readonly cache: boolean } = { cache: true }) {
  const { cache } = options;
  const inIds = (ids: string[]) => ({ id: { in: ids } });
  return {
    user: byId((ids) => db.user.findMany({ where: inIds(ids) }), cache),
    apiKey: byId((ids) => db.apiKey.findMany({ where: inIds(ids) }), cache),
    task: byId((ids) => db.task.findMany({ where: inIds(ids) }), cache),
    workflow: byId((ids) => db.workflow.findMany({ where: inIds(ids) }), cache),
    incident: byId((ids) => db.incident.findMany({ where: inIds(ids) }), cache),
    approval: byId((ids) => db.approval.findMany({ where: inIds(ids) }), cache),
    action: byId((ids) => db.proposedAction.findMany({ where: inIds(ids) }), cache),
    alertGroup: byId((ids) => db.alertGroup.findMany({ where: inIds(ids) }), cache),
    silence: byId((ids) => db.silence.findMany({ where: inIds(ids) }), cache),
    system: byId((ids) => db.system.findMany({ where: inIds(ids) }), cache),
    finding: byId((ids) => db.finding.findMany({ where: inIds(ids) }), cache),
    timelineEntry: byId((ids) => db.timelineEntry.findMany({ where: inIds(ids) }), cache),
    effect: byId((ids) => db.effect.findMany({ where: inIds(ids) }), cache),
    manual: byId((ids) => db.manual.findMany({ where: inIds(ids), omit: { bytes: true } }), cache),
    passage: byId((ids) => db.manualChunk.findMany({ where: inIds(ids), omit: { dense: true, sparse: true } }), cache),
    /** A passage by its place: `<manual's id>:<seq>`. */
    passageAt: byPair(
      (pairs) =>
        db.manualChunk.findMany({
          where: { OR: pairs.map(([manualId, seq]) => ({ manualId, seq: Number(seq) })) },
          omit: { dense: true, sparse: true },
        }),
      (row) => `${row.manualId}:${row.seq}`,
      cache,
    ),
    manualAnswer: byId((ids) => db.manualAnswer.findMany({ where: inIds(ids) }), cache),
    /** A verdict: `<answer's id>:<person's id>`. */
    feedback: byPair(
      (pairs) =>
        db.manualFeedback.findMany({ where: { OR: pairs.map(([answerId, userId]) => ({ answerId, userId })) } }),
      (row) => `${row.answerId}:${row.userId}`,
      cache,
    ),
    gapOfAnswer: new DataLoader(
      async (answerIds: readonly string[]) => {
        const rows = await db.manualGap.findMany({ where: { answerId: { in: [...answerIds] } } });
        const found = new Map(rows.map((row) => [row.answerId, row]));
        return answerIds.map((id) => found.get(id) ?? null);
      },
      { cache },
    ),
    evidence: evidenceByRef(db, cache),
    manualByCode: new DataLoader(
      async (codes: readonly string[]) => {
        const rows = await db.manual.findMany({
          where: { code: { in: [...codes] } },
          omit: { bytes: true },
          orderBy: { revision: 'asc' },
        });
        const newest = new Map(rows.map((row) => [row.code, row]));
        return codes.map((code) => newest.get(code) ?? null);
      },
      { cache },
    ),
    chatIdentitiesOf: grouped<ChatIdentity>(
      (row) => row.userId,
      (ids) => db.chatIdentity.findMany({ where: { userId: { in: ids } }, orderBy: { verifiedAt: 'asc' } }),
      cache,
    ),
    decisionsOf: grouped<ApprovalDecision>(
      (row) => row.approvalId,
      (ids) => db.approvalDecision.findMany({ where: { approvalId: { in: ids } }, orderBy: { at: 'asc' } }),
      cache,
    ),
    approvalsOfAction: grouped<Approval>(
      (row) => row.actionId,
      (ids) => db.approval.findMany({ where: { actionId: { in: ids } }, orderBy: { number: 'desc' } }),
      cache,
    ),
    actionsOfTask: grouped<ProposedAction>(
      (row) => row.taskId,
      (ids) => db.proposedAction.findMany({ where: { taskId: { in: ids } }, orderBy: { createdAt: 'asc' } }),
      cache,
    ),
    actionsOfFinding: grouped<ProposedAction>(
      (row) => row.findingId,
      (ids) => db.proposedAction.findMany({ where: { findingId: { in: ids } }, orderBy: { createdAt: 'asc' } }),
      cache,
    ),
    effectsOfTask: grouped<Effect>(
      (row) => row.taskId,
      (ids) => db.effect.findMany({ where: { taskId: { in: ids } }, orderBy: { intentAt: 'asc' } }),
      cache,
    ),
    questionsOfTask: grouped<TaskQuestion>(
      (row) => row.taskId,
      (ids) => db.taskQuestion.findMany({ where: { taskId: { in: ids } }, orderBy: { askedAt: 'desc' } }),
      cache,
    ),
    stepsOfWorkflow: grouped<WorkflowStep>(
      (row) => row.workflowId,
      (ids) => db.workflowStep.findMany({ where: { workflowId: { in: ids } }, orderBy: { seq: 'asc' } }),
      cache,
    ),
    tasksOfWorkflow: grouped<Task>(
      (row) => row.workflowId,
      (ids) => db.task.findMany({ where: { workflowId: { in: ids } } }),
      cache,
    ),
    findingsOfTask: grouped<Finding>(
      (row) => row.taskId,
      (ids) => db.finding.findMany({ where: { taskId: { in: ids } }, orderBy: { createdAt: 'desc' } }),
      cache,
    ),
    findingsOfIncident: grouped<Finding>(
      (row) => row.incidentId,
      (ids) => db.finding.findMany({ where: { incidentId: { in: ids } }, orderBy: { createdAt: 'desc' } }),
      cache,
    ),
    lastHealthOf: new DataLoader(
      async (systemIds: readonly string[]) => {
        const newest = await db.$queryRaw<{ id: string }[]>`
          select h."id" from unnest(${[...systemIds]}::uuid[]) s(id) cross join lateral (
            select "id" from "HealthCheck" where "systemId" = s.id order by "checkedAt" desc limit 1) h`;
        const rows = await db.healthCheck.findMany({ where: { id: { in: newest.map((row) => row.id) } } });
        const last = new Map(rows.map((row) => [row.systemId, row]));
        return systemIds.map((id) => last.get(id) ?? null);
      },
      { cache },
    ),
  };
}
export type Loaders = ReturnType<typeof createLoaders>;
