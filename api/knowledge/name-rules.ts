/** Last part of a runbook's address: what it is called, without ending and fragment. */
export function nameInUrl(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const last = new URL(url).pathname.split('/').findLast((part) => part !== '') ?? '';
  const name = last.replace(/\.(md|html?)$/i, '');
  return name === '' ? null : name;
}

const address = /https?:\/\/[^\s<>"')\]]+/g;
/** KubePodCrashLooping, etcdNoLeader: words grown together. */
const grown = /(?<![\w-])[A-Za-z]*[a-z\d][A-Z][A-Za-z\d]*[a-z\d][A-Za-z\d]*(?![\w-])/g;
/** OPS-07, ORA-01555, PAY_4012, E11000: capitals with a number or a joint. */
const coded = /(?<![\w-])[A-Z][A-Z\d]*(?:[-_][A-Z\d]+)+(?![\w-])|(?<![\w-])[A-Z]{1,6}\d{2,}(?![\w-])/g;
const mostNames = 12;

/** Names in a question that may be looked up as they stand: alerts, codes of manuals, error codes, last parts of addresses. In their order. */
export function namesIn(words: string): string[] {
  const text = words.normalize('NFKC').slice(0, 4_000);
  const found: { at: number; name: string }[] = [];
  for (const match of text.matchAll(address)) {
    const name = nameInUrl(match[0]);
    if (name !== null) found.push({ at: match.index, name });
  }
  const rest = text.replace(address, (url) => ' '.repeat(url.length));
  for (const pattern of [grown, coded])
    for (const match of rest.matchAll(pattern)) found.push({ at: match.index, name: match[0] });
  // A manual's code may be typed in small letters.
  for (const match of rest.matchAll(/(?<![\w-])[a-z][a-z\d]*(?:-[a-z\d]+)*-\d+(?:-[a-z]{2})?(?![\w-])/g))
    found.push({ at: match.index, name: match[0].toUpperCase() });
  return [...new Set(found.sort((one, other) => one.at - other.at).map(({ name }) => name))].slice(0, mostNames);
}
