import { z } from 'zod';
import type { ReadTool } from '../tools/tool.ts';
import type { Bilingual, FindingDraft, Json, ToolOutcome } from './values.ts';

/** Reads with one tool; given by the orchestrator, which makes it a stored step. */
export type ReadWith = <A, D extends Json>(title: Bilingual, tool: ReadTool<A, D>, args: A) => Promise<ToolOutcome<D>>;

/** What became of the model's arguments: the exact call, ready to be made, or why it is not made. */
export type PreparedCall =
  | { readonly accepted: true; readonly read: (readWith: ReadWith) => Promise<ToolOutcome<Json>> }
  | { readonly accepted: false; readonly reason: string };

/** A read tool as the model may ask for it. Nothing that changes anything can be made into one. */
export interface ThinkTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of what the model may choose. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly prepare: (chosen: unknown) => PreparedCall;
}

/** The exact call for the model's choice, or a refusal in words the model can act on. */
export type Resolved<A> = { readonly args: A; readonly title: Bilingual } | { readonly refused: string };

/**
 * Offers a read tool to the model. The model chooses by `choice`; `resolve` makes the exact arguments of it, so that addresses, targets
 * and limits come from code and what is out of reach is refused.
 */
export function thinkTool<C, A, D extends Json>(offer: {
  readonly name: string;
  readonly description: string;
  readonly choice: z.ZodType<C>;
  readonly tool: ReadTool<A, D>;
  readonly resolve: (choice: C) => Resolved<A>;
}): ThinkTool {
  return {
    name: offer.name,
    description: offer.description,
    parameters: z.record(z.string(), z.unknown()).parse(z.toJSONSchema(offer.choice, { io: 'input' })),
    prepare: (chosen) => {
      const choice = offer.choice.safeParse(chosen);
      if (!choice.success) return { accepted: false, reason: z.prettifyError(choice.error).slice(0, 600) };
      const resolved = offer.resolve(choice.data);
      if ('refused' in resolved) return { accepted: false, reason: resolved.refused };
      return { accepted: true, read: (readWith) => readWith(resolved.title, offer.tool, resolved.args) };
    },
  };
}

/** How long an investigation by the model may go on, beside the task's budget of calls, tokens, money and time. */
export interface ThinkLimits {
  readonly turns: number;
  readonly toolCalls: number;
}

export interface ThinkRequest {
  /** What is to be found out; from the agent's own files, never from what people or systems wrote. */
  readonly goal: string;
  /** What is known already, with the numbers of its evidence. Data to the model. */
  readonly facts: Json;
  /** Evidence the facts cite; the model may cite these and what its own calls bring. */
  readonly knownRefs: readonly number[];
  readonly tools: readonly ThinkTool[];
  readonly limits?: Partial<ThinkLimits>;
}

/** How it ended. Stopped: what was read is kept as evidence, and the reason is said. */
export type ThinkOutcome =
  | { readonly outcome: 'concluded'; readonly finding: FindingDraft }
  | { readonly outcome: 'stopped'; readonly reason: Bilingual };
