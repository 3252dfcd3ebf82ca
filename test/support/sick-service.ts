import { z } from 'zod';
import { createLocalProcesses } from '../../api/adapters/cluster/local-process.ts';
import type { ShownMessage } from '../../bot/local-slack/client.ts';
import { projectPath } from '../../lib/project-path.ts';
import { alertmanagerBody, firing, postAlerts } from './alertmanager.ts';
import { freePort } from './free-port.ts';
import type { RunningProduct } from './product.ts';
import { CHANNEL, hasControl, waitForReply } from './thread.ts';
import { until } from './until.ts';

const created = z.object({
  systemCreate: z.object({
    system: z.object({ id: z.string() }).nullable(),
    userErrors: z.array(z.object({ message: z.string() })),
  }),
});
const incidents = z.object({
  incidents: z.object({
    totalCount: z.number(),
    nodes: z.array(
      z.object({
        id: z.string(),
        number: z.string(),
        status: z.string(),
        conversation: z.object({ message: z.string().nullable(), thread: z.string().nullable() }).nullable(),
        approvals: z.object({
          nodes: z.array(z.object({ number: z.string(), status: z.string() })),
        }),
        tasks: z.object({
          nodes: z.array(
            z.object({
              number: z.string(),
              status: z.string(),
              result: z.looseObject({ outcome: z.string().optional() }).nullable(),
              effects: z.array(z.object({ status: z.string(), accepted: z.boolean().nullable() })),
            }),
          ),
        }),
      }),
    ),
  }),
});
export type SeenIncident = z.infer<typeof incidents>['incidents']['nodes'][number];

/** A payment service of its own that really runs, registered as a system; several tests then share one product. */
export interface SickService {
  readonly name: string;
  /** How often it was started, by whomever. */
  starts(): Promise<number>;
  healthy(): Promise<boolean>;
  /** A person restarts it without asking anybody. */
  restartByHand(): Promise<void>;
  /** Breaks it and sends its alert. Answers the approval card in its thread. */
  askForRestart(mode?: 'crash' | 'hang' | 'error'): Promise<{ readonly thread: string; readonly card: ShownMessage }>;
  /** The one incident of this system. */
  incident(): Promise<SeenIncident>;
  /** Waits until every task of the incident has ended. */
  settled(): Promise<SeenIncident>;
  stop(): Promise<void>;
}

/** Starts and registers one. */
export async function sickService(product: RunningProduct, name: string): Promise<SickService> {
  const processes = createLocalProcesses({ home: product.home });
  const ref = { kind: 'process' as const, namespace: null, name };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await processes.ensure(
    {
      name,
      argv: [process.execPath, projectPath('dist', 'lib', 'sample-service', 'main.js')],
      cwd: projectPath(),
      env: { SAMPLE_PORT: String(port) },
    },
    'test',
  );
  const healthy = async () =>
    (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(500) }).catch(() => null))?.status === 200;
  await until(healthy, { what: `${name} answering` });
  const answer = await product.query(
    'mutation ($input: SystemCreateInput!) { systemCreate(input: $input) { system { id } userErrors { message } } }',
    {
      input: {
        idempotencyKey: `system-${name}`,
        name,
        displayName: `Service ${name}`,
        environment: 'PROD',
        healthUrl: `${url}/healthz`,
        workload: { kind: 'process', namespace: '', name },
      },
    },
  );
  const { system, userErrors } = created.parse(answer).systemCreate;
  if (system === null) throw new Error(userErrors.map(({ message }) => message).join('; '));

  const incident = async () => {
    const seen = incidents.parse(
      await product.query(
        `query ($system: ID!) { incidents(first: 1, filter: { systemId: $system }) { totalCount nodes { id number status
          conversation { message thread }
          approvals(first: 3) { nodes { number status } }
          tasks(first: 12) { nodes { number status result effects { status accepted } } } } } }`,
        { system: system.id },
      ),
    ).incidents;
    const own = seen.nodes[0];
    if (own === undefined || seen.totalCount !== 1) throw new Error(`${seen.totalCount} incidents of ${name}`);
    return own;
  };
  return {
    name,
    starts: async () => (await processes.read(ref, AbortSignal.timeout(5_000))).generation,
    healthy,
    async restartByHand() {
      await processes.restart(ref, `by-hand-${Date.now()}`, AbortSignal.timeout(10_000));
      await until(healthy, { what: `${name} answering` });
    },
    async askForRestart(mode = 'crash') {
      await fetch(`${url}/break`, { method: 'POST', body: JSON.stringify({ mode }) });
      await until(async () => !(await healthy()), { what: `${name} being broken` });
      const labels = { alertname: 'PaymentApiDown', system: name, severity: 'critical' };
      const posted = await postAlerts(product, alertmanagerBody([firing({ labels })]));
      if (!posted.ok) throw new Error(`the alert was refused: ${posted.status} ${await posted.text()}`);
      const thread = await until(
        async () => {
          const { conversation } = await incident();
          return conversation?.thread ?? conversation?.message;
        },
        { what: `the thread of ${name}`, timeoutMs: 20_000, everyMs: 250 },
      );
      const card = await waitForReply(product.slack, thread, 'the approval card', (message) =>
        hasControl(message, 'approval.approve'),
      );
      return { thread, card };
    },
    incident,
    settled: () =>
      until(
        async () => {
          const seen = await incident();
          return seen.tasks.nodes.every((task) => /SUCCEEDED|FAILED|CANCELLED|EXPIRED/.test(task.status)) ? seen : null;
        },
        { what: `the end of all tasks of ${name}`, timeoutMs: 60_000, everyMs: 250 },
      ),
    stop: () => processes.stopAll(),
  };
}

/** A button of a message, with what it carries: still pressed by somebody whose screen is old. */
export function buttonOf(message: ShownMessage, actionId: string): { block_id: string; value: string } {
  const parsed = z
    .array(
      z.looseObject({
        block_id: z.string().optional(),
        elements: z.array(z.looseObject({ action_id: z.string().optional(), value: z.string().optional() })).optional(),
      }),
    )
    .parse(message.blocks);
  for (const block of parsed) {
    const found = block.elements?.find((element) => element.action_id === actionId);
    if (found !== undefined) return { block_id: block.block_id ?? '', value: found.value ?? '' };
  }
  throw new Error(`no button ${actionId} in ${JSON.stringify(message.blocks)}`);
}

/** What only this person was told after this moment, as text; waits for words that match. */
export function toldOnly(product: RunningProduct, user: string, words: RegExp): Promise<ShownMessage> {
  return until(
    async () =>
      (await product.slack.messages(CHANNEL, user)).find(
        (message) => message.ephemeral_to === user && words.test(`${message.text}\n${JSON.stringify(message.blocks)}`),
      ),
    { what: `${user} being told ${words}`, timeoutMs: 15_000, everyMs: 50 },
  );
}
