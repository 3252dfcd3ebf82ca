import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { loadAgents } from '../../api/orchestrator/load-agents.ts';
import { indexOf } from '../../api/orchestrator/route.ts';
import { projectPath } from '../../lib/project-path.ts';
import type { Measurement, Outcome } from '../trials/measurement.ts';

const utterances = z.array(
  z.object({ text: z.string().min(1), language: z.enum(['ko', 'en']), expect: z.string().nullable() }),
);
const file = projectPath('test', 'evals', 'routing-utterances.json');

/** The utterances: held apart from what the router learns from. */
export const readUtterances = () => utterances.parse(JSON.parse(readFileSync(file, 'utf8')));

interface Count {
  asked: number;
  /** Led to the right task, or rightly to none. */
  right: number;
  /** Started something else than was meant. */
  wrong: number;
  /** Not started, and the right task was among those offered. */
  offered: number;
  /** Not started, and not offered. */
  lost: number;
}

/** Free words without a model: what they lead to in this installation, by language. */
async function measure({ say }: { readonly say: (line: string) => void }): Promise<Outcome> {
  const agents = await loadAgents();
  const index = indexOf(agents);
  const here = new Set(agents.list.flatMap((agent) => agent.tasks.map((task) => `${agent.id}.${task.type}`)));
  const facts = { systems: ['payment-api', 'order-api'] };
  const all = readUtterances();
  const counts = { ko: empty(), en: empty() };
  let absent = 0;
  for (const { text, language, expect } of all) {
    if (expect !== null && !here.has(expect)) {
      absent++;
      continue;
    }
    const count = counts[language];
    const routed = index.route(text, facts);
    const got = routed.kind === 'task' ? `${routed.task.agentId}.${routed.task.taskType}` : null;
    count.asked++;
    if (got === expect) count.right++;
    else if (got !== null) {
      count.wrong++;
      say(`${language}: "${text}" was meant as ${expect ?? 'nothing to start'}, went to ${got}`);
    } else if (routed.kind === 'choose' && routed.candidates.some((one) => `${one.agentId}.${one.taskType}` === expect))
      count.offered++;
    else count.lost++;
  }
  const share = (count: Count, part: number) => Math.round((1_000 * part) / Math.max(1, count.asked)) / 1_000;
  const shown = (count: Count) => ({
    ...count,
    accuracy: share(count, count.right),
    rightOrOffered: share(count, count.right + count.offered),
    wrongStarts: share(count, count.wrong),
  });
  return {
    figures: {
      utterances: all.length,
      tasksHere: here.size,
      /** Meant for tasks this installation does not have; not counted. */
      taskNotHere: absent,
      withoutModel: { ko: shown(counts.ko), en: shown(counts.en) },
      withModel: 'not measured: no model is part of this product; the protocol is tested against a scripted server',
    },
    baseline: {},
    aims: { 'right without a model': 0.8, 'wrong starts at most': 0.03 },
    met: {
      'right without a model': [counts.ko, counts.en].every((one) => share(one, one.right) >= 0.8),
      'wrong starts at most': [counts.ko, counts.en].every((one) => share(one, one.wrong) <= 0.03),
    },
  };
}

const empty = (): Count => ({ asked: 0, right: 0, wrong: 0, offered: 0, lost: 0 });

export const routing: Measurement = {
  name: 'routing',
  about: 'free words in Korean and English: right, offered, wrong, by language',
  run: measure,
};
