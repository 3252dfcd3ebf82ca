import { z } from 'zod';
import { toGlobalId } from '../../../lib/ids.ts';
import { redactSecrets } from '../../../lib/redact.ts';
import type { Bilingual } from '../../agents/agent.ts';
import type { AnyTaskDefinition, Risk } from '../../agents/task.ts';
import type { RiskLevel, Task } from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { Agent } from './agent.ts';
import { UserErrorCode } from './enums.ts';
import { TaskType } from './task.ts';
import type { TaskError } from './task-parts.ts';

const said = (ctx: RequestContext, text: Bilingual): string => (ctx.viewer.locale === 'KO' ? text.ko : text.en);

const risks: Readonly<Record<Risk, RiskLevel>> = {
  read_only: 'READ_ONLY',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  forbidden: 'FORBIDDEN',
};

const schemas = new WeakMap<z.ZodType, unknown>();

/** JSON Schema 2020-12 of a task's input or output, made once. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const known = schemas.get(schema);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  schemas.set(schema, made);
  return made;
}

function viewOf(ctx: RequestContext, agentId: string, definition: AnyTaskDefinition): TaskType {
  return Object.assign(new TaskType(), {
    agentId,
    description: said(ctx, definition.description),
    exampleInput: redactSecrets(definition.exampleInput),
    id: toGlobalId('TaskType', `${agentId}/${definition.type}`),
    inputSchema: jsonSchema(definition.input, 'input'),
    maxRisk: risks[definition.maxRisk],
    name: definition.type,
    outputSchema: jsonSchema(definition.output, 'output'),
    title: said(ctx, definition.title),
    usesLanguageModel: definition.usesLanguageModel,
  });
}

/** A task type as it is installed; of one that was removed since, its names only. */
export function taskTypeOf(ctx: RequestContext, agentId: string, type: string): TaskType {
  const definition = ctx.deps.agents.task(agentId, type);
  if (definition !== null) return viewOf(ctx, agentId, definition);
  return Object.assign(new TaskType(), {
    agentId,
    description: '',
    exampleInput: {},
    id: toGlobalId('TaskType', `${agentId}/${type}`),
    inputSchema: {},
    maxRisk: 'READ_ONLY' as const,
    name: type,
    outputSchema: {},
    title: type,
    usesLanguageModel: false,
  });
}

/** An agent with its task types; null when there is none of that id. */
export function agentOf(ctx: RequestContext, agentId: string): Agent | null {
  const agent = ctx.deps.agents.agent(agentId);
  if (agent === null) return null;
  const unavailableReason = ctx.deps.unavailable(agentId);
  return Object.assign(new Agent(), {
    agentId,
    available: unavailableReason === null,
    description: said(ctx, agent.description),
    id: toGlobalId('Agent', agentId),
    taskTypes: agent.tasks.map((definition) => viewOf(ctx, agentId, definition)),
    title: said(ctx, agent.title),
    unavailableReason,
  });
}

const isCode = (code: string): code is UserErrorCode => Object.hasOwn(UserErrorCode, code);

/** Why a task failed, for people; null when it did not. */
export function errorOf(task: Task): TaskError | null {
  if (task.errorMessage === null) return null;
  const code = task.errorCode ?? '';
  return {
    // What is no code of the closed list was a fault of ours: the state of the task is all a caller can act on.
    code: isCode(code) ? code : 'INVALID_STATE',
    kept: task.errorKept,
    message: task.errorMessage,
    nextStep: task.errorNextStep,
    requestId: task.correlationId,
    retryable: task.errorRetryable,
  };
}
