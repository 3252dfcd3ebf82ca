import { parentPort } from 'node:worker_threads';
import { type PreparedManual, type PrepareInput, prepareManual } from './prepare.ts';
import { Refusal, type RefusalCode, type RefusalDetail } from './refusal.ts';

/** What the reading thread answers. */
export type WorkerAnswer =
  | { readonly manual: PreparedManual }
  | { readonly refused: RefusalCode; readonly detail: RefusalDetail }
  | { readonly failed: string };

async function answer(input: PrepareInput): Promise<WorkerAnswer> {
  try {
    return { manual: await prepareManual(input) };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.code, detail: error.detail };
    // A stack that ran over or a string that grew too long: the file did that, not we.
    if (error instanceof RangeError) return { refused: 'TOO_COMPLEX', detail: {} };
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', (input: PrepareInput) => {
  void answer(input).then((result) => parentPort?.postMessage(result));
});
