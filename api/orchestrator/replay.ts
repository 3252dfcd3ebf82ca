import { z } from 'zod';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { withTimeout } from '../../lib/deadline.ts';
import { AppError, isAppError } from '../../lib/errors.ts';
import { redactSecrets } from '../../lib/redact.ts';
import type { FindingDraft, Json, TaskContext, ToolOutcome } from '../agents/task.ts';
import { storedJson } from '../audit/stored-json.ts';
import type { Db, Evidence, Task } from '../db.ts';
import { type JudgedFinding, judgeFinding } from '../evidence/finding-rules.ts';
import type { Llm, LlmExchange } from '../ports/llm.ts';
import type { ReadTool } from '../tools/tool.ts';
import { asData } from './data-rules.ts';
import type { AgentRegistry } from './load-agents.ts';
import { incidentFacts, systemFacts } from './record-facts.ts';
import { thinkOpening } from './think.ts';
import { thinkLoop } from './think-loop.ts';
import { thinkWords } from './think-words.ts';
import { inLanguage, type Language } from './words.ts';

/** A finding as a replay came to it: judged on the stored evidence, kept nowhere. */
export interface ReplayedFinding extends JudgedFinding {
  readonly headline: string;
  readonly needed: readonly string[];
  readonly writtenByModel: boolean;
}

export interface Replay {
  readonly findings: readonly ReplayedFinding[];
  /** Calls the replay asked for that the stored run did not make: they have no answer. */
  readonly missing: readonly string[];
  readonly exchanges: readonly LlmExchange[];
  /** Why it ended before its own end; null when it came to it. */
  readonly ended: string | null;
}

export interface ReplayDeps {
  readonly db: Db;
  readonly agents: AgentRegistry;
  readonly llm: Llm;
  /** Instead of the agent's own prompt. */
  readonly prompt?: string;
}

const storedSchema = z.object({ reply: z.json(), args: z.json().optional() });
const callMs = 60_000;

/**
 * Works a finished task again from its stored results: nothing outside is asked but the model, nothing is written, nothing is approved
 * or carried out. The model and its prompt may be others than they were.
 */
