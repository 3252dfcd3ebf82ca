import { readdirSync, readFileSync } from 'node:fs';

/** Memory of several processes in megabytes. */
export interface Memory {
  /** What all of them occupy: a page that several share (PostgreSQL's buffers) counts once. Null where the system does not tell. */
  readonly occupied: number | null;
  /** Sum of what each process has resident; shared pages count for each. */
  readonly summed: number;
  readonly byProcess: Readonly<Record<string, number>>;
}

const read = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** A process, everything it started, and every server whose data lies in that home. */
export function descendantsOf(root: number, home: string): readonly number[] {
  const parents = new Map<number, number>();
  const found = new Set([root]);
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const parent = /^PPid:\s*(\d+)$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
    if (parent !== undefined) parents.set(pid, Number(parent));
    if (read(`/proc/${pid}/cmdline`)?.includes(home)) found.add(pid);
  }
  for (let grown = true; grown; ) {
    grown = false;
    for (const [pid, parent] of parents)
      if (!found.has(pid) && found.has(parent)) {
        found.add(pid);
        grown = true;
      }
  }
  return [...found];
}

/** Adds up what these processes have in memory. */
export function residentMb(pids: readonly number[]): Memory {
  const byProcess = new Map<string, number>();
  let total = 0;
  let proportional: number | null = 0;
  for (const pid of pids) {
    const status = read(`/proc/${pid}/status`);
    if (status === null) continue;
    const resident = Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
    const share = /^Pss:\s*(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
    proportional = share === undefined || proportional === null ? null : proportional + Number(share) / 1024;
    total += resident;
    const name = nameOf(pid);
    byProcess.set(name, (byProcess.get(name) ?? 0) + resident);
  }
  const rounded = (value: number) => Math.round(value);
  return {
    summed: rounded(total),
    occupied: proportional === null ? null : rounded(proportional),
    byProcess: Object.fromEntries([...byProcess].map(([name, mb]) => [name, rounded(mb)])),
  };
}

function nameOf(pid: number): string {
  const words = (read(`/proc/${pid}/cmdline`) ?? '').split('\0');
  const script = words.find((word) => /\/dist\/.+\.js$/.test(word));
  if (script !== undefined) return script.replace(/^.*\/dist\//, '').replace(/\/?main\.js$|\.js$/, '');
  return /postgres/.test(words[0] ?? '') ? 'postgres' : (words[0]?.split('/').at(-1) ?? 'other');
}
