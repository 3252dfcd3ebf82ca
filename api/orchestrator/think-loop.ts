import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Bilingual, Json, ToolOutcome } from '../agents/task.ts';
import type { ThinkLimits, ThinkOutcome, ThinkRequest, ThinkTool } from '../agents/think.ts';
import type { LlmMessage, LlmTool, LlmToolCall } from '../ports/llm.ts';
import { asData } from './data-rules.ts';
import { concludeTool, conclusionSchema, draftOf } from './think-conclude.ts';
import { thinkWords } from './think-words.ts';

/** One turn of the model, or why there is none. */
export type ThinkTurn =
  | { readonly answered: true; readonly text: string; readonly toolCalls: readonly LlmToolCall[] }
  | { readonly answered: false; readonly reason: Bilingual };

/** Who carries out turns and calls: durable steps of a task, or a replay on stored results. Asked in the same order each time. */
export interface ThinkHost {
  readonly turn: (number: number, messages: readonly LlmMessage[], tools: readonly LlmTool[]) => Promise<ThinkTurn>;
  /** Reads; null when the host has no answer (a replay without this result). */
  readonly read: (number: number, call: Accepted) => Promise<ToolOutcome<Json> | null>;
}
export type Accepted = Extract<ReturnType<ThinkTool['prepare']>, { accepted: true }>;

const usualLimits: ThinkLimits = { turns: 8, toolCalls: 12 };
const complaintsAtMost = 2;
const callsAtOnce = 4;
const factsBytes = 16_000;
const resultBytes = 6_000;

/**
 * The model's investigation: it asks for reads, gets each answer as marked data under its evidence number, and ends by `conclude`.
 * Everything it may do wrong has an end here: unknown tools, wrong arguments, repeated or endless calls, words instead of calls.
 */
export async function thinkLoop(
  host: ThinkHost,
  request: ThinkRequest,
  opening: { readonly system: string },
): Promise<ThinkOutcome> {
  const limits = { ...usualLimits, ...request.limits };
  const tools: readonly LlmTool[] = request.tools.map(({ name, description, parameters }) => ({
    name,
    description,
    parameters,
  }));
  const shown = new Set(request.knownRefs);
  const made = new Map<string, string>();
  const messages: LlmMessage[] = [
    { role: 'system', content: opening.system },
    { role: 'user', content: `${request.goal}\n\nWhat is known so far:\n${asData(request.facts, factsBytes)}` },
  ];
  let calls = 0;
  let complaints = 0;
  for (let turn = 1; turn <= limits.turns; turn++) {
    const last = turn === limits.turns || calls >= limits.toolCalls;
    if (last)
      messages.push({ role: 'user', content: 'This is your last turn: call conclude now, with what you have.' });
    const reply = await host.turn(turn, messages, last ? [concludeTool] : [...tools, concludeTool]);
    if (!reply.answered) return { outcome: 'stopped', reason: reply.reason };
    messages.push({ role: 'assistant', content: reply.text || null, toolCalls: reply.toolCalls });
    if (reply.toolCalls.length === 0) {
      if (++complaints > complaintsAtMost) return { outcome: 'stopped', reason: thinkWords.onlyWords };
      // An empty message is refused by the protocol.
      messages[messages.length - 1] = { role: 'assistant', content: reply.text || '(empty)' };
      messages.push({
        role: 'user',
        content: 'Call one of the tools, or conclude. Words alone are not read by anybody.',
      });
      continue;
    }
    for (const [i, call] of reply.toolCalls.entries()) {
      const answer = (content: string) => messages.push({ role: 'tool', toolCallId: call.id, content });
      const chosen = parseJson(call.arguments);
      if (call.name === concludeTool.name) {
        const conclusion = conclusionSchema.safeParse(chosen);
        if (conclusion.success) return { outcome: 'concluded', finding: draftOf(conclusion.data, shown) };
        if (++complaints > complaintsAtMost) return { outcome: 'stopped', reason: thinkWords.unusable };
        answer(
          `Not taken: ${conclusion.error.issues[0]?.path.join('.')} ${conclusion.error.issues[0]?.message}. Call conclude again.`,
        );
        continue;
      }
      if (last) {
        answer('Not made: only conclude may be called now.');
        continue;
      }
      calls++;
      const tool = request.tools.find((one) => one.name === call.name);
      if (tool === undefined) {
        answer(
          `There is no tool ${JSON.stringify(call.name.slice(0, 60))}. There are: ${tools.map((one) => one.name).join(', ')}, conclude.`,
        );
        continue;
      }
      if (i >= callsAtOnce || calls > limits.toolCalls) {
        answer('Not made: too many calls. Look at the answers you have first.');
        continue;
      }
      if (chosen === undefined) {
        answer('Not made: the arguments are no JSON.');
        continue;
      }
      const key = `${call.name} ${canonicalJson(chosen)}`;
      const before = made.get(key);
      if (before !== undefined) {
        answer(`Not made again: the same call ${before}.`);
        continue;
      }
      const prepared = tool.prepare(chosen);
      if (!prepared.accepted) {
        made.set(key, 'was refused before');
        answer(`Not made: ${prepared.reason}`);
        continue;
      }
      const outcome = await host.read(calls, prepared);
      if (outcome === null) {
        made.set(key, 'has no stored answer');
        answer('There is no stored answer to this call.');
        continue;
      }
      const { ref, summary } = outcome.evidence;
      shown.add(ref);
      made.set(key, `was answered as evidence [${ref}]`);
      answer(
        asData(
          {
            evidence: ref,
            tool: call.name,
            outcome: outcome.outcome,
            summary,
            ...(outcome.outcome === 'success' ? { data: outcome.data } : { reason: outcome.reason }),
          },
          resultBytes,
        ),
      );
    }
  }
  return { outcome: 'stopped', reason: thinkWords.noEnd };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    return undefined;
  }
}
