import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { projectPath } from '../../lib/project-path.ts';
import { loadAgents } from './load-agents.ts';

const evalSchema = z.object({
  task: z.string(),
  cases: z
    .array(
      z
        .object({
          question: z.string().min(1),
          facts: z.record(z.string(), z.unknown()),
          goodAnswerHolds: z.array(z.string()),
        })
        .loose(),
    )
    .min(1),
});

test('every agent folder holds tasks, a prompt and an eval for each of its tasks', async () => {
  const { list } = await loadAgents();

  expect(list.map((agent) => agent.id)).toEqual(['db_extract', 'infra', 'monitoring', 'report', 'sop']);
  for (const agent of list) {
    expect(agent.tasks.length).toBeGreaterThan(0);
    expect(agent.prompt.length).toBeGreaterThan(100);
    const folder = projectPath('api', 'agents', agent.id.replaceAll('_', '-'), 'evals');
    const evals = readdirSync(folder).map(
      (file) => evalSchema.parse(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))).task,
    );
    expect(evals.sort()).toEqual(agent.tasks.map((task) => task.type).sort());
  }
});

test('the input of every task can be shown as a form and is described in both languages', async () => {
  const { list } = await loadAgents();

  for (const task of list.flatMap((agent) => agent.tasks)) {
    expect(z.toJSONSchema(task.input, { io: 'input' })).toMatchObject({ type: 'object', additionalProperties: false });
    expect(z.toJSONSchema(task.output)).toMatchObject({ type: 'object' });
    const title = task.describe(task.input.parse(task.exampleInput));
    expect(title.en).not.toBe('');
    expect(title.ko).toMatch(/\p{Script=Hangul}/u);
  }
});
