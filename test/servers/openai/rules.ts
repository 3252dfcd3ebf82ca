import { z } from 'zod';

/** What the real endpoint refuses with 400, in its words as far as they are public. */
export interface Refusal {
  readonly message: string;
  readonly param: string | null;
  readonly code: string | null;
}

const name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
const toolCall = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({ name, arguments: z.string() }),
});
const messageSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string(), name: z.string().optional() }),
  z.strictObject({ role: z.literal('developer'), content: z.string(), name: z.string().optional() }),
  z.strictObject({ role: z.literal('user'), content: z.string(), name: z.string().optional() }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.string().nullish(),
    refusal: z.string().nullish(),
    tool_calls: z.array(toolCall).min(1).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), content: z.string(), tool_call_id: z.string() }),
]);
const jsonObject = z.record(z.string(), z.unknown());

/** A chat request; an argument that is not known is refused, as there. */
export const requestSchema = z.strictObject({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1),
  max_completion_tokens: z.number().int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  stream: z.boolean().optional(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal('function'),
        function: z.strictObject({
          name,
          description: z.string().max(1_024).optional(),
          parameters: jsonObject.optional(),
          strict: z.boolean().optional(),
        }),
      }),
    )
    .min(1)
    .max(128)
    .optional(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().optional(),
  response_format: z
    .union([
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({
        type: z.literal('json_schema'),
        json_schema: z.strictObject({ name, strict: z.boolean().optional(), schema: jsonObject }),
      }),
    ])
    .optional(),
});

export type ChatBody = z.infer<typeof requestSchema>;

/** Reads a body as the endpoint does; a refusal says which argument is at fault. */
export function readRequest(raw: unknown): { readonly body: ChatBody } | { readonly refusal: Refusal } {
  const parsed = requestSchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const param = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].join('.');
    return {
      refusal: {
        message:
          unknown === undefined ? `Invalid value for '${param}': ${issue?.message}` : `Unknown parameter: '${param}'.`,
        param,
        code: unknown === undefined ? 'invalid_value' : 'unknown_parameter',
      },
    };
  }
  const body = parsed.data;
  const refusal = refusedMessages(body) ?? refusedSchemas(body) ?? refusedStream(body);
  return refusal === null ? { body } : { refusal };
}

const refuse = (message: string, param: string | null): Refusal => ({ message, param, code: null });

function refusedStream(body: ChatBody): Refusal | null {
  if (body.stream_options !== undefined && body.stream !== true)
    return refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  if (body.tools === undefined && (body.tool_choice !== undefined || body.parallel_tool_calls !== undefined))
    return refuse("'tool_choice' is only allowed when 'tools' are specified.", 'tool_choice');
  return null;
}

/** Every call is answered by exactly one tool message right after it, and nothing else is. */
function refusedMessages({ messages }: ChatBody): Refusal | null {
  let open: string[] = [];
  let answering = false;
  for (const [i, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!answering || !open.includes(message.tool_call_id))
        return refuse(
          "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
          `messages.[${i}].role`,
        );
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    if (open.length > 0) return unanswered(open, i);
    answering = message.role === 'assistant' && message.tool_calls !== undefined;
    if (message.role === 'assistant') {
      if ((message.content ?? null) === null && message.tool_calls === undefined)
        return refuse(`Invalid value for 'content': expected a string, got null.`, `messages.[${i}].content`);
      open = (message.tool_calls ?? []).map((call) => call.id);
    }
  }
  return open.length > 0 ? unanswered(open, messages.length) : null;
}

function unanswered(ids: readonly string[], at: number): Refusal {
  return refuse(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.join(', ')}`,
    `messages.[${at}].role`,
  );
}

function refusedSchemas(body: ChatBody): Refusal | null {
  for (const [i, { function: fn }] of (body.tools ?? []).entries()) {
    const { parameters } = fn;
    if (parameters !== undefined && parameters.type !== 'object')
      return refuse(
        `Invalid schema for function '${fn.name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${String(parameters.type)}"'.`,
        `tools[${i}].function.parameters`,
      );
    const fault = fn.strict === true && parameters !== undefined ? strictFault(parameters, []) : null;
    if (fault !== null)
      return refuse(`Invalid schema for function '${fn.name}': ${fault}`, `tools[${i}].function.parameters`);
  }
  const format = body.response_format;
  if (format?.type !== 'json_schema' || format.json_schema.strict !== true) return null;
  const { name: called, schema } = format.json_schema;
  const fault = schema.type === 'object' ? strictFault(schema, []) : `schema must be of 'type: "object"'.`;
  return fault === null ? null : refuse(`Invalid schema for response_format '${called}': ${fault}`, 'response_format');
}

/** Keywords the stricter of the two services refuses in a strict schema. */
const unsupported = [
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'patternProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'allOf',
  'oneOf',
  'not',
  'if',
];

function strictFault(schema: Readonly<Record<string, unknown>>, at: readonly string[]): string | null {
  const context = `In context=(${at.map((part) => `'${part}'`).join(', ')}), `;
  const odd = unsupported.find((keyword) => keyword in schema);
  if (odd !== undefined) return `${context}'${odd}' is not permitted.`;
  const children: [string, unknown][] = [];
  const properties = jsonObject.safeParse(schema.properties).data;
  if (schema.type === 'object' || properties !== undefined) {
    if (schema.additionalProperties !== false)
      return `${context}'additionalProperties' is required to be supplied and to be false.`;
    const required = z.array(z.string()).safeParse(schema.required).data ?? [];
    const missing = Object.keys(properties ?? {}).find((key) => !required.includes(key));
    if (missing !== undefined)
      return `${context}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    children.push(...Object.entries(properties ?? {}));
  }
  if (schema.items !== undefined) children.push(['items', schema.items]);
  for (const [i, one] of (z.array(z.unknown()).safeParse(schema.anyOf).data ?? []).entries())
    children.push([`anyOf.${i}`, one]);
  for (const [key, one] of Object.entries(jsonObject.safeParse(schema.$defs).data ?? {})) children.push([key, one]);
  for (const [key, one] of children) {
    const inner = jsonObject.safeParse(one);
    const fault = inner.success ? strictFault(inner.data, [...at, key]) : null;
    if (fault !== null) return fault;
  }
  return null;
}
