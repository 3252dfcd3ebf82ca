/** Inputs a person wrote as name=value: numbers and yes or no are read as such, and a name given twice is a list. */
export function readParams(words: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const word of words) {
    const match = /^([A-Za-z][A-Za-z0-9_]{0,59})=(.+)$/u.exec(word);
    const [, name, text] = match ?? [];
    if (name === undefined || text === undefined) continue;
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : text === 'true' ? true : text === 'false' ? false : text;
    const before = found[name];
    found[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return found;
}
