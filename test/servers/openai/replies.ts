import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChatBody } from './rules.ts';

/** A call the script has the endpoint ask for. Arguments given as text are sent as they are, also when they are no JSON. */
interface ScriptedCall {
  readonly name: string;
  readonly arguments: string | Readonly<Record<string, unknown>>;
  readonly id?: string;
}

/** What the server answers next, by the test's script. */
export type ScriptedReply =
  /** The message's text; sent as it is, also when it is no JSON. */
  | {
      readonly content: string;
      readonly finishReason?: 'stop' | 'length' | 'content_filter';
      readonly stream?: StreamFault;
    }
  | { readonly toolCalls: readonly ScriptedCall[]; readonly content?: string; readonly stream?: StreamFault }
  | { readonly refusal: string }
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly message?: string;
      /** The error's own code, for example content_filter or insufficient_quota. */
      readonly code?: string;
    }
  /** The connection is cut, or nothing is ever sent. */
  | { readonly cut: true }
  | { readonly hang: true };

/** How a streamed answer goes wrong: after so many parts it is silent, or the connection ends; or each part waits. */
interface StreamFault {
  readonly silentAfter?: number;
  readonly cutAfter?: number;
  readonly partEveryMs?: number;
}

type Answer = Extract<ScriptedReply, { content?: string } | { refusal: string }>;

const usage = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 };

interface Written {
  readonly text: string | null;
  readonly refusal: string | null;
  readonly calls: readonly { id: string; type: 'function'; function: { name: string; arguments: string } }[];
  readonly finish: string;
}

function writtenOf(reply: Answer, number: number): Written {
  const calls =
    'toolCalls' in reply
      ? reply.toolCalls.map((call, i) => ({
          id: call.id ?? `call_${number}_${i}`,
          type: 'function' as const,
          function: {
            name: call.name,
            arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
          },
        }))
      : [];
  return {
    text: 'content' in reply ? (reply.content ?? null) : null,
    refusal: 'refusal' in reply ? reply.refusal : null,
    calls,
    finish: 'finishReason' in reply ? (reply.finishReason ?? 'stop') : calls.length > 0 ? 'tool_calls' : 'stop',
  };
}

/** Sends one answer, whole or in parts, as it was asked for. */
export async function sendAnswer(
  response: ServerResponse,
  body: ChatBody,
  reply: Answer,
  number: number,
  azure: boolean,
): Promise<void> {
  const written = writtenOf(reply, number);
  const base = { id: `chatcmpl-${number}`, created: Math.floor(Date.now() / 1_000), model: body.model };
  if (body.stream !== true) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const message = {
      role: 'assistant',
      content: written.text,
      refusal: written.refusal,
      ...(written.calls.length === 0 ? {} : { tool_calls: written.calls }),
    };
    response.end(
      JSON.stringify({
        ...base,
        object: 'chat.completion',
        choices: [{ index: 0, finish_reason: written.finish, message, logprobs: null }],
        usage,
      }),
    );
    return;
  }
  const fault = 'stream' in reply ? (reply.stream ?? {}) : {};
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const parts = partsOf(written, base, body.stream_options?.include_usage === true, azure);
  for (const [i, part] of parts.entries()) {
    if (fault.cutAfter === i) return void response.socket?.destroy();
    if (fault.silentAfter === i) return;
    if (fault.partEveryMs !== undefined) await pause(fault.partEveryMs);
    await new Promise((sent) => response.write(`data: ${JSON.stringify(part)}\n\n`, sent));
  }
  response.end('data: [DONE]\n\n');
}

function partsOf(
  written: Written,
  base: { readonly id: string; readonly created: number; readonly model: string },
  withUsage: boolean,
  azure: boolean,
): unknown[] {
  const chunk = (delta: unknown, finish: string | null = null) => ({
    ...base,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
  });
  const halves = (text: string): string[] => {
    const middle = Math.ceil(text.length / 2);
    return [text.slice(0, middle), text.slice(middle)].filter((one) => one !== '');
  };
  const calls = written.calls.flatMap((call, index) => [
    chunk({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] }),
    ...halves(call.function.arguments).map((part) => chunk({ tool_calls: [{ index, function: { arguments: part } }] })),
  ]);
  return [
    // Azure sends what its filter thought of the question first, with no choice in it.
    ...(azure ? [{ ...base, id: '', model: '', object: '', choices: [], prompt_filter_results: [] }] : []),
    chunk({ role: 'assistant', content: written.calls.length > 0 ? null : '' }),
    ...halves(written.text ?? '').map((part) => chunk({ content: part })),
    ...halves(written.refusal ?? '').map((part) => chunk({ refusal: part })),
    ...calls,
    chunk({}, written.finish),
    ...(withUsage ? [{ ...base, object: 'chat.completion.chunk', choices: [], usage }] : []),
  ];
}
