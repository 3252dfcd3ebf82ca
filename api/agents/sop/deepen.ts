import { z } from 'zod';
import { httpCheck } from '../../tools/http-check.ts';
import { metricsQuery } from '../../tools/metrics.ts';
import { runbookFind } from '../../tools/runbook.ts';
import { workloadRead } from '../../tools/workload-read.ts';
import type { ClaimDraft, FindingDraft, Json, SystemFacts, TaskContext } from '../task.ts';
import { type ThinkTool, thinkTool } from '../think.ts';
import type { Triage, TriageFacts } from './triage-rules.ts';

/**
 * Lets the model look further where the rules found no certain cause and no step. What it concludes is checked against the evidence;
 * verdicts of the rules are not weakened, and no action follows from it. Without a model, or when it does not help, the rules' finding stands.
 */
export async function deepenFinding(
  task: TaskContext,
  facts: TriageFacts,
  judged: Triage,
  round: number,
): Promise<void> {
  const { finding } = judged;
  if (task.llm === 'none' || judged.proposal !== null || finding.confidence === 'HIGH') return;
  const systems = await task.record.systems();
  const known = [...finding.situation, ...finding.reasons, ...finding.against];
  const thought = await task.think(round === 1 ? 'deepen' : `deepen:${round}`, {
    goal: 'The rules found no certain cause for this incident. Find out more with the tools, then conclude.',
    facts: asJson({
      headline: finding.headline,
      verdict: finding.verdict,
      facts,
      claims: known,
      systems: systems.map((one) => one.name).slice(0, 40),
    }),
    knownRefs: known.flatMap((claim) => claim.evidenceRefs),
    tools: toolsFor(task, systems),
  });
  if (thought.outcome === 'stopped') return;
  await task.conclude(merged(finding, thought.finding));
}

/** The model may add and find; what the rules saw against it stays, and it cannot take back what they found. */
function merged(rules: FindingDraft, model: FindingDraft): FindingDraft {
  const against = [...rules.against, ...model.against];
  if (model.verdict === 'FOUND')
    return { ...model, situation: joined(rules.situation, model.situation), against, needed: model.needed };
  return {
    ...rules,
    situation: joined(rules.situation, model.situation),
    against,
    notChecked: [...rules.notChecked, ...model.notChecked],
    needed: [...rules.needed, ...model.needed],
    writtenByModel: true,
  };
}

const joined = (one: readonly ClaimDraft[], two: readonly ClaimDraft[]): ClaimDraft[] => [...one, ...two].slice(0, 6);
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));

/** Read tools over registered systems only: the model names a system, code knows its address and workload. */
function toolsFor(task: TaskContext, systems: readonly SystemFacts[]): ThinkTool[] {
  const system = z.strictObject({ system: z.string().max(100) });
  const registered = (name: string) => systems.find((one) => one.name === name) ?? null;
  const noSystem = (what: string) => ({
    refused: `No such registered system ${what}. There are: ${systems
      .map((one) => one.name)
      .slice(0, 40)
      .join(', ')}.`,
  });
  const tools = [
    thinkTool({
      name: 'check_health',
      description: 'Calls the health address of a registered system once.',
      choice: system,
      tool: httpCheck,
      resolve: ({ system: name }) => {
        const found = registered(name);
        if (found === null || found.healthUrl === null) return noSystem('with a health address');
        return {
          title: { en: `Health of ${found.name}`, ko: `${found.name} 상태 점검` },
          args: {
            system: found.name,
            url: found.healthUrl,
            expectation: null,
            timeoutMs: 3_000,
            attempts: 1,
            waitMs: 0,
          },
        };
      },
    }),
    thinkTool({
      name: 'read_workload',
      description: 'State of the process or deployment of a registered system.',
      choice: system,
      tool: workloadRead,
      resolve: ({ system: name }) => {
        const found = registered(name);
        if (found === null || found.workload === null) return noSystem('with a workload');
        return {
          title: { en: `Workload of ${found.name}`, ko: `${found.name} 워크로드 상태` },
          args: found.workload,
        };
      },
    }),
    thinkTool({
      name: 'find_runbook',
      description: 'Searches the manuals by words.',
      choice: z.strictObject({ words: z.string().min(2).max(200) }),
      tool: runbookFind,
      resolve: ({ words }) => ({
        title: { en: 'Manuals, by words', ko: '매뉴얼 검색' },
        args: { alertName: words, runbookUrl: null, words },
      }),
    }),
  ];
  if (!task.has.metrics) return tools;
  return [
    ...tools,
    thinkTool({
      name: 'query_metrics',
      description: 'One PromQL query at this moment, in Prometheus.',
      choice: z.strictObject({ query: z.string().min(1).max(500), meaning: z.string().min(1).max(100) }),
      tool: metricsQuery,
      resolve: ({ query, meaning }) => ({
        title: { en: 'Prometheus, asked by the model', ko: 'Prometheus 조회 (모델 요청)' },
        args: { title: meaning, query, waitMs: 0 },
      }),
    }),
  ];
}
