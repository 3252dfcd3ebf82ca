import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface LoadFolderOptions<T> {
  /** Folder of the plug-ins, as a URL of the loading module: new URL('./commands/', import.meta.url). */
  readonly folder: URL;
  /** Name every file exports. */
  readonly exportName: string;
  /** `files`: every module is a plug-in. `folders`: every folder with an index is one. */
  readonly layout?: 'files' | 'folders';
  /** Names (without ending) that are no plug-ins. */
  readonly skip?: readonly string[];
  /** Throws, naming what is wrong, when the export has the wrong shape; answers it typed. */
  readonly parse: (value: unknown) => T;
  /** The plug-in's own name, which must be the file's (dashes and underscores count as the same). */
  readonly nameOf: (plugin: T) => string;
}

/** Loads every plug-in of a folder. The first one with a wrong shape, a foreign or a taken name stops the start and is named. */
export async function loadFolder<T>(
  options: LoadFolderOptions<T>,
): Promise<readonly { readonly file: string; readonly plugin: T }[]> {
  const folder = fileURLToPath(options.folder);
  const taken = new Map<string, string>();
  const loaded: { file: string; plugin: T }[] = [];
  for (const file of pluginFiles(folder, options.layout ?? 'files', options.skip ?? [])) {
    const name =
      options.layout === 'folders' ? path.basename(path.dirname(file)) : path.basename(file).replace(/\.[jt]s$/, '');
    if (options.skip?.includes(name)) continue;
    const shown = path.relative(path.dirname(folder), file);
    const module: Record<string, unknown> = await import(pathToFileURL(file).href);
    if (!(options.exportName in module)) throw new Error(`${shown}: it must export \`${options.exportName}\``);
    let plugin: T;
    try {
      plugin = options.parse(module[options.exportName]);
    } catch (error) {
      throw new Error(
        `${shown}: \`${options.exportName}\` has the wrong shape: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
    const own = options.nameOf(plugin);
    if (own.replaceAll('_', '-') !== name)
      throw new Error(`${shown}: it calls itself ${own}, its file is named ${name}`);
    const other = taken.get(own);
    if (other !== undefined) throw new Error(`${shown}: the name ${own} is taken by ${other}`);
    taken.set(own, shown);
    loaded.push({ file, plugin });
  }
  return loaded;
}

function pluginFiles(folder: string, layout: 'files' | 'folders', skip: readonly string[]): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  if (layout === 'files') {
    return entries
      .filter(
        (entry) =>
          entry.isFile() &&
          /\.[jt]s$/.test(entry.name) &&
          !/\.(?:test|d)\.[jt]s$|^contract\.|\.d\.ts$/.test(entry.name),
      )
      .map((entry) => path.join(folder, entry.name));
  }
  return entries
    .filter((entry) => entry.isDirectory() && !skip.includes(entry.name))
    .flatMap((entry) => {
      const own = path.join(folder, entry.name);
      const index = ['index.ts', 'index.js'].map((file) => path.join(own, file)).find((file) => existsSync(file));
      // A folder without any file is left over from another version: version control keeps no empty ones.
      if (index === undefined && readdirSync(own, { recursive: true, withFileTypes: true }).some((one) => one.isFile()))
        throw new Error(`${path.join(path.basename(folder), entry.name)}: it has no index`);
      return index === undefined ? [] : [index];
    });
}
