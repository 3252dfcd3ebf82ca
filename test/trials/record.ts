import type pg from 'pg';
import { z } from 'zod';

const seen = z.object({
  system: z.string(),
  incidents: z.array(z.object({ id: z.string(), status: z.string(), threadTs: z.string().nullable() })),
  tasks: z.array(z.object({ id: z.string(), status: z.string(), agent: z.string(), type: z.string() })),
  approvals: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      digest: z.string(),
      outcome: z.string(),
      messageTs: z.string().nullable(),
      /** How many restarts it allows that were begun. */
      effects: z.number(),
    }),
  ),
  effects: z.array(z.object({ id: z.string(), status: z.string(), owner: z.string(), task: z.string() })),
  notifications: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      status: z.string(),
      delivered: z.number(),
      messageTs: z.string().nullable(),
    }),
  ),
  alerts: z.number(),
  /** Changes with everything that happens. */
  progress: z.string(),
});

/** What the record holds about one trial's system. */
export type Seen = z.infer<typeof seen>;

const observation = `
with s as (select id, name from "System" where name = any($1)),
i as (select i.* from "Incident" i join s on s.id = i."systemId"),
t as (select t.*, i."systemId" from "Task" t join i on i.id = t."incidentId"),
a as (select a.*, i."systemId", p.outcome::text as outcome from "Approval" a join i on i.id = a."incidentId" join "ProposedAction" p on p.id = a."actionId"),
e as (select e.*, t."systemId" from "Effect" e join t on t.id = e."taskId"),
n as (
  select n.*, x."systemId" from "Notification" n join (
    select id, "systemId" from i union all select id, "systemId" from t union all select id, "systemId" from a
  ) x on x.id = n."subjectId" where n.channel = 'CHAT')
select s.name as system,
  coalesce((select json_agg(json_build_object('id', i.id, 'status', i.status, 'threadTs', i."threadTs")) from i where i."systemId" = s.id), '[]') as incidents,
  coalesce((select json_agg(json_build_object('id', t.id, 'status', t.status, 'agent', t."agentId", 'type', t."taskType")) from t where t."systemId" = s.id), '[]') as tasks,
  coalesce((select json_agg(json_build_object('id', a.id, 'status', a.status, 'digest', a.digest, 'outcome', a.outcome,
     'messageTs', (select n."messageTs" from "Notification" n where n."subjectId" = a.id and n.kind = 'APPROVAL_REQUEST' limit 1),
     'effects', (select count(*) from "Effect" e where e."approvalId" = a.id))) from a where a."systemId" = s.id), '[]') as approvals,
  coalesce((select json_agg(json_build_object('id', e.id, 'status', e.status, 'owner', e.owner, 'task', e."taskId")) from e where e."systemId" = s.id), '[]') as effects,
  coalesce((select json_agg(json_build_object('id', n.id, 'kind', n.kind, 'status', n.status, 'delivered', n."deliveredRevision", 'messageTs', n."messageTs") order by n.id) from n where n."systemId" = s.id), '[]') as notifications,
  (select count(*)::int from "Alert" al join "AlertGroup" g on g.id = al."groupId" where g."systemId" = s.id and al.source = 'alertmanager') as alerts,
  concat_ws('|',
    (select string_agg(concat(t.id, t.status, t.version), ',' order by t.id) from t where t."systemId" = s.id),
    (select concat(count(*), '/', count(st."finishedAt")) from "TaskStep" st join t on t.id = st."taskId" where t."systemId" = s.id),
    (select string_agg(concat(e.id, e.status, e.owner), ',' order by e.id) from e where e."systemId" = s.id),
    (select string_agg(concat(n.id, n.revision, '/', n."deliveredRevision"), ',' order by n.id) from n where n."systemId" = s.id),
    (select string_agg(concat(a.id, a.status), ',' order by a.id) from a where a."systemId" = s.id),
    (select string_agg(concat(i.id, i.version), ',' order by i.id) from i where i."systemId" = s.id)) as progress
from s`;

/** Looks at all these systems at once; fails while the database is away. */
export async function observe(pool: pg.Pool, systems: readonly string[]): Promise<ReadonlyMap<string, Seen>> {
  const { rows } = await pool.query(observation, [[...systems]]);
  return new Map(
    z
      .array(seen)
      .parse(rows)
      .map((row) => [row.system, row]),
  );
}

/** The bot that sends for the channel kind now, as it names itself. */
export async function senderOf(pool: pg.Pool): Promise<string | null> {
  const { rows } = await pool.query(`select holder from "SenderLease" where name = 'CHAT'`);
  return z.array(z.object({ holder: z.string() })).parse(rows)[0]?.holder ?? null;
}
