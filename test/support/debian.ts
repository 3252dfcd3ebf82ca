import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/** Debian package that brings each program. */
const packages: Readonly<Record<string, string>> = {
  'redis-server': 'redis-server',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  etcd: 'etcd-server',
  chromium: 'chromium',
  nginx: 'nginx-light',
  'docker-compose': 'docker-compose',
  kubectl: 'kubectl',
};

/** Path of an installed program, or null. */
export function findProgram(name: string): string | null {
  const found = spawnSync('sh', ['-c', `command -v "$0"`, name], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : null;
}

/** The line that installs the packages of programs. */
export function installLine(programs: readonly string[]): string {
  const names = new Set(programs.map((name) => packages[name] ?? name));
  return `apt-get install -y --no-install-recommends ${[...names].join(' ')}`;
}

/** Path of a program, for the tests of a `describeWith` that names it. */
export function requireProgram(name: string): string {
  const found = findProgram(name);
  if (found === null) throw new Error(`${name} is not installed. Install: ${installLine([name])}`);
  return found;
}

/** A describe block that needs Debian's programs; where one is missing it is skipped and says how to install it. */
export function describeWith(programs: readonly string[], title: string, body: () => void): void {
  const missing = programs.filter((name) => findProgram(name) === null);
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const line = installLine(missing);
  process.stderr.write(`SKIPPED: ${title}: ${missing.join(', ')} not installed. Install: ${line}\n`);
  describe.skip(`${title} (needs ${missing.join(', ')}; ${line})`, body);
}
