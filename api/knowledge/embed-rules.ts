import type { Chunk } from './chunk-rules.ts';

/** What of a chunk is turned into a dense vector: the headings say what a short passage is about. */
export function embeddedText(title: string, chunk: Pick<Chunk, 'sectionPath' | 'text'>): string {
  return `${[title, ...chunk.sectionPath].join(' › ')}\n\n${chunk.text}`;
}
