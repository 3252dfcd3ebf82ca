import { z } from 'zod';
import { loadFolder } from '../lib/load-folder.ts';
import type { Inbound, InboundOf } from './inbound.ts';
import type { Session } from './session.ts';

export type EventKind = 'reply' | 'mention' | 'file-shared' | 'home' | 'reaction';

/** What an event of Slack leads to. The file is named after it. */
export interface EventFile {
  readonly name: EventKind;
  /** A stranger is told to link the account; where that would be noise, nothing is said. */
  readonly tellStrangers: boolean;
  readonly run: (inbound: Inbound, session: Session) => Promise<void>;
}

const shape = z.object({
  name: z.enum(['reply', 'mention', 'file-shared', 'home', 'reaction']),
  tellStrangers: z.boolean(),
  run: z.custom<EventFile['run']>((value) => typeof value === 'function', 'run must be a function'),
});

/** Makes an event file whose handler gets only its own kind. */
export function defineEvent<Kind extends EventKind>(event: {
  readonly name: Kind;
  readonly tellStrangers: boolean;
  readonly run: (inbound: InboundOf<Kind>, session: Session) => Promise<void>;
}): EventFile {
  const isOwn = (inbound: Inbound): inbound is InboundOf<Kind> => inbound.kind === event.name;
  return {
    name: event.name,
    tellStrangers: event.tellStrangers,
    run: async (inbound, session) => {
      if (isOwn(inbound)) await event.run(inbound, session);
    },
  };
}

/** Loads events/. */
export async function loadEvents(): Promise<ReadonlyMap<string, EventFile>> {
  const loaded = await loadFolder({
    folder: new URL('./events/', import.meta.url),
    exportName: 'event',
    parse: (value): EventFile => shape.parse(value),
    nameOf: ({ name }) => name,
  });
  return new Map(loaded.map(({ plugin }) => [plugin.name, plugin]));
}
