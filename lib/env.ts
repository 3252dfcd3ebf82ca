import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

export interface ConfigProblem {
  readonly name: string;
  readonly problem: string;
}

/** All that is wrong with the environment, by name; values are never repeated. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ name, problem }) => `  ${name}: ${problem}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** What is wrong with one value, in words that do not show it. */
function describe(issue: z.core.$ZodIssue, present: boolean): string {
  if (!present && issue.code === 'invalid_type') return 'is required';
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_format') return `is not a valid ${issue.format}`;
  if (issue.code === 'too_small') return `is too small or too short (at least ${issue.minimum})`;
  if (issue.code === 'too_big') return `is too big or too long (at most ${issue.maximum})`;
  if (issue.code === 'invalid_type') return `must be a ${issue.expected}`;
  return issue.message;
}

/**
 * The environment with the values that are kept in files: `NAME_FILE` names the file of one variable, `SECRETS_FOLDER` a folder that
 * holds a file for each, as Kubernetes mounts a secret. The variable itself wins, then its own file. Line ends at the end are dropped.
 */
export function withFiles(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Readonly<Record<string, string | undefined>> {
  const unreadable: ConfigProblem[] = [];
  const read = (file: string, name: string, required: boolean): string | undefined => {
    try {
      return readFileSync(file, 'utf8').replace(/[\r\n]+$/, '');
    } catch (error) {
      const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (required || !absent) unreadable.push({ name, problem: 'stands in a file that cannot be read' });
      return undefined;
    }
  };
  const kept = names.flatMap((name) => {
    if (env[name]) return [];
    const own = env[`${name}_FILE`];
    const folder = env.SECRETS_FOLDER;
    const value = own ? read(own, name, true) : folder ? read(path.join(folder, name), name, false) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  if (unreadable.length > 0) throw new ConfigError(unreadable);
  return { ...env, ...Object.fromEntries(kept) };
}

/** Reads the environment, and files it names, by a schema; an empty variable counts as not set. Throws ConfigError with every problem at once. */
export function readConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodObject<Shape>> {
  const names = Object.keys(schema.shape);
  const filled = withFiles(env, names);
  const given = Object.fromEntries(names.flatMap((name) => (filled[name] ? [[name, filled[name]]] : [])));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => {
      const name = String(issue.path[0] ?? 'configuration');
      return { name, problem: describe(issue, name in given) };
    }),
  );
}

/** What a field was described as, also when a default or another step was put around it afterwards. */
function meaningOf(field: z.core.$ZodType): string {
  const own = z.globalRegistry.get(field)?.description;
  if (own !== undefined) return own;
  const { def } = field._zod;
  if ('innerType' in def && def.innerType instanceof z.core.$ZodType) return meaningOf(def.innerType);
  if ('in' in def && def.in instanceof z.core.$ZodType) return meaningOf(def.in);
  return '';
}

/** The part of `.env.example` that describes a schema: every variable with its meaning and default. */
export function documentConfig(schema: z.ZodObject): string {
  return Object.entries<z.core.$ZodType>(schema.shape)
    .map(([name, field]) => {
      const probe = z.safeParse(field, undefined);
      const fallback = probe.success && probe.data !== undefined ? String(probe.data) : '';
      const comment = `${meaningOf(field)}${probe.success ? '' : ' (required)'}`.trim();
      return `${comment === '' ? '' : `# ${comment}\n`}${probe.success ? '# ' : ''}${name}=${fallback}`;
    })
    .join('\n\n');
}

/** Exit code of a program whose configuration is refused (sysexits EX_CONFIG). */
export const exitConfig = 78;

/** Runs a reader of the environment, or prints every problem to standard error and ends the program with `exitConfig`. */
export function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.problems.map(({ name, problem }) => `  ${name}: ${problem}`).join('\n')}\n`);
    process.exit(exitConfig);
  }
}
