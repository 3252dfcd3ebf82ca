import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import type { Core } from '../context.ts';
import { automation } from '../incidents/by.ts';
import { registerSystem, updateSystem } from './register.ts';
import { systemCreateSchema } from './system.ts';

const fileSchema = z.object({ systems: z.array(systemCreateSchema).max(1_000) });

/**
 * Registers the systems of a JSON file ({ systems: [...] }), and brings those that are registered up to it. A file that cannot be read
 * or holds a wrong entry stops the start by name. `fill` adds what only the running machine knows, such as addresses.
 */
export async function seedSystems(
  core: Core,
  file: string,
  fill: (text: string) => string = (text) => text,
): Promise<number> {
  const by = automation('seed', 'seed:systems');
  const parsed = fileSchema.safeParse(await readJson(file, fill));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new AppError('INVALID_INPUT', `${file} is not a list of systems: ${problems}`);
  }
  for (const system of parsed.data.systems) {
    const answer = await registerSystem(core, by, system);
    if (answer.userErrors.length === 0 || answer.system === null) continue;
    const { id, version } = answer.system;
    const changed = await updateSystem(core, by, { ...system, id, expectedVersion: version });
    // Another process seeds the same file at the same moment: its answer is as good.
    if (changed.userErrors.some((one) => one.code !== 'CONFLICT'))
      throw new AppError('INVALID_INPUT', `${file}: ${system.name}: ${changed.userErrors[0]?.message ?? 'refused'}`);
  }
  return parsed.data.systems.length;
}

async function readJson(file: string, fill: (text: string) => string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('INVALID_INPUT', `${file} cannot be read.`, { cause });
  });
  try {
    return JSON.parse(fill(text));
  } catch (cause) {
    throw new AppError('INVALID_INPUT', `${file} is not JSON.`, { cause });
  }
}
