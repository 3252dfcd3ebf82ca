import { parse } from 'yaml';
import { z } from 'zod';
import { Refusal } from './parse/refusal.ts';

const name = z.string().trim().min(1).max(200);
const names = (most: number) => z.union([name.transform((one) => [one]), z.array(name).max(most)]);

/** What a folder, a sender or the file itself may say about a manual. */
const metadataSchema = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Z0-9][A-Z0-9-]{1,39}$/, 'is written in capitals, digits and hyphens, 2 to 40 characters')
    .optional(),
  title: name.optional(),
  locale: z.enum(['en', 'ko']).optional(),
  alerts: names(50).optional(),
  systems: names(200).optional(),
  errors: names(200).optional(),
  team: name.optional(),
  owner: name.optional(),
  visibility: z.enum(['everyone', 'operators', 'team']).optional(),
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
    .optional(),
});
export type ManualMetadata = z.infer<typeof metadataSchema>;
type MetadataKey = keyof ManualMetadata;

const isKey = (key: string): key is MetadataKey => Object.hasOwn(metadataSchema.shape, key);
const keys: readonly string[] = Object.keys(metadataSchema.shape);

/** Metadata a folder may give to everything in it. */
const folderSchema = metadataSchema.pick({ team: true, systems: true, visibility: true, locale: true, owner: true });

/**
 * Whose front matter it is. `own`: the product's manuals folder, where code, title and language are required and nothing else is
 * known. `foreign`: any other file, which may carry names of other programs.
 */
export type FrontMatterMode = 'own' | 'foreign';

const refuse = (words: string): never => {
  throw new Refusal('FRONT_MATTER', { words: words.slice(0, 400) });
};

/** Reads what stands above a manual. Throws a Refusal, in words for its author, when it cannot be used. */
export function readFrontMatter(head: string | null, mode: FrontMatterMode): ManualMetadata {
  if (head === null && mode === 'own') throw new Refusal('FRONT_MATTER_MISSING');
  const fields = fieldsOf(head ?? '', refuse);
  const unknown = Object.keys(fields).filter((key) => !isKey(key));
  if (mode === 'own' && unknown.length > 0) refuse(`${unknown.join(', ')}: not known`);
  for (const key of unknown) {
    const meant = keys.find((one) => isNear(key.toLowerCase(), one));
    if (meant !== undefined) refuse(`${key}: not known; is ${meant} meant?`);
  }
  const given =
    mode === 'own' ? fields : softened(Object.fromEntries(Object.entries(fields).filter(([key]) => isKey(key))));
  const parsed = metadataSchema.safeParse(given);
  if (!parsed.success) return refuse(wordsOf(parsed.error));
  if (mode === 'own')
    for (const key of ['code', 'title', 'locale'] as const)
      if (parsed.data[key] === undefined) refuse(`${key}: is required`);
  return parsed.data;
}

/** Reads `_folder.yaml`. One that cannot be used refuses every file below it: what it says may be who must not see them. */
export function readFolderSettings(text: string, path: string): ManualMetadata {
  const bad = (words: string): never => {
    throw new Refusal('FOLDER_SETTINGS', { path, words: words.slice(0, 400) });
  };
  const parsed = folderSchema.safeParse(fieldsOf(text, bad));
  return parsed.success ? parsed.data : bad(wordsOf(parsed.error));
}

/** Several sayings about one manual as one: the later wins, field by field. */
export function mergeMetadata(...layers: readonly ManualMetadata[]): ManualMetadata {
  return Object.assign(
    {},
    ...layers.map((layer) => Object.fromEntries(Object.entries(layer).filter(([, value]) => value !== undefined))),
  );
}

/** Reads stored metadata. */
export function parseMetadata(stored: unknown): ManualMetadata {
  return metadataSchema.parse(stored);
}

function fieldsOf(text: string, bad: (words: string) => never): Record<string, unknown> {
  let raw: unknown;
  try {
    // The core schema has no dates and no custom tags; aliases are not needed and could grow without end.
    raw = parse(text, { schema: 'core', maxAliasCount: 0, logLevel: 'silent' }) ?? {};
  } catch (error) {
    return bad(error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it is no YAML');
  }
  const fields = z.record(z.string(), z.unknown()).safeParse(raw);
  return fields.success ? fields.data : bad('it is no list of names and values');
}

/** Other programs write numbers as titles and whole language tags. */
function softened(fields: Record<string, unknown>): Record<string, unknown> {
  const { title, locale } = fields;
  return {
    ...fields,
    ...(typeof title === 'number' ? { title: String(title) } : {}),
    ...(typeof locale === 'string' ? { locale: locale.toLowerCase().split(/[-_]/)[0] } : {}),
  };
}

const wordsOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`)
    .join('; ');

/** Whether one letter was left out, added or mistaken. */
function isNear(one: string, other: string): boolean {
  if (one.length < 4 || Math.abs(one.length - other.length) > 1 || one === other) return one === other;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const rest = (text: string, skip: number): string => text.slice(at + skip);
  if (one.length === other.length) {
    const swapped = one[at] === other[at + 1] && one[at + 1] === other[at] && rest(one, 2) === rest(other, 2);
    return swapped || rest(one, 1) === rest(other, 1);
  }
  return one.length > other.length ? rest(one, 1) === rest(other, 0) : rest(one, 0) === rest(other, 1);
}
