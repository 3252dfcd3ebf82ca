import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { markdownBelow } from './runbooks.ts';

/** One language's page about a command. */
export interface TldrPage {
  /** What the command does, without links. */
  readonly summary: string;
  /** What each example does. */
  readonly examples: readonly string[];
  readonly commands: readonly string[];
}

export interface TldrPair {
  readonly id: string;
  readonly part: 'learning' | 'tuning' | 'held-out';
  readonly ko: TldrPage;
  readonly en: TldrPage;
}

/** Half of the commands teach the glossary, a quarter is for tuning, a quarter is only reported; by a digest of the name, which both languages share. */
function partOf(id: string): TldrPair['part'] {
  const quarter = (createHash('sha256').update(`tldr:${id}`).digest()[0] ?? 0) % 4;
  return quarter < 2 ? 'learning' : quarter === 2 ? 'tuning' : 'held-out';
}

/** The command pages that exist in both languages. */
export async function loadTldr(data: string): Promise<TldrPair[]> {
  const folder = await mkdtemp(join(tmpdir(), 'agentic-tldr-'));
  try {
    await promisify(execFile)('tar', ['xJf', join(data, 'tldr-ko-en.tar.xz'), '-C', folder]);
    const korean = join(folder, 'pages.ko');
    const pairs: TldrPair[] = [];
    for (const file of await markdownBelow(korean)) {
      const id = relative(korean, file);
      const english = await readFile(join(folder, 'pages', id), 'utf8').catch(() => null);
      if (english === null) continue;
      pairs.push({ id, part: partOf(id), ko: pageOf(await readFile(file, 'utf8')), en: pageOf(english) });
    }
    return pairs;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pageOf(text: string): TldrPage {
  const lines = text.split('\n');
  const starting = (mark: string): string[] =>
    lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length).trim());
  return {
    summary: starting('>')
      .filter((line) => !/https?:/.test(line))
      .join(' '),
    examples: starting('- ').map((line) => line.replace(/:$/, '')),
    commands: starting('`').map((line) => line.replaceAll('`', '').replace(/\{\{([^}]*)\}\}/g, '$1')),
  };
}

/** A page as a manual: with or without what the command is for, always without its name as a title. */
export function tldrMarkdown(page: TldrPage, withSummary: boolean): string {
  const examples = page.examples.map((example, at) => `- ${example}\n\n\`\`\`\n${page.commands[at] ?? ''}\n\`\`\``);
  return [...(withSummary ? [page.summary] : []), ...examples].join('\n\n');
}

const hangul = /\p{Script=Hangul}/u;

/** Whether a summary is a question in Korean: one that only says which command it stands for asks nothing. */
export const isQuestion = ({ ko }: TldrPair): boolean => hangul.test(ko.summary) && !ko.summary.includes('별칭');

/** Spaces beside Hangul left out; between two Latin words one stays, as people write them. */
export const withoutSpaces = (text: string): string => text.replace(/(?<![A-Za-z0-9])\s+|\s+(?![A-Za-z0-9])/g, '');
export const withoutAnySpace = (text: string): string => text.replace(/\s+/g, '');
export const withoutLatin = (text: string): string =>
  text
    .replace(/[A-Za-z][A-Za-z0-9_.-]*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
