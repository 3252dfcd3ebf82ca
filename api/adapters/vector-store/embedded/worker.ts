import { parentPort } from 'node:worker_threads';
import { createEngine, type Engine } from './engine.ts';
import type { FromIndex, ToIndex } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('the index runs in a thread');

/** Indexes by number: the one in use, and drafts that are filled beside it. */
const engines = new Map<number, Engine>();
const sliceMs = 5;
let tidying = false;

/** Puts parts together between messages, a few milliseconds at a time, so that a search never waits for it. */
function tidySoon(): void {
  if (tidying) return;
  tidying = true;
  setImmediate(function slice() {
    const begun = performance.now();
    let busy = true;
    while (busy && performance.now() - begun < sliceMs) busy = [...engines.values()].some((engine) => engine.tidy());
    if (busy) setImmediate(slice);
    else tidying = false;
  });
}

function work(message: ToIndex): FromIndex['value'] {
  if (message.kind === 'open') {
    engines.set(message.index, createEngine(message.denseSize));
    return null;
  }
  if (message.kind === 'drop') {
    engines.delete(message.index);
    return null;
  }
  const engine = engines.get(message.index);
  if (engine === undefined) throw new Error('this index was dropped');
  switch (message.kind) {
    case 'put':
      engine.put(message.packs, message.manuals);
      tidySoon();
      return null;
    case 'remove':
      engine.removeManuals(message.manualIds);
      tidySoon();
      return null;
    case 'search':
      return engine.search(message.query);
    case 'count':
      return engine.count();
    case 'settle':
      while (engine.tidy());
      // Measurements run with the collector at hand: what is garbage is not what an index weighs.
      globalThis.gc?.();
      return null;
    default:
      return message satisfies never;
  }
}

port.on('message', (message: ToIndex) => {
  let answer: FromIndex;
  try {
    answer = { id: message.id, value: work(message) };
  } catch (error) {
    answer = { id: message.id, value: null, error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answer);
});
