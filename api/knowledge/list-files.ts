import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { projectPath } from '../../lib/project-path.ts';
import { toNfc } from '../../lib/text.ts';
import { type FrontMatterMode, type ManualMetadata, mergeMetadata, readFolderSettings } from './front-matter.ts';
import { formatOfName, unreadDocument } from './parse/detect-rules.ts';
import { Refusal } from './parse/refusal.ts';

/** A file on this machine that may be a manual. */
export interface FoundFile {
  readonly absolute: string;
  /** As people are shown it: below the folder that was named. */
  readonly shown: string;
  /** The same file has the same key every time. */
  readonly sourceKey: string;
  readonly mode: FrontMatterMode;
  /** What its folders say about it, or why what they say cannot be used. */
  readonly below: ManualMetadata | Refusal;
}

/** What was found below the paths somebody named. */
export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** Keys of everything in a folder begin with one of these. */
  readonly folders: readonly string[];
  /** Documents of kinds that are not read. */
  readonly unread: readonly { readonly shown: string; readonly kind: string }[];
}

const settingsName = '_folder.yaml';
const ownFolder = projectPath('manuals');

/** Stable name of a place: below the project as it stands there, elsewhere by its whole path. */
export function labelOf(absolute: string): string {
  const inside = path.relative(projectPath(), absolute);
  const isInside = inside !== '' && !inside.startsWith('..') && !path.isAbsolute(inside);
  return toNfc((isInside ? inside : absolute).split(path.sep).join('/'));
}

/**
 * Lists the files below these paths, in one order whatever the disk says. Hidden files and links are left out; a file named by itself
 * is always listed. Throws when a path does not exist.
 */
export async function listFiles(paths: readonly string[], mode?: FrontMatterMode): Promise<FoundFiles> {
  const files = new Map<string, FoundFile>();
  const folders: string[] = [];
  const unread: { shown: string; kind: string }[] = [];
  const settingsOf = folderSettings();
  const add = async (absolute: string, shown: string): Promise<void> => {
    const sourceKey = `folder:${labelOf(absolute)}`;
    const isOwn = absolute.startsWith(`${ownFolder}${path.sep}`);
    const below = await settingsOf(path.dirname(absolute));
    files.set(sourceKey, {
      absolute,
      shown: toNfc(shown),
      sourceKey,
      mode: mode ?? (isOwn ? 'own' : 'foreign'),
      below,
    });
  };
  for (const given of paths) {
    const root = await realpath(given);
    if (!(await stat(root)).isDirectory()) {
      await add(root, path.basename(root));
      continue;
    }
    folders.push(`folder:${labelOf(root)}/`);
    for (const absolute of await walk(root)) {
      const shown = path.relative(root, absolute).split(path.sep).join('/');
      const kind = unreadDocument(absolute);
      if (formatOfName(absolute) !== null) await add(absolute, shown);
      else if (kind !== null) unread.push({ shown, kind });
    }
  }
  const sorted = [...files.values()].sort((one, other) => (one.sourceKey < other.sourceKey ? -1 : 1));
  return { files: sorted, folders, unread };
}

async function walk(folder: string): Promise<string[]> {
  const found: string[] = [];
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const absolute = path.join(next, entry.name);
      if (entry.isDirectory()) waiting.push(absolute);
      else if (entry.isFile()) found.push(absolute);
    }
  }
  return found.sort();
}

/** What `_folder.yaml` says in a folder and in those above it; the nearest wins. Each is read once. */
function folderSettings(): (folder: string) => Promise<ManualMetadata | Refusal> {
  const known = new Map<string, Promise<ManualMetadata | Refusal>>();
  const read = async (folder: string): Promise<ManualMetadata | Refusal> => {
    const parent = path.dirname(folder);
    const above = parent === folder ? {} : await settings(parent);
    if (above instanceof Refusal) return above;
    try {
      const text = await readFile(path.join(folder, settingsName), 'utf8');
      return mergeMetadata(above, readFolderSettings(text, settingsName));
    } catch (error) {
      if (error instanceof Refusal) return error;
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOENT' || code === 'ENOTDIR') return above;
      return new Refusal('FOLDER_SETTINGS', { path: settingsName, words: String(code ?? 'it cannot be read') });
    }
  };
  const settings = (folder: string): Promise<ManualMetadata | Refusal> => {
    const found = known.get(folder) ?? read(folder);
    known.set(folder, found);
    return found;
  };
  return settings;
}
