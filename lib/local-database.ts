import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectPath } from './project-path.ts';

/**
 * Address of the embedded server while the product runs on this machine: its port stands in the server's own pid file. Null when it
 * does not run.
 */
export function localDatabaseUrl(home: string | undefined): string | null {
  const folder = path.resolve(projectPath(), home || '.data');
  const password = readOrNull(path.join(folder, 'pg-password'))?.trim();
  const port = Number(readOrNull(path.join(folder, 'pgdata', 'postmaster.pid'))?.split('\n')[3]);
  if (!password || !Number.isInteger(port) || port < 1) return null;
  return `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/agentic_ai`;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
