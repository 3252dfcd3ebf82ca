import { open, stat, truncate, writeFile } from 'node:fs/promises';

const limitBytes = 2_000_000;
const tailBytes = 64_000;

async function tail(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

/** The last lines a process wrote, newest first. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  const lines = (await tail(path)).split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(-count)
    .reverse()
    .map((line) => line.slice(0, 300));
}

/** Keeps the output file bounded: its end moves to `<path>.1`, and the process goes on writing at the new start (it appends). */
export async function boundOutput(path: string): Promise<void> {
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size <= limitBytes) return;
  await writeFile(`${path}.1`, await tail(path), { mode: 0o600 });
  await truncate(path, 0);
}
