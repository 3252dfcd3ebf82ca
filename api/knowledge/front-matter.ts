import { parse } from 'yaml';
import { z } from 'zod';

const name = z.string().trim().min(1).max(200);

/** What stands above a manual. */
const frontMatterSchema = z.strictObject({
  code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{1,39}$/),
  title: name,
  locale: z.enum(['en', 'ko']),
  alerts: z.array(name).max(50).default([]),
  systems: z.array(name).max(200).default([]),
  revised: z.iso.date().optional(),
  automation: z
    .array(
      z.strictObject({
        action: z.string().regex(/^[a-z]+(\.[a-z]+)+$/),
        when: z.string().max(200).optional(),
        policy: z.string().max(60).optional(),
      }),
    )
    .max(10)
    .default([]),
});

/** A manual's own words about itself, and its text. */
export interface ParsedManual extends z.infer<typeof frontMatterSchema> {
  readonly body: string;
  /** Number of the body's first line in the file. */
  readonly bodyLine: number;
}

/** Reads a manual. Throws, in words for its author, when what stands above it cannot be used. */
export function parseManual(text: string): ParsedManual {
  const match = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/.exec(text);
  if (match?.[1] === undefined) throw new Error('it does not begin with front matter between two lines of ---');
  // The core schema has no dates and no custom tags; aliases are not needed and could grow without end.
  const raw: unknown = parse(match[1], { schema: 'core', maxAliasCount: 0 });
  const parsed = frontMatterSchema.safeParse(raw);
  if (!parsed.success) throw new Error(`its front matter is wrong: ${z.prettifyError(parsed.error)}`);
  const head = match[0];
  return { ...parsed.data, body: text.slice(head.length), bodyLine: head.split('\n').length };
}
