import { chmodSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A new folder for a server's data. Open to be entered by others: as root, PostgreSQL runs under another account and must reach it. */
export function temporaryHome(prefix: string): string {
  const home = mkdtempSync(path.join(os.tmpdir(), prefix));
  chmodSync(home, 0o755);
  return home;
}
