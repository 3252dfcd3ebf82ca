import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDb, type Db } from '../../api/db.ts';
import { createDurable, type Durable } from '../../api/durable/durable.ts';
import { newId } from '../../lib/ids.ts';
import { createLogger } from '../../lib/log.ts';
import { projectPath } from '../../lib/project-path.ts';
import { makeApprovedAction } from '../support/approved-action.ts';
import { type OwnServer, startOwnServer } from '../support/own-server.ts';
import { until } from '../support/until.ts';

let server: OwnServer;
let db: Db;
let close: () => Promise<void>;
let durable: Durable;
let target: http.Server;
let targetUrl: string;
let targetHoldMs = 0;
const calls: string[] = [];
const live = new Set<ChildProcess>();

const startWorker = (): ChildProcess => {
  const child = spawn(process.execPath, [projectPath('test', 'support', 'durable-worker.ts'), server.url], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  live.add(child);
  child.once('exit', () => live.delete(child));
  return child;
};
const ready = async (worker: ChildProcess, before: number): Promise<ChildProcess> => {
  await until(async () => (await traced('-', 'ready')) > before, { what: 'worker ready', timeoutMs: 20_000 });
  return worker;
};
const startReadyWorker = async (): Promise<ChildProcess> => {
  const before = await traced('-', 'ready');
  return ready(startWorker(), before);
};
const kill = async (worker: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> => {
  const gone = once(worker, 'exit');
  worker.kill(signal);
  await gone;
  return worker.exitCode;
};
const traced = async (id: string, what: string): Promise<number> => {
  const rows = await db.$queryRaw<
    { n: number }[]
  >`select count(*)::int as n from trace where task = ${id} and what = ${what}`;
  return rows[0]?.n ?? 0;
};
const sees = (id: string, what: string, timeoutMs = 15_000): Promise<unknown> =>
  until(async () => (await traced(id, what)) > 0, { what, timeoutMs });
const callsOf = (key: string): number => calls.filter((called) => called === key).length;
const executors = (): Promise<number> => db.executor.count();

/** A task with an approved action, and the durable function that carries it out. */
async function begin(
  scenario: Parameters<typeof makeApprovedAction>[1] = {},
): Promise<{ id: string; key: string; approve: () => Promise<void> }> {
  const { taskId, approvalId } = await makeApprovedAction(db, { targetUrl, ...scenario });
  await durable.start('change', taskId);
  return {
    id: taskId,
    key: `${approvalId}:effect`,
    approve: () => durable.signal(taskId, 'approval', { approved: true }, `${approvalId}:approved`),
  };
}

beforeAll(async () => {
  server = await startOwnServer();
  ({ db, close } = createDb(server.url, { program: 'test' }));
  await db.$executeRaw`create table trace (n serial, task text, what text, slot text, at timestamptz default clock_timestamp())`;
  target = http.createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://target');
    const key = url.searchParams.get('key') ?? '';
    if (url.pathname === '/check') return response.end(calls.includes(key) ? 'yes' : 'no');
    calls.push(key);
    await pause(targetHoldMs);
    return response.end('ok');
  });
  await once(target.listen(0, '127.0.0.1'), 'listening');
  const { port } = target.address() as AddressInfo;
  targetUrl = `http://127.0.0.1:${port}`;
  await kill(await startReadyWorker(), 'SIGTERM');
  durable = createDurable({
    databaseUrl: server.url,
    program: 'test',
    log: createLogger({ name: 'test', level: 'silent' }),
    onLost: () => undefined,
    executes: false,
  });
  for (const name of ['change', 'note']) durable.register(name, async () => undefined);
  await durable.launch();
}, 60_000);

afterEach(async () => {
  targetHoldMs = 0;
  for (const worker of live) worker.kill('SIGKILL');
  await until(() => live.size === 0, { what: 'workers gone', timeoutMs: 5_000 });
});

afterAll(async () => {
  await durable?.stop(0);
  await close?.();
  target?.closeAllConnections();
  target?.close();
  await server?.stop();
});

