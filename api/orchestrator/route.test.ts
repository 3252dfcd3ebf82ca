import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../lib/secret.ts';
import { readUtterances } from '../../test/evals/routing.ts';
import { type OpenAiServer, openAiServer } from '../../test/servers/openai/server.ts';
import { type RecordCore, recordCore } from '../../test/support/record-core.ts';
import { createNoLlm } from '../adapters/llm/none.ts';
import { createOpenAi } from '../adapters/llm/openai.ts';
import { defineTask } from '../agents/task.ts';
import { fillParams, systemsIn } from './fill-params.ts';
import { type AgentRegistry, loadAgents } from './load-agents.ts';
import { type RouterDeps, routeWords } from './route.ts';
import { routeIndex } from './route-rules.ts';

let core: RecordCore;
let agents: AgentRegistry;
let server: OpenAiServer;
let rules: RouterDeps;
let model: RouterDeps;

beforeAll(async () => {
  core = await recordCore();
  agents = await loadAgents();
  server = await openAiServer({ apiKey: 'key-1' });
  rules = { ...core, agents, llm: createNoLlm() };
  model = {
    ...rules,
    llm: createOpenAi({ mode: 'compatible', baseUrl: server.url, apiKey: new Secret('key-1'), model: 'm-1' }),
  };
  await core.db.system.create({ data: { id: crypto.randomUUID(), name: 'payment-api', displayName: 'Payment API' } });
});
afterAll(async () => {
  await server.close();
  await core.close();
});
beforeEach(() => server.clear());

const route = (deps: RouterDeps, text: string, thread: string | null = null) =>
  routeWords(deps, { text, incidentId: null, conversation: { workspace: 'T0LOCAL', channel: 'C0OPS', thread } });

test('the utterances of the eval are held apart from what the router learns from, in both languages', () => {
  const learnt = new Set(
    agents.list.flatMap((agent) =>
      Object.values(agent.routing).flatMap(({ examples }) => [...examples.ko, ...examples.en]),
    ),
  );
  const all = readUtterances();

  expect(all.filter((one) => learnt.has(one.text))).toEqual([]);
  expect(new Set(all.map((one) => one.text)).size).toBe(all.length);
  for (const language of ['ko', 'en'])
    expect(all.filter((one) => one.language === language).length).toBeGreaterThanOrEqual(100);
});

test('sure words start their task with the inputs they hold, in both languages', async () => {
  expect(await route(rules, 'payment-api 정상이야?')).toMatchObject({
    kind: 'task',
    taskType: 'health_check',
    params: { systems: ['payment-api'] },
    by: 'rules',
  });
  expect(await route(rules, 'workload status of payment-api')).toMatchObject({
    kind: 'task',
    taskType: 'workload_status',
    params: { system: 'payment-api' },
  });
});

test('talk starts nothing, and is not offered anything it did not ask for', async () => {
  for (const text of ['고마워요', 'what is for lunch', '음'])
    expect(await route(rules, text)).toEqual({ kind: 'none' });
});

test('an investigation needs an incident: named by number or by the thread, else it is only offered', async () => {
  const incident = await core.incident({ threadTs: '7.7' });

  expect(await route(rules, 'investigate this alert')).toMatchObject({
    kind: 'choose',
    candidates: [{ taskType: 'incident_response' }],
  });
  expect(await route(rules, `INC-${incident.number} 조사해줘`)).toMatchObject({
    kind: 'task',
    incidentId: incident.id,
  });
  expect(await route(rules, 'investigate this alert', '7.7')).toMatchObject({ kind: 'task', incidentId: incident.id });
});

test('sure rules ask no model; unsure ones do, and its choice and inputs are checked', async () => {
  await route(model, 'payment-api 정상이야?');
  expect(server.seen).toHaveLength(0);
  const place = agents.list.flatMap((agent) => agent.tasks.map((task) => task.type)).indexOf('workload_status');
  const answer = (over: object) => ({
    content: JSON.stringify({
      choice: place,
      sure: true,
      params: [
        { name: 'system', value: 'payment-api' },
        { name: 'system', value: 'prod-db' },
        { name: 'approve', value: 'payment-api' },
      ],
      ...over,
    }),
  });
  server.script(answer({}));

  const routed = await route(model, '그 payment-api 있잖아, 걔 요즘 어떻대');

  expect(routed).toMatchObject({
    kind: 'task',
    taskType: 'workload_status',
    by: 'model',
    params: { system: 'payment-api' },
  });
  expect(JSON.stringify(server.seen[0]?.body.messages)).toContain('<<<DATA');
  expect(await core.db.llmCall.count({ where: { purpose: 'routing' } })).toBe(1);
});

test.each([
  ['is not sure', { content: '{"choice":0,"sure":false,"params":[]}' }],
  ['chooses none', { content: '{"choice":null,"sure":true,"params":[]}' }],
  ['names a task that is not there', { content: '{"choice":99,"sure":true,"params":[]}' }],
  ['refuses', { refusal: 'No.' }],
])('a model that %s starts nothing', async (_, reply) => {
  server.script(reply);

  expect((await route(model, '그거 뭐였더라 그거')).kind).not.toBe('task');
});

test('only what the words hold plainly becomes an input', () => {
  const system = defineTask({
    type: 'x',
    title: { en: 'x', ko: 'x' },
    description: { en: 'x', ko: 'x' },
    input: z.strictObject({ system: z.string(), incident: z.int().positive(), question: z.string(), host: z.string() }),
    exampleInput: { system: 'a', incident: 1, question: 'q', host: 'h' },
    output: z.object({}),
    maxRisk: 'read_only',
    usesLanguageModel: false,
    describe: () => ({ en: 'x', ko: 'x' }),
    run: async () => ({}),
  });
  const facts = { systems: ['pay', 'pay-api'], incident: null };

  expect(fillParams(system, { ...facts, text: 'INC-7 pay-api 느려' })).toEqual({
    system: 'pay-api',
    incident: 7,
    question: 'INC-7 pay-api 느려',
  });
  expect(fillParams(system, { ...facts, text: 'pay 와 pay-api' })).not.toHaveProperty('system');
  expect(systemsIn('payment and pay-apis', facts.systems)).toEqual([]);
});

test('the same words lead to the same task, and two that fit alike are offered both', () => {
  const task = (taskType: string, ...examples: string[]) => ({ agentId: 'a', taskType, examples, words: [] });
  const index = routeIndex([task('one', 'restart the blue server'), task('two', 'restart the red server')]);
  const facts = { systems: [] };

  expect(index.route('restart the server', facts)).toMatchObject({
    kind: 'choose',
    candidates: [{ taskType: 'one' }, { taskType: 'two' }],
  });
  expect(index.route('restart the server', facts)).toEqual(index.route('restart the server', facts));
});
