import { z } from 'zod';
import { loadFolder } from '../lib/load-folder.ts';
import type { NounWords } from './grammar.ts';
import type { Command, CommandSet } from './session.ts';
import type { Locale } from './texts.ts';

const both = z.object({ en: z.string().min(1), ko: z.string().min(1) });
const args = z.enum(['none', 'id', 'optional-id', 'id-text', 'text', 'optional-text']);
const commandShape = z.object({
  name: z.string().regex(/^[a-z][a-z-]{1,30}$/),
  words: z.array(z.string().min(1)),
  label: both,
  summary: both,
  usage: z.object({ en: z.array(z.string()).min(1), ko: z.array(z.string()).min(1) }),
  verbs: z.array(
    z.object({ name: z.string().min(1), words: z.array(z.string()), changes: z.boolean().optional(), args }),
  ),
  bare: z.object({ verb: z.string().nullable(), changes: z.boolean().optional(), args }),
  ids: z.array(z.string()).optional(),
  run: z.custom<Command['run']>((value) => typeof value === 'function', 'run must be a function'),
});

/** Checks the shape of a command file at compile time. */
export function defineCommand(command: Command): Command {
  return command;
}

/** Loads commands/; a file with a wrong shape or taken name stops the start. */
export async function loadCommands(): Promise<CommandSet> {
  const loaded = await loadFolder({
    folder: new URL('./commands/', import.meta.url),
    exportName: 'command',
    parse: (value): Command => {
      const { verbs, bare, ids, ...rest } = commandShape.parse(value);
      return {
        ...rest,
        verbs: verbs.map(({ changes, ...verb }) => ({ ...verb, ...(changes === undefined ? {} : { changes }) })),
        bare: { verb: bare.verb, args: bare.args, ...(bare.changes === undefined ? {} : { changes: bare.changes }) },
        ...(ids === undefined ? {} : { ids }),
      };
    },
    nameOf: ({ name }) => name,
  });
  return commandSet(loaded.map(({ plugin }) => plugin));
}

/** A set of commands with the words the grammar reads. */
export function commandSet(all: readonly Command[]): CommandSet {
  const taken = new Map<string, string>();
  for (const { name, words } of all)
    for (const word of [name, ...words]) {
      const other = taken.get(word);
      if (other !== undefined) throw new Error(`commands: the word ${word} is in ${other} and in ${name}`);
      taken.set(word, name);
    }
  return {
    all,
    nouns: all.map(
      (command): NounWords => ({
        name: command.name,
        words: [command.name, ...command.words],
        verbs: command.verbs.map((verb) => ({
          name: verb.name,
          words: [verb.name, ...verb.words],
          changes: verb.changes ?? false,
          args: verb.args,
        })),
        bare: { verb: command.bare.verb, changes: command.bare.changes ?? false, args: command.bare.args },
        ids: command.ids ?? [],
      }),
    ),
    get: (name) => all.find((command) => command.name === name),
  };
}

/** A line that works, in the reader's language. */
export function exampleOf(command: Command, locale: Locale, index = 0): string {
  const lines = locale === 'KO' ? command.usage.ko : command.usage.en;
  return `/agent ${lines[index] ?? lines[0] ?? command.name}`;
}
