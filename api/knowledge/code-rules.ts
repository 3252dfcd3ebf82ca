const longest = 40;
const suffixChars = 8;

/** A code made from a file's path: its words in capitals. `digest` tells apart what the words cannot, for example a Korean name. */
export function derivedCode(path: string, digest: string): string {
  const stem = path.normalize('NFKD').replace(/\.[a-z0-9]{1,8}$/i, '');
  const words = stem.replace(/\p{M}/gu, '');
  const plain = words
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const lost = /[^\p{ASCII}]/u.test(words) || plain.length > longest || plain.length < 2;
  return lost ? distinctCode(plain, digest) : plain;
}

/** The same code with a mark of its own, for a file whose code another one has already. */
export function distinctCode(code: string, digest: string): string {
  const base = code.slice(0, longest - suffixChars - 1).replace(/-+$/, '');
  const mark = digest.slice(0, suffixChars).toUpperCase();
  return base.length < 2 ? `DOC-${mark}` : `${base}-${mark}`;
}
