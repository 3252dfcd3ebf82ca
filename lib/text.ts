/** Control and format characters (direction marks, zero-width and other invisible ones) and the two odd line separators. */
const invisible = /[\p{Cc}\p{Cf}\u2028\u2029\ufff9-\ufffb]/gu;

/** One Unicode form, so that Hangul typed on a Mac compares equal. */
export function toNfc(text: string): string {
  return text.normalize('NFC');
}

/** Outside text without anything that cannot be seen or turns the direction of writing. */
export function inert(text: string): string {
  return toNfc(text).replace(invisible, (mark) => (mark === '\n' || mark === '\t' ? mark : ''));
}

/** For values inside Slack's mrkdwn: nothing in them can mention, link or format a channel. */
export function escapeMrkdwn(text: string): string {
  return inert(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** At most `max` code points; a longer text ends with an ellipsis inside that limit. */
export function clip(text: string, max: number): string {
  const points = [...text];
  return points.length <= max ? text : `${points.slice(0, Math.max(0, max - 1)).join('')}…`;
}
