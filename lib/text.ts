/** Control and format characters (direction marks, zero-width and other invisible ones), the two odd line separators, Hangul fillers and halves of characters. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;

/** One Unicode form, so that Hangul typed on a Mac compares equal. */
export function toNfc(text: string): string {
  return text.normalize('NFC');
}

/** Outside text without anything that cannot be seen or turns the direction of writing. */
export function inert(text: string): string {
  return toNfc(text).replace(invisible, (mark) => (mark === '\n' || mark === '\t' ? mark : ''));
}

/** For values inside Slack's mrkdwn: nothing in them can mention anybody, name a channel or hide a link. */
export function escapeMrkdwn(text: string): string {
  return inert(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** At most `max` code points; a longer text ends with an ellipsis inside that limit. */
export function clip(text: string, max: number): string {
  const points = [...text];
  if (points.length <= max) return text;
  return max < 1 ? '' : `${points.slice(0, max - 1).join('')}…`;
}
