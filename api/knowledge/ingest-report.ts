import type { IngestResult } from './ingest.ts';
import { spanText, timeLeftMs } from './progress-rules.ts';
import { refusalText } from './refusal-texts.ts';
import type { OnFile } from './work-ingest.ts';

const everyMs = 2_000;

/** Shows how far an ingest is: on a terminal in one line that changes, elsewhere in a line every two seconds. */
export function createProgress(options: { readonly write: (text: string) => void; readonly isTerminal: boolean }): {
  readonly start: (work: { readonly files: number; readonly bytes: number }) => void;
  readonly file: OnFile;
  readonly end: () => void;
} {
  const { write, isTerminal } = options;
  let total = 0;
  let done = 0;
  let refused = 0;
  let begun = 0;
  let shownAt = 0;
  let shown = 0;
  const clear = (): void => {
    if (isTerminal && shown > 0) write(`\r${' '.repeat(shown)}\r`);
    shown = 0;
  };
  return {
    start({ files }) {
      total = files;
      begun = performance.now();
      shownAt = begun;
      if (!isTerminal && files > 0) write(`${files} files to read\n`);
    },
    file({ status }) {
      done++;
      if (status === 'REFUSED') refused++;
      const now = performance.now();
      if (!isTerminal && now - shownAt < everyMs) return;
      shownAt = now;
      const left = timeLeftMs(now - begun, done, total);
      const parts = [
        `${done} of ${total} files`,
        `${Math.floor((100 * done) / Math.max(1, total))} %`,
        ...(refused > 0 ? [`${refused} refused`] : []),
        ...(left === null || done >= total ? [] : [`about ${spanText(left)} left`]),
      ];
      clear();
      const line = parts.join(' · ');
      write(isTerminal ? line : `${line}\n`);
      shown = line.length;
    },
    end: clear,
  };
}

/** What an ingest did, for people. */
export function summaryOf(result: IngestResult, run: { readonly stopped: boolean; readonly ms: number }): string {
  const { added, changed, unchanged, removed, refused, leftOut, keptMissing, unread, number } = result;
  const counts = `${added} added, ${changed} changed, ${unchanged} unchanged, ${removed} removed, ${refused.length} refused`;
  const lines = [
    `${run.stopped ? 'Stopped' : 'Done'}${number === null ? '' : ` (ingest ${number})`}: ${counts}, in ${(run.ms / 1_000).toFixed(1)} s.`,
    ...(run.stopped ? ['Run the same command again to go on.'] : []),
    ...(refused.length > 0 ? ['Refused:'] : []),
    ...refused.map(({ file, reason, detail }) => `  ${file}: ${refusalText('EN', reason, detail)}`),
    ...(unread.length > 0
      ? ['Not read, since these kinds are not:', ...unread.slice(0, 20).map((one) => `  ${one.shown}: ${one.kind}`)]
      : []),
    ...(unread.length > 20 ? [`  and ${unread.length - 20} more`] : []),
    ...(leftOut.length > 0
      ? [
          `Left out, since somebody took them out and they have not changed: ${leftOut.join(', ')}. --restore takes them in again.`,
        ]
      : []),
    ...(keptMissing > 0
      ? [
          `${keptMissing} manuals have lost their files, most of what came from here, so they were kept. --prune removes them.`,
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
