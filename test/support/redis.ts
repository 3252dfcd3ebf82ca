import { freePort } from './free-port.ts';
import { type StartedProcess, startProcess } from './process.ts';

/** A Redis of one test file, as Debian ships it: it keeps nothing. */
export interface OwnRedis {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts redis-server on a free port; the caller has checked that it is installed. */
export async function startRedis(): Promise<OwnRedis> {
  const port = await freePort();
  let running: StartedProcess | undefined;
  const start = async (): Promise<void> => {
    running = startProcess('redis-server', [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ]);
    await running.line(/Ready to accept connections/);
  };
  const kill = async (): Promise<void> => {
    running?.kill('SIGKILL');
    await running?.exited;
  };
  await start();
  return { url: `redis://127.0.0.1:${port}`, start, kill, stop: kill };
}
