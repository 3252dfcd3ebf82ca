/** What a person wrote, without Slack's marks: mentions of the bot gone, addresses and names as text, entities decoded. */
export function writtenText(text: string, self: string | null): string {
  return text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (mark, user: string) => (user === self ? ' ' : mark.slice(1, -1)))
    .replace(/<#[A-Z0-9]+\|([^>]*)>/g, '#$1')
    .replace(/<(?:mailto:)?([^|<>!@#][^|<>]*)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/^[\s,:]+/, '')
    .trim();
}
