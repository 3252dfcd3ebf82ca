import { z } from 'zod';

/** A question as it is stored, in the language of its task. */
export const fieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  reason: z.string(),
  /** JSON Schema of one answer. */
  schema: z.record(z.string(), z.unknown()),
});
export type QuestionField = z.infer<typeof fieldSchema>;

/** What a reply holds: answers that fit, and what was wrong with the others by name. */
export interface ReadAnswers {
  readonly answers: Readonly<Record<string, unknown>>;
  readonly problems: Readonly<Record<string, string>>;
  /** Nothing in the reply could be told apart. */
  readonly unclear: boolean;
}

const yes = /^(?:y|yes|true|ok|네|예|응|맞아요?|그래요?)$/i;
const no = /^(?:n|no|false|아니요?|아뇨|아니오)$/i;

/** Reads words by what the schema wants: numbers, yes or no, one of several, lists. */
function fromWords(text: string, schema: QuestionField['schema']): unknown {
  const words = text.trim();
  const options = Array.isArray(schema.enum) ? schema.enum.map(String) : null;
  if (options !== null) return options.find((one) => one.toLowerCase() === words.toLowerCase()) ?? words;
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const digits = words.replaceAll(',', '').replace(/\s*(?:개|건|명|분|초|회)$/, '');
      return /^[-+]?\d+(\.\d+)?$/.test(digits) ? Number(digits) : words;
    }
    case 'boolean':
      return yes.test(words) ? true : no.test(words) ? false : words;
    case 'array':
      return words
        .split(/[,\n、]/)
        .map((one) => one.trim())
        .filter((one) => one !== '');
    default:
      return words;
  }
}

/** Checks answers by name, as a form or a program sends them; words are read as the schema wants them. */
export function checkAnswers(fields: readonly QuestionField[], given: Readonly<Record<string, unknown>>): ReadAnswers {
  const answers: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined) {
      problems[name] = 'not asked for';
      continue;
    }
    if (value === null || value === undefined || (typeof value === 'string' && value.trim() === '')) continue;
    const read = typeof value === 'string' ? fromWords(value, field.schema) : value;
    const checked = z.fromJSONSchema(field.schema).safeParse(read);
    if (checked.success) answers[name] = checked.data;
    else problems[name] = checked.error.issues[0]?.message ?? 'does not fit';
  }
  return { answers, problems, unclear: false };
}

const numbered = /^\s*(\d{1,2})\s*[.):]\s+?(.+)$/;
const named = /^\s*([^:：=]{1,60}?)\s*[:：=]\s*(.+)$/;

/**
 * Reads a reply in the thread: "2. answer" by the number shown, "name: answer" by name or label, the whole text when one question is
 * left, else a line or a part between commas for each question in order. Anything else is unclear and asked for again.
 */
export function readReply(
  text: string,
  fields: readonly QuestionField[],
  known: Readonly<Record<string, unknown>>,
): ReadAnswers {
  const open = fields.filter((field) => !(field.name in known));
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const marked: Record<string, string> = {};
  let last: string | null = null;
  for (const line of lines) {
    const at = numbered.exec(line);
    const byNumber = at === null ? undefined : fields[Number(at[1]) - 1];
    const called = named.exec(line);
    const word = called?.[1]?.toLowerCase();
    const byName = fields.find((field) => field.name.toLowerCase() === word || field.label.toLowerCase() === word);
    if (byNumber !== undefined && at?.[2] !== undefined) {
      last = byNumber.name;
      marked[last] = at[2];
    } else if (byName !== undefined && called?.[2] !== undefined) {
      last = byName.name;
      marked[last] = called[2];
    } else if (last !== null) marked[last] = `${marked[last]}\n${line}`;
  }
  if (Object.keys(marked).length > 0) return checkAnswers(fields, marked);
  const [only] = open;
  if (open.length === 1 && only !== undefined) return checkAnswers(fields, { [only.name]: text });
  const parts = lines.length === open.length ? lines : lines.length === 1 ? (lines[0] ?? '').split(/\s*[,、]\s*/) : [];
  if (parts.length === open.length && parts.length > 0)
    return checkAnswers(fields, Object.fromEntries(open.map((field, i) => [field.name, parts[i] ?? ''])));
  return { answers: {}, problems: {}, unclear: true };
}

/** Names that have no answer yet. */
export function openNames(fields: readonly QuestionField[], answers: Readonly<Record<string, unknown>>): string[] {
  return fields.filter((field) => !(field.name in answers)).map((field) => field.name);
}
