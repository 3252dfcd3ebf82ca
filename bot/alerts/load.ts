import { z } from 'zod';
import { loadFolder } from '../../lib/load-folder.ts';
import type { AlertSource } from './source.ts';

const shape = z.object({
  name: z.string().regex(/^[a-z][a-z-]{1,40}$/),
  example: z.string().min(1),
  parse: z.custom<AlertSource['parse']>((value) => typeof value === 'function', 'use defineSource'),
});

/** Loads the sources of this folder, by name. */
export async function loadSources(): Promise<ReadonlyMap<string, AlertSource>> {
  const loaded = await loadFolder({
    folder: new URL('./', import.meta.url),
    exportName: 'source',
    skip: ['source', 'door', 'load', 'repeats'],
    parse: (value): AlertSource => shape.parse(value),
    nameOf: ({ name }) => name,
  });
  return new Map(loaded.map(({ plugin }) => [plugin.name, plugin]));
}
