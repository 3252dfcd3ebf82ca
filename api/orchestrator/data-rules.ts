import { fitReply, type ReplyJson } from '../evidence/size-rules.ts';

const toReply = (value: unknown): ReplyJson => JSON.parse(JSON.stringify(value ?? null));

/** JSON in which no mark can be forged: angle brackets are written as their escapes. */
function sealed(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}

/** A stored observation as the model reads it: between marks it cannot contain, cut to size, with a note of what was cut. */
export function asData(value: unknown, largestBytes: number): string {
  const { data, cut } = fitReply(toReply(value), largestBytes);
  const note = cut === null ? '' : `\nNote: this was cut. ${cut}.`;
  return `<<<DATA\n${sealed(data)}\nDATA>>>${note}`;
}
