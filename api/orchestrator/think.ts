import { readFileSync } from 'node:fs';
import { projectPath } from '../../lib/project-path.ts';
import { clip } from '../../lib/text.ts';
import type { ThinkOutcome, ThinkRequest } from '../agents/think.ts';
import { askModel } from './ask-model.ts';
import { runTool } from './run-tool.ts';
import { shownStep } from './step.ts';
import type { TaskRun } from './task-run.ts';
import { concludeTool } from './think-conclude.ts';
import { type ThinkTurn, thinkLoop } from './think-loop.ts';
import { thinkWords } from './think-words.ts';
import { inLanguage, type Language } from './words.ts';

const turnLimitMs = 45_000;
const turnTokens = 1_500;

/** The words every investigation by the model begins with: the rules of the loop, then the agent's own. */
export function thinkOpening(agentPrompt: string, locale: Language): { readonly system: string } {
  const rules = readFileSync(projectPath('api', 'orchestrator', 'think-prompt.md'), 'utf8');
  return { system: `${rules}\n${agentPrompt}\n\nWrite in ${locale === 'KO' ? 'Korean' : 'English'}.` };
}

/** The model's investigation as stored steps of a task: it goes on after a restart where it was, and repeats no turn and no call. */
export async function think(run: TaskRun, name: string, request: ThinkRequest): Promise<ThinkOutcome> {
  const { deps, task } = run;
  if (task.llm === 'none') return { outcome: 'stopped', reason: thinkWords.none };
  const opening = thinkOpening(deps.agents.agent(task.agentId)?.prompt ?? '', task.locale);
  return thinkLoop(
    {
      turn: (number, messages, tools) => {
        const step = {
          name: `${name}:turn:${number}`,
          title: thinkWords.turn(number),
          seq: run.nextSeq(),
          tool: 'llm',
        };
        return shownStep<ThinkTurn>(run, step, async () => {
          const asked = await askModel(run, step.name, { ms: turnLimitMs, tokens: turnTokens }, (call) =>
            deps.llm.chat({ messages, tools, ...call }),
          );
          if (!asked.answered) {
            const { reason } = asked;
            return {
              value: { answered: false, reason },
              end: { status: 'SKIPPED', summary: inLanguage(reason, task.locale) },
            };
          }
          const { text, toolCalls } = asked.value;
          return {
            value: { answered: true, text: clip(text, 8_000), toolCalls: toolCalls.slice(0, 16) },
            end: { status: 'SUCCEEDED', summary: inLanguage(summaryOf(toolCalls), task.locale) },
          };
        });
      },
      read: (number, call) =>
        call.read((title, tool, args) => runTool(run, `${name}:call:${number}`, title, tool, args)),
    },
    request,
    opening,
  );
}

function summaryOf(calls: readonly { readonly name: string }[]) {
  if (calls.length === 0) return thinkWords.says;
  if (calls.some((call) => call.name === concludeTool.name)) return thinkWords.concludes;
  return thinkWords.asks(calls.map((call) => clip(call.name, 40)).slice(0, 6));
}
