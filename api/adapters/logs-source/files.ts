import { open, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../lib/errors.ts';
import { redactText } from '../../../lib/redact.ts';
import type { LogLine, LogReading } from '../../ports/logs-source.ts';
import type { LogSource } from '../../ports/source-registry.ts';
import { timeOf } from './line-time.ts';

const mostFiles = 50;
const mostBytes = 32 * 1_048_576;
const longestLine = 2_000;

/** Reads log files below one folder; what a link or a pattern leads outside is refused. */
export async function readFiles(
  folder: string,
  source: Extract<LogSource, { kind: 'files' }>,
  range: { readonly from: Date; readonly to: Date; readonly limit: number; readonly contains?: string },
  signal: AbortSignal,
): Promise<LogReading> {
  const root = await realpath(folder).catch(() => {
    throw new AppError('NOT_CONFIGURED', 'The log folder is not there.');
  });
  const files = await matching(root, source.pattern);
  const lines: LogLine[] = [];
  let cut = files.length >= mostFiles;
  const from = range.from.getTime();
  const to = range.to.getTime();
  for (const file of files) {
    signal.throwIfAborted();
    // A file last written before the range has nothing in it.
    if ((await stat(file)).mtimeMs < from) continue;
    const tail = await readTail(file);
    cut ||= tail.cut;
    let at: number | null = null;
    for (const raw of tail.text.split(/\r?\n/)) {
      if (raw === '') continue;
      at = timeOf(raw, source.timeZone, to) ?? at;
      if (at !== null && (at < from || at >= to)) continue;
      if (range.contains !== undefined && !raw.includes(range.contains)) continue;
      lines.push({ at, text: redactText(raw.slice(0, longestLine)) });
    }
  }
  lines.sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
  return { lines: lines.slice(-range.limit), cut: cut || lines.length > range.limit, from: source.pattern };
}

/** Files of a pattern whose last part may hold stars; newest first. */
async function matching(root: string, pattern: string): Promise<string[]> {
  const parts = pattern.split('/');
  if (parts.includes('..') || path.isAbsolute(pattern))
    throw new AppError('UPSTREAM_REJECTED', 'The path of the logs leads outside the log folder.');
  const name = parts.pop() ?? '';
  const folder = path.join(root, ...parts);
  const real = await realpath(folder).catch(() => null);
  if (real === null) return [];
  if (real !== root && !real.startsWith(`${root}${path.sep}`))
    throw new AppError('UPSTREAM_REJECTED', 'The path of the logs leads outside the log folder.');
  const shape = new RegExp(
    `^${name
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  const found: { file: string; at: number }[] = [];
  for (const entry of await readdir(real)) {
    if (!shape.test(entry)) continue;
    const file = await realpath(path.join(real, entry)).catch(() => null);
    if (file === null || !file.startsWith(`${root}${path.sep}`)) continue;
    const facts = await stat(file);
    if (facts.isFile()) found.push({ file, at: facts.mtimeMs });
  }
  return found
    .sort((one, other) => other.at - one.at)
    .slice(0, mostFiles)
    .map((one) => one.file);
}

async function readTail(file: string): Promise<{ readonly text: string; readonly cut: boolean }> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - mostBytes);
    const buffer = Buffer.alloc(size - start);
    await handle.read(buffer, 0, buffer.length, start);
    const text = buffer.toString('utf8');
    return { text: start === 0 ? text : text.slice(text.indexOf('\n') + 1), cut: start > 0 };
  } finally {
    await handle.close();
  }
}
