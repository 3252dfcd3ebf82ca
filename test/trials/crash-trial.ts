import { z } from 'zod';
import type { SentAlert } from './alert-sender.ts';
import { mutate } from './graphql.ts';
import { channelOf } from './local-slack.ts';
import type { Stack } from './stack.ts';
import type { Targets } from './targets.ts';

/** One accepted alert and what must follow from it. */
export interface Trial {
  readonly system: string;
  readonly channel: string;
  readonly alert: SentAlert;
}

let count = 0;

/** Registers a system with a real process and a channel of its own for each trial, all healthy until the alert is sent. */
export async function prepareTrials(stack: Stack, targets: Targets, size: number): Promise<readonly Trial[]> {
  const startsAt = new Date();
  const trials = Array.from({ length: size }, (_, index): Trial => {
    const system = `crash-${++count}`;
    return {
      system,
      channel: channelOf(index),
      alert: { name: 'ServiceDown', labels: { system }, summary: `${system} does not answer`, startsAt },
    };
  });
  for (const trial of trials) {
    await targets.define(trial.system);
    const { userErrors } = await mutate(
      { url: stack.apiUrl, key: stack.adminKey },
      { system: z.object({ id: z.string() }).nullable() },
      'systemCreate',
      'SystemCreateInput',
      'system { id }',
      {
        idempotencyKey: trial.system,
        name: trial.system,
        displayName: trial.system,
        environment: 'PROD',
        healthUrl: targets.healthUrl(trial.system),
        workload: { kind: 'process', namespace: '', name: trial.system },
        chatChannel: trial.channel,
      },
    );
    if (userErrors[0] !== undefined) throw new Error(`systemCreate: ${userErrors[0].code} ${userErrors[0].message}`);
  }
  return trials;
}

const lateEdits = `
update "Notification" n set status = 'REPLACED' from (
  select i.id as incident, t.id as task, a.id as approval from "System" s join "Incident" i on i."systemId" = s.id
    left join "Task" t on t."incidentId" = i.id left join "Approval" a on a."incidentId" = i.id
  where s.name = any($1)) x
where n."subjectId" in (x.incident, x.task, x.approval) and n.status <> 'DELIVERED'`;

/** Takes the systems of finished trials out of the health watch, and gives up the edits that still wait for Slack's budget of edits. */
export async function retireTrials(stack: Stack, trials: readonly Trial[]): Promise<void> {
  const names = trials.map((trial) => trial.system);
  await stack.database.pool.query('update "System" set archived = true where name = any($1)', [names]);
  await stack.database.pool.query(lateEdits, [names]);
}
