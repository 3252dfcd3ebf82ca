import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { orExit, readConfig } from '../lib/env.ts';
import { isAppError } from '../lib/errors.ts';
import { createNoLlm } from './adapters/llm/none.ts';
import { createOpenAi } from './adapters/llm/openai.ts';
import { verifySettings } from './audit/verify-settings.ts';
import { apiConfigSchema, llmOf } from './config.ts';
import { createDb } from './db.ts';
import { loadAgents } from './orchestrator/load-agents.ts';
import { replayTask } from './orchestrator/replay.ts';
import { differences } from './orchestrator/replay-diff.ts';

const usage = 'npm run replay -- INC-31 [--model NAME] [--prompt FILE] [--no-model] [--json]\n';

/** `npm run replay -- INCIDENT`: works its last investigation again on the stored results, and shows what is different. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      prompt: { type: 'string' },
      'no-model': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const number = Number(/^INC-(\d{1,9})$/i.exec(positionals[0] ?? '')?.[1] ?? 0);
  if (number < 1) {
    process.stderr.write(usage);
    return 64;
  }
  const local = verifySettings({ ...process.env, AUDIT_KEY: 'x'.repeat(32) }, { noAnchor: true });
  if ('missing' in local) {
    process.stderr.write('Set DATABASE_URL, or start the product on this machine first.\n');
    return 2;
  }
  const model = values['no-model'] ? createNoLlm() : chosenModel(values.model);
  const handle = createDb(local.databaseUrl, { poolSize: 2, program: 'replay' });
  try {
    const incident = await handle.db.incident.findUnique({ where: { number }, select: { id: true, number: true } });
    const task =
      incident === null
        ? null
        : await handle.db.task.findFirst({
            where: { incidentId: incident.id, taskType: 'incident_response', finishedAt: { not: null } },
            orderBy: { number: 'desc' },
          });
    if (task === null) {
      process.stderr.write(`INC-${number} has no finished investigation.\n`);
      return 1;
    }
    const replay = await replayTask(
      {
        db: handle.db,
        agents: await loadAgents(),
        llm: model,
        ...(values.prompt === undefined ? {} : { prompt: readFileSync(values.prompt, 'utf8') }),
      },
      task,
    );
    const stored = await handle.db.finding.findFirst({ where: { taskId: task.id }, orderBy: { createdAt: 'desc' } });
    const changed = differences(stored, replay);
    const tokens = replay.exchanges.reduce((sum, one) => sum + one.usage.promptTokens + one.usage.completionTokens, 0);
    const costs = replay.exchanges.flatMap((one) => (one.costUsd === null ? [] : [one.costUsd]));
    const summary = {
      incident: `INC-${number}`,
      task: `T-${task.number}`,
      model: model.model,
      calls: replay.exchanges.length,
      tokens,
      costUsd: costs.length === 0 ? null : costs.reduce((sum, one) => sum + one, 0),
      failures: replay.exchanges.flatMap((one) => (one.failure === null ? [] : [one.failure])),
      notStored: replay.missing,
      ended: replay.ended,
      differences: changed,
    };
    if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else {
      const { differences: lines, ...facts } = summary;
      process.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
      if (lines.length === 0) process.stdout.write('The same finding.\n');
      for (const one of lines) {
        process.stdout.write(`${one.what}\n`);
        if (one.stored !== null) process.stdout.write(`  - ${one.stored}\n`);
        if (one.replayed !== null) process.stdout.write(`  + ${one.replayed}\n`);
      }
    }
    return 0;
  } catch (error) {
    process.stderr.write(`${isAppError(error) ? error.message : String(error)}\n`);
    return 2;
  } finally {
    await handle.close();
  }
}

/** The configured model, under another name if one is given; none when none is configured. */
function chosenModel(name: string | undefined) {
  // The replay needs no more of the configuration than the model's part.
  const config = orExit(() =>
    readConfig(apiConfigSchema, { DATABASE_URL: 'postgresql://unused', AUDIT_KEY: 'x'.repeat(32), ...process.env }),
  );
  const read = llmOf(config);
  if ('problems' in read || read.llm.mode === 'none') return createNoLlm();
  const prices = config.LLM_PRICES === undefined ? {} : { prices: config.LLM_PRICES };
  if (read.llm.mode === 'azure')
    return createOpenAi({ ...read.llm, ...prices, deployment: name ?? read.llm.deployment });
  return createOpenAi({ ...read.llm, ...prices, model: name ?? read.llm.model });
}

process.exitCode = await main();
