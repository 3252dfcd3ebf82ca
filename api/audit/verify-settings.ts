import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readConfig } from '../../lib/env.ts';
import { localDatabaseUrl } from '../../lib/local-database.ts';
import { projectPath } from '../../lib/project-path.ts';
import { Secret } from '../../lib/secret.ts';

const schema = z.object({
  DATABASE_URL: z.string().optional(),
  AUDIT_KEY: z.string().min(32).optional(),
  AUDIT_ANCHOR_FILE: z.string().optional(),
  AGENTIC_HOME: z.string().optional(),
});
const secretsSchema = z.object({ AUDIT_KEY: z.string().min(32) });

/** What the verifier needs. */
export interface VerifySettings {
  readonly databaseUrl: string;
  readonly key: Secret;
  readonly anchorFile: string | null;
}

const readOrNull = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** The environment's values, else those of the product running on this machine; the names of what is missing otherwise. */
export function verifySettings(
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly noAnchor: boolean },
): VerifySettings | { readonly missing: readonly string[] } {
  const given = readConfig(schema, env);
  const home = path.resolve(projectPath(), given.AGENTIC_HOME ?? '.data');
  const databaseUrl = given.DATABASE_URL ?? localDatabaseUrl(home);
  const key = given.AUDIT_KEY ?? localKey(home);
  const local = given.DATABASE_URL === undefined ? path.join(home, 'audit-anchor.log') : null;
  if (databaseUrl === null || key === null) {
    const missing = [databaseUrl === null ? 'DATABASE_URL' : null, key === null ? 'AUDIT_KEY' : null];
    return { missing: missing.filter((name) => name !== null) };
  }
  return {
    databaseUrl,
    key: new Secret(key),
    anchorFile: options.noAnchor ? null : (given.AUDIT_ANCHOR_FILE ?? local),
  };
}

function localKey(home: string): string | null {
  const text = readOrNull(path.join(home, 'secrets.json'));
  if (text === null) return null;
  const parsed = secretsSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data.AUDIT_KEY : null;
}
