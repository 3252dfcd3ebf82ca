import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { newId } from '../../../lib/ids.ts';

const identitySchema = z.object({ pid: z.number().int().positive(), started: z.string() });

/** How a process is started. */
export const processSpecSchema = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  argv: z.array(z.string()).min(1),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
});
export type ProcessSpec = z.infer<typeof processSpecSchema>;

/** What the runner keeps about one process. `change` is written before anything is done and removed when it is done. */
const processFileSchema = processSpecSchema.extend({
  run: z.string().nullable(),
  identity: identitySchema.nullable(),
  generation: z.number().int(),
  startedAt: z.string().nullable(),
  exit: z.string().nullable(),
  lastChangeKey: z.string().nullable(),
  keys: z.array(z.string()),
  change: z.object({ key: z.string(), generation: z.number().int() }).nullable(),
});
export type ProcessFile = z.infer<typeof processFileSchema>;

/** The kept state; null when this process was never defined here. */
export async function readProcessFile(path: string): Promise<ProcessFile | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return processFileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError('UPSTREAM_REJECTED', 'The state file of this process cannot be read.', { cause: error });
  }
}

/** Replaces the state in one move: a reader sees the old or the new one, never half of it. */
export async function writeProcessFile(path: string, state: ProcessFile): Promise<void> {
  const draft = `${path}.${newId()}.tmp`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
}