describe('durable functions', () => {
  it('a second start with one id is the same one, and a decision made before anybody waits is kept', async () => {
    const change = await begin({ children: [newId(), newId()] });
    await durable.start('change', change.id);
    await change.approve();
    await change.approve();
    await startReadyWorker();

    await sees(change.id, 'done ok');
    await until(async () => (await durable.status(change.id)) === 'success', { what: 'success' });
    expect(await traced(change.id, 'first')).toBe(1);
    expect(await traced(change.id, 'child success')).toBe(2);
    expect(callsOf(change.key)).toBe(1);
    expect(await durable.status(newId())).toBe('missing');
  });

  it('a process killed in a read step is replaced by a living one within 15 s, and finished steps are not repeated', async () => {
    const first = await startReadyWorker();
    const change = await begin({ slowReadMs: 2_500 });
    await sees(change.id, 'read begins');
    await startReadyWorker();

    await kill(first);
    const killedAt = performance.now();
    await until(async () => (await traced(change.id, 'read begins')) === 2, { what: 'taken over', timeoutMs: 15_000 });
    const tookMs = performance.now() - killedAt;
    await change.approve();

    await sees(change.id, 'done ok');
    expect(await traced(change.id, 'first')).toBe(1);
    expect(await traced(change.id, 'UPSTREAM_REJECTED true')).toBe(1);
    expect(callsOf(change.key)).toBe(1);
    expect(tookMs).toBeLessThan(5_000);
  });

  it('a cancelled function ends where it waits, and what is sent to it changes nothing', async () => {
    await startReadyWorker();
    const change = await begin();
    await sees(change.id, 'waits');

    await durable.cancel(change.id);
    await change.approve();
    const other = await begin();
    await other.approve();

    await sees(other.id, 'done ok');
    expect(await durable.status(change.id)).toBe('cancelled');
    expect(callsOf(change.key)).toBe(0);
    await expect(durable.signal(newId(), 'approval', {}, 'key')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('a task that waits survives more restarts than a poison task may, killed and stopped alike', async () => {
    const change = await begin();
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGKILL', 'SIGTERM'] as const) {
      const worker = await startReadyWorker();
      await sees(change.id, 'waits');
      if (signal === 'SIGKILL')
        await until(async () => (await attempts(change.id)) === 1, { what: 'deaths forgotten', timeoutMs: 8_000 });
      await kill(worker, signal);
    }
    await startReadyWorker();
    await change.approve();

    await sees(change.id, 'done ok');
    expect(await traced(change.id, 'first')).toBe(1);
  });

  it('a step that kills its process ends as a dead letter after the third death, and the rest goes on', async () => {
    const change = await begin({ poison: true });
    let deaths = 0;
    const again = (): void => {
      deaths++;
      startWorker().once('exit', again);
    };
    startWorker().once('exit', again);

    await until(async () => (await durable.status(change.id)) === 'dead', { what: 'dead letter', timeoutMs: 30_000 });
    for (const worker of live) worker.removeListener('exit', again);

    expect(await traced(change.id, 'read begins')).toBe(3);
    expect(deaths).toBe(3);
    const healthy = await begin();
    await healthy.approve();
    await sees(healthy.id, 'done ok');
  });
});

const attempts = async (id: string): Promise<number> => {
  const rows = await db.$queryRaw<
    { n: number }[]
  >`select recovery_attempts::int as n from dbos.workflow_status where workflow_uuid = ${id}`;
  return rows[0]?.n ?? 0;
};

describe('the effect journal', () => {
  it('killed between intent and call: asked, not arrived, keys not honoured: a person decides and nothing is called', async () => {
    const worker = await startReadyWorker();
    const change = await begin({ dieBeforeCall: true, canAsk: true });
    await change.approve();
    await once(worker, 'exit');
    await startReadyWorker();

    await sees(change.id, 'unknown');
    await durable.signal(change.id, 'outcome', { observed: 'IT_DID_NOT_RUN' }, 'person');
    await sees(change.id, 'a person said IT_DID_NOT_RUN');
    expect(callsOf(change.key)).toBe(0);
    expect((await db.effect.findUniqueOrThrow({ where: { key: change.key } })).status).toBe('UNKNOWN');
    expect(await db.targetLock.count({ where: { effectKey: change.key } })).toBe(0);
  });

  it('killed between call and record: a target that can be asked settles it without a second call', async () => {
    const worker = await startReadyWorker();
    const change = await begin({ dieAfterCall: true, canAsk: true, honoursKeys: true });
    await change.approve();
    await once(worker, 'exit');
    await startReadyWorker();

    await sees(change.id, 'done The target says that the call had arrived.');
    expect(callsOf(change.key)).toBe(1);
  });

  it('everything killed at once between call and record, PostgreSQL too: unknown, and never called again', async () => {
    const worker = await startReadyWorker();
    targetHoldMs = 3_000;
    const change = await begin();
    await change.approve();
    await until(() => callsOf(change.key) === 1, { what: 'called' });
    await Promise.all([kill(worker), server.crash()]);

    const begun = performance.now();
    const refused = await durable.start('change', newId()).catch((error: unknown) => error);
    const tookMs = performance.now() - begun;
    await server.start();
    const startedAt = performance.now();
    await until(() => startReadyWorker(), { what: 'a worker' });
    await sees(change.id, 'unknown');

    expect(refused).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(tookMs).toBeLessThan(2_500);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    expect(callsOf(change.key)).toBe(1);
    expect(await traced(change.id, 'first')).toBe(1);
  });

  it('a frozen process loses its work, and ends by itself when it wakes', async () => {
    const frozen = await startReadyWorker();
    targetHoldMs = 500;
    const change = await begin();
    await change.approve();
    await until(() => callsOf(change.key) === 1, { what: 'called' });
    frozen.kill('SIGSTOP');
    const frozenAt = performance.now();
    await startReadyWorker();

    await sees(change.id, 'unknown', 25_000);
    expect(performance.now() - frozenAt).toBeLessThan(20_000);
    const gone = once(frozen, 'exit');
    frozen.kill('SIGCONT');
    await gone;
    expect(frozen.exitCode).toBe(75);
    expect(callsOf(change.key)).toBe(1);
  });

  it('PostgreSQL restarted hard under two workers: nobody leaves, nobody takes over, nothing is repeated', async () => {
    const workers = [await startReadyWorker(), await startReadyWorker()];
    await until(async () => (await executors()) === 2, { what: 'two executors' });
    const change = await begin({ slowReadMs: 2_000 });
    await sees(change.id, 'read begins');

    await server.crash();
    await server.start();
    await change.approve();
    await sees(change.id, 'done ok', 20_000);
    await pause(4_500); // the quiet after which somebody could be taken for dead

    expect(workers.map((worker) => worker.exitCode)).toEqual([null, null]);
    expect(await traced(change.id, 'read begins')).toBe(1);
    expect(callsOf(change.key)).toBe(1);
    expect(await executors()).toBe(2);
  });
});
