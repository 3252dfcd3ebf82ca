import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { writeProcessFile } from '../../api/adapters/cluster/process-file.ts';
import { identify } from '../../api/adapters/cluster/process-identity.ts';
import { withProcessLock } from '../../api/adapters/cluster/process-lock.ts';

/** Real local processes the product may restart. Each start appends a line to a file, and that is what is counted. */
export interface Targets {
  /** Defines a process that does not run yet; its health address says well until it is broken. */
  define(name: string): Promise<void>;
  healthUrl(name: string): string;
  /** From now on it is healthy only while its process lives. */
  break(name: string): void;
  starts(name: string): number;
  /** Holds the runner's lock of these processes: who wants to restart one waits. Answers how to let go. */
  hold(names: readonly string[]): Promise<() => Promise<void>>;
  /** Ends the processes. */
  end(names: readonly string[]): void;
  stop(): Promise<void>;
}

const script = `#!/bin/sh
echo $$ >> "$1.starts"
exec sleep 86400
`;

/** Keeps the processes in the home of the product's process runner. */
export async function startTargets(processesHome: string): Promise<Targets> {
  const folder = path.join(processesHome, 'targets');
  const state = path.join(processesHome, 'processes');
  mkdirSync(folder, { recursive: true });
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const program = path.join(folder, 'target.sh');
  writeFileSync(program, script, { mode: 0o755 });
  const broken = new Set<string>();
  const pidsOf = (name: string): number[] => {
    try {
      return readFileSync(path.join(folder, `${name}.starts`), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(Number);
    } catch {
      return [];
    }
  };
  const isWell = async (name: string): Promise<boolean> => {
    if (!broken.has(name)) return true;
    const pid = pidsOf(name).at(-1);
    return pid !== undefined && (await identify(pid)) !== null;
  };
  const server = http.createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    void isWell(name).then((well) => {
      response.writeHead(well ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: well ? 'ok' : 'down' }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    define: (name) =>
      writeProcessFile(path.join(state, `${name}.json`), {
        name,
        argv: ['/bin/sh', program, path.join(folder, name)],
        cwd: folder,
        env: {},
        run: 'trials',
        identity: null,
        generation: 0,
        startedAt: null,
        exit: 'exit code 1',
        lastChangeKey: null,
        keys: [],
        change: null,
      }),
    healthUrl: (name) => `http://127.0.0.1:${port}/${name}`,
    break: (name) => void broken.add(name),
    starts: (name) => pidsOf(name).length,
    async hold(names) {
      let letGo: () => void = () => undefined;
      const free = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const held: Promise<void>[] = [];
      const locks = names.map(
        (name) =>
          new Promise<void>((resolve, reject) => {
            const lock = path.join(state, `${name}.lock`);
            held.push(
              withProcessLock(lock, AbortSignal.timeout(20_000), async () => {
                resolve();
                await free;
              }).catch(reject),
            );
          }),
      );
      await Promise.all(locks);
      return async () => {
        letGo();
        await Promise.all(held);
      };
    },
    end(names) {
      for (const pid of names.flatMap(pidsOf)) {
        try {
          // Its number may belong to somebody else by now.
          if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep\0')) process.kill(pid, 'SIGKILL');
        } catch {
          // It has ended already.
        }
      }
    },
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
