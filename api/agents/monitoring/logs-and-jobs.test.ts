import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../lib/ids.ts';
import { type LokiServer, lokiServer } from '../../../test/servers/loki.ts';
import { labelledLogs } from '../../../test/support/labelled-logs.ts';
import { type ShopDatabase, shopDatabase } from '../../../test/support/shop-database.ts';
import { type TaskProduct, taskProduct } from '../../../test/support/task-product.ts';
import { temporaryHome } from '../../../test/support/temporary-home.ts';
import type { User } from '../../db.ts';
import { startTask } from '../../orchestrator/start-task.ts';

let shop: ShopDatabase;
let loki: LokiServer;
let product: TaskProduct;
let jin: User;
const hour = 3_600_000;
const now = Date.now();
const lastHour = Math.floor(now / hour) * hour;
const labelled = labelledLogs(11, 4_000, now - 20 * 60_000);

beforeAll(async () => {
  [shop, loki] = await Promise.all([shopDatabase(), lokiServer()]);
  const folder = temporaryHome('agentic-jobs-');
  mkdirSync(path.join(folder, 'batch'));
  // Every hour but three hours ago; the run two hours ago failed.
  const lines = Array.from({ length: 30 }, (_, n) => lastHour - n * hour)
    .filter((at) => at !== lastHour - 3 * hour)
    .reverse()
    .flatMap((at) => [
      `${new Date(at + 2_000).toISOString()} settlement started`,
      `${new Date(at + 60_000).toISOString()} settlement ${at === lastHour - 2 * hour ? 'FAILED: no space' : 'done'}`,
    ]);
  writeFileSync(
    path.join(folder, 'batch', 'jobs.log'),
    lines.filter((line) => Date.parse(line.slice(0, 24)) <= now).join('\n'),
  );
  await shop.database.pool.query(`create table shop.job_runs (job text, started_at timestamptz, status text);
    grant select on shop.job_runs to ${new URL(shop.connectionOf('SQL_SHOP')?.reveal() ?? '').username}`);
  for (let n = 0; n < 26; n++)
    await shop.database.pool.query('insert into shop.job_runs values ($1, $2, $3)', [
      'export',
      new Date(lastHour - n * hour + 5_000),
      n === 4 ? 'error' : 'ok',
    ]);
  for (const part of labelled)
    loki.push(
      { app: 'shop' },
      part.text.split('\n').map((line) => ({ at: part.at, line })),
    );
  product = await taskProduct({ sources: { connectionOf: shop.connectionOf, lokiUrl: loki.url, logsFolder: folder } });
  jin = await product.core.person('Jin', 'REQUESTER', 'OPERATOR');
  await product.core.db.system.create({
    data: {
      id: newId(),
      name: 'shop',
      displayName: 'Shop',
      databases: [JSON.parse(JSON.stringify(shop.entry))],
      logSources: [
        { kind: 'loki', name: 'shop-app', selector: '{app="shop"}' },
        { kind: 'files', name: 'shop-batch', pattern: 'batch/*.log' },
      ],
      jobs: [
        {
          name: 'settlement',
          cron: '0 * * * *',
          timeZone: 'Asia/Seoul',
          graceMinutes: 5,
          evidence: { kind: 'log', source: 'shop-batch', contains: 'settlement started', failed: 'settlement FAILED' },
        },
        {
          name: 'export',
          cron: '0 * * * *',
          timeZone: 'UTC',
          graceMinutes: 5,
          evidence: {
            kind: 'table',
            database: 'shop',
            table: 'shop.job_runs',
            startedColumn: 'started_at',
            statusColumn: 'status',
            jobColumn: 'job',
          },
        },
        {
          name: 'never',
          cron: '0 * * * *',
          timeZone: 'UTC',
          evidence: {
            kind: 'table',
            database: 'shop',
            table: 'shop.job_runs',
            startedColumn: 'started_at',
            jobColumn: 'job',
          },
        },
      ],
    },
  });
});
afterAll(async () => {
  await product.close();
  await loki.close();
  await shop.drop();
});

async function ended(taskType: string, params: object, locale: 'EN' | 'KO' = 'EN') {
  const { task } = await startTask(product.deps, {
    agentId: 'monitoring',
    taskType,
    params,
    trigger: 'CHAT',
    requestedBy: { type: 'user', id: jin.id, name: jin.displayName },
    locale,
    idempotencyKey: newId(),
    correlationId: 'test',
    conversation: { workspace: 'T0LOCAL', channel: 'C0OPS', thread: '1.1' },
  });
  const done = await product.finished(task.id);
  const finding = await product.core.db.finding.findFirst({ where: { taskId: task.id } });
  return { task: done, finding, result: JSON.parse(JSON.stringify(done.result)) };
}

test('the errors of a log in Loki are counted as they were made, and their patterns are told with evidence', async () => {
  const { result, finding } = await ended('log_analysis', { source: 'shop-app', minutes: 60 }, 'KO');

  const errors = labelled.filter((one) => one.isError).length;
  expect(result.sources[0].errors).toBe(errors);
  expect(result.sources[0].patterns.length).toBeLessThan(40);
  expect(finding).toMatchObject({ verdict: 'FOUND', droppedClaims: 0 });
  expect(finding?.headline).toContain(`오류 ${errors}건`);
});

test('a log nobody registered, and one that cannot be read, are told plainly', async () => {
  const unknown = await ended('log_analysis', { source: 'nothing' });
  loki.fault = 'broken';
  const silent = await ended('log_analysis', { source: 'shop-app' });
  loki.fault = 'none';

  expect(unknown.task).toMatchObject({
    status: 'FAILED',
    errorCode: 'MISSING_INPUT',
    errorMessage: expect.stringContaining('shop-app'),
  });
  expect(silent.finding).toMatchObject({ verdict: 'INCONCLUSIVE', confidence: 'NONE' });
});

test('a missed run, a failed run and a job that never ran are found, each at its time', async () => {
  const { result, finding } = await ended('job_status_check', { hours: 24 });
  const byName = Object.fromEntries(result.jobs.map((one: { job: string }) => [one.job, one]));

  expect(byName.settlement).toMatchObject({
    state: 'missed',
    missed: [new Date(lastHour - 3 * hour).toISOString()],
    failed: [new Date(lastHour - 2 * hour).toISOString()],
  });
  expect(byName.export).toMatchObject({
    state: 'failed',
    missed: [],
    failed: [new Date(lastHour - 4 * hour).toISOString()],
  });
  expect(byName.never.state).toBe('missed');
  expect(byName.never.missed.length).toBeGreaterThan(22);
  expect(result.troubled).toBe(3);
  expect(finding).toMatchObject({ verdict: 'FOUND', droppedClaims: 0 });
});
