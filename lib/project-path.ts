import { existsSync } from 'node:fs';
import path from 'node:path';

/** Root of the installed product: the nearest folder upwards that holds package.json, whether this runs from sources or from dist/. */
function findRoot(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return folder;
    if (path.dirname(folder) === folder) throw new Error(`no package.json above ${from}`);
  }
}

const root = findRoot(import.meta.dirname);

/** Absolute path of a file of the project. */
export function projectPath(...parts: readonly string[]): string {
  return path.join(root, ...parts);
}
