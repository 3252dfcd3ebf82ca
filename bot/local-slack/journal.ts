import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Fields, isFields, parseJson } from './json.ts';

/** An append-only file of JSON lines; a torn last line after a crash is left out. */
export interface Journal {
  append(record: Fields): void;
  close(): void;
}

function writeWhole(path: string, records: Iterable<Fields>): number {
  const temporary = `${path}.new`;
  const file = openSync(temporary, 'w', 0o600);
  let count = 0;
  for (const record of records) {
    writeSync(file, `${JSON.stringify(record)}\n`);
    count++;
  }
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, path);
  return count;
}

/**
 * Reads what is there, then rewrites it to what is still live, so that the file does not grow without end.
 * A written line survives the death of this process; only a power failure may take the last ones.
 */
export function openJournal(
  path: string | undefined,
  replay: (record: Fields) => void,
  live: () => Iterable<Fields>,
): Journal {
  if (path === undefined) return { append: () => undefined, close: () => undefined };
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) {
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const record = line === '' ? undefined : parseJson(line);
      if (isFields(record)) replay(record);
    }
  }
  let kept = writeWhole(path, live());
  let appended = 0;
  let file: number | undefined = openSync(path, 'a', 0o600);
  return {
    append(record) {
      if (file === undefined) return;
      writeSync(file, `${JSON.stringify(record)}\n`);
      if (++appended < 5000 || appended < 4 * kept) return;
      closeSync(file);
      kept = writeWhole(path, live());
      appended = 0;
      file = openSync(path, 'a', 0o600);
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