export async function replayTask(deps: ReplayDeps, task: Task): Promise<Replay> {
  const { db, llm } = deps;
  const locale: Language = task.locale;
  const definition = deps.agents.task(task.agentId, task.taskType);
  if (definition === null)
    throw new AppError('NOT_FOUND', `There is no task ${task.agentId} · ${task.taskType} any more.`);
  const evidence = await db.evidence.findMany({
    where: task.incidentId === null ? { taskId: task.id } : { incidentId: task.incidentId },
    orderBy: { ref: 'asc' },
  });
  const findings: ReplayedFinding[] = [];
  const missing: string[] = [];
  const exchanges: LlmExchange[] = [];
  const record = (exchange: LlmExchange) => void exchanges.push(exchange);
  const prompt = deps.prompt ?? deps.agents.agent(task.agentId)?.prompt ?? '';
  const byStep = (name: string) => evidence.find((row) => row.stepKey === `${task.id}:${name}`) ?? null;
  const byCall = (tool: string, args: unknown) => {
    const wanted = canonicalJson(redactSecrets(storedJson(args)));
    return (
      evidence.find((row) => {
        const stored = storedSchema.safeParse(row.data);
        return row.tool === tool && stored.success && canonicalJson(stored.data.args ?? null) === wanted;
      }) ?? null
    );
  };
  const answered = <D extends Json>(row: Evidence | null, tool: string): ToolOutcome<D> => {
    if (row !== null) return outcomeOf<D>(row);
    missing.push(tool);
    const summary = 'not among the stored results';
    return { outcome: 'error', reason: summary, evidence: { id: '', ref: 0, summary } };
  };
  const refused = (what: string) => Promise.reject(new AppError('INVALID_STATE', `A replay does not ${what}.`));
  const ask = <T>(work: (signal: AbortSignal) => Promise<T>) => withTimeout(work, callMs, 'The language model');

  const context: TaskContext = {
    taskId: task.id,
    number: `T-${task.number}`,
    locale,
    trigger: task.trigger,
    llm: llm.mode,
    has: { metrics: evidence.some((row) => row.tool === 'metrics.query') },
    record: {
      system: async (name) => {
        const row = await db.system.findFirst({ where: { name } });
        return row === null ? null : systemFacts(row);
      },
      systems: async () =>
        (await db.system.findMany({ where: { archived: false }, orderBy: { name: 'asc' } })).map(systemFacts),
      incident: async () => (task.incidentId === null ? null : incidentFacts(db, task.incidentId)),
      sources: () => refused('read sources'),
      deliverRows: () => refused('send rows'),
      saveHealth: async () => undefined,
      resolveIncident: async () => undefined,
      addTimeline: async () => undefined,
      incidentReport: () => refused('write reports'),
      postReport: async () => undefined,
    },
    step: () => refused('do steps whose results are not kept as evidence'),
    tool: async (name, _, tool) => answered(byStep(name), tool.name),
    delegate: async (name) => {
      const child = await db.task.findUnique({
        where: { idempotencyKey: `task:${task.id}:${name}` },
        include: { evidence: { orderBy: { ref: 'asc' } } },
      });
      if (child === null) missing.push(name);
      return {
        status: child?.status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED',
        result: JSON.parse(JSON.stringify(child?.result ?? null)),
        evidence: (child?.evidence ?? []).map(({ id, ref, summary }) => ({ id, ref, summary })),
        error: child === null ? 'not among the stored results' : child.errorMessage,
      };
    },
    approve: async () => ({ decision: 'refused', reason: 'A replay asks for nothing.' }),
    effect: () => refused('carry out anything'),
    actionOutcome: async () => undefined,
    write: async (_, __, request) => {
      if (llm.mode === 'none') return null;
      const user = `${request.prompt}\n\n${asData(request.input, 24_000)}`;
      const system = `${prompt}\n\nWrite in ${locale === 'KO' ? 'Korean' : 'English'}.`;
      try {
        const { schemaName, schema } = request;
        const answer = await ask((signal) =>
          llm.complete({ system, user, schemaName, schema, maxTokens: 1_500, signal, record }),
        );
        return answer.value;
      } catch (error) {
        if (!isAppError(error)) throw error;
        return null;
      }
    },
    think: (_, request) => {
      if (llm.mode === 'none') return Promise.resolve({ outcome: 'stopped', reason: thinkWords.none });
      return thinkLoop(
        {
          turn: async (__, messages, tools) => {
            try {
              const reply = await ask((signal) => llm.chat({ messages, tools, maxTokens: 1_500, signal, record }));
              return { answered: true, text: reply.text, toolCalls: reply.toolCalls };
            } catch (error) {
              if (!isAppError(error)) throw error;
              return { answered: false, reason: { en: error.message, ko: error.message } };
            }
          },
          read: (__, call) => {
            let found = true;
            const readStored = async <A, D extends Json>(___: unknown, tool: ReadTool<A, D>, args: A) => {
              const row = byCall(tool.name, args);
              found = row !== null;
              return answered<D>(row, `${tool.name} ${JSON.stringify(args)}`);
            };
            return call.read(readStored).then((outcome) => (found ? outcome : null));
          },
        },
        request,
        thinkOpening(prompt, locale),
      );
    },
    ask: async (name) => {
      const question = await db.taskQuestion.findUnique({ where: { stepKey: `${task.id}:${name}` } });
      if (question?.answeredAt == null) throw new AppError('INVALID_STATE', 'A replay asks nobody.');
      return { answers: JSON.parse(JSON.stringify(question.answers)), by: question.answeredByName ?? '' };
    },
    wait: async () => undefined,
    waitUntil: async () => undefined,
    now: async () => task.startedAt ?? task.createdAt,
    conclude: async (draft) => {
      const judged = judgeDraft(draft, evidence, locale);
      findings.push(judged);
      return { findingId: '', droppedClaims: judged.droppedClaims, confidence: judged.confidence };
    },
  };
  const done = (ended: string | null): Replay => ({ findings, missing, exchanges, ended });
  try {
    await definition.run(definition.input.parse(task.params), context);
    return done(null);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return done(error.message);
  }
}

function outcomeOf<D extends Json>(row: Evidence): ToolOutcome<D> {
  const evidence = { id: row.id, ref: row.ref, summary: row.summary };
  if (row.outcome === 'success') {
    const { reply } = storedSchema.parse(row.data);
    return { outcome: 'success', data: JSON.parse(JSON.stringify(reply)), evidence };
  }
  return { outcome: row.outcome === 'no_data' ? 'no_data' : 'error', reason: row.summary, evidence };
}

/** The same judgement a stored finding gets. */
function judgeDraft(draft: FindingDraft, evidence: readonly Evidence[], locale: Language): ReplayedFinding {
  const words = (list: FindingDraft['reasons']) => list.map((one) => ({ ...one, text: inLanguage(one.text, locale) }));
  const citable = new Map(
    evidence.map((row) => {
      const stored = storedSchema.safeParse(row.data);
      const reply = stored.success ? JSON.parse(JSON.stringify(stored.data.reply)) : null;
      return [row.ref, { tool: row.tool, outcome: row.outcome, reply }] as const;
    }),
  );
  const judged = judgeFinding(
    {
      verdict: draft.verdict,
      confidence: draft.confidence,
      situation: words(draft.situation),
      reasons: words(draft.reasons),
      against: words(draft.against),
    },
    citable,
  );
  return {
    ...judged,
    headline: inLanguage(draft.headline, locale),
    needed: draft.needed.map((one) => inLanguage(one, locale)),
    writtenByModel: draft.writtenByModel,
  };
}
