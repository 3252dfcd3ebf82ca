import { z } from 'zod';

const envelope = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/** How the api is called. */
export interface ApiCall {
  readonly url: string;
  readonly key: string;
  /** Slack user the call is made for. */
  readonly person?: string;
  readonly timeoutMs?: number;
}

async function callApi<Schema extends z.ZodType>(
  call: ApiCall,
  schema: Schema,
  field: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<z.infer<Schema>> {
  const response = await fetch(call.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      authorization: `Bearer ${call.key}`,
      'apollo-require-preflight': 'true',
      ...(call.person === undefined ? {} : { 'x-on-behalf-of': `slack:T0LOCAL:${call.person}` }),
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(call.timeoutMs ?? 10_000),
  });
  const text = await response.text();
  const answer = envelope.safeParse(JSON.parse(text));
  const problem = answer.data?.errors?.[0]?.message;
  if (!answer.success || problem !== undefined)
    throw new Error(`the api answered ${response.status}: ${problem ?? text.slice(0, 200)}`);
  return schema.parse(answer.data.data?.[field]);
}

const userErrors = z.array(z.object({ code: z.string(), message: z.string() }));

/** Sends one mutation; answers its user errors, and the rest of the payload checked. */
export async function mutate<Shape extends z.ZodRawShape>(
  call: ApiCall,
  shape: Shape,
  name: string,
  inputType: string,
  selection: string,
  input: Readonly<Record<string, unknown>>,
) {
  return callApi(
    call,
    z.object({ ...shape, userErrors }),
    name,
    `mutation Trial($input: ${inputType}!) { ${name}(input: $input) { ${selection} userErrors { code message } } }`,
    { input },
  );
}
