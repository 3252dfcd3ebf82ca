/** The letters of a word: Hangul syllables are taken apart into jamo. */
export function jamo(word: string): readonly string[] {
  return [...word.normalize('NFD')];
}

/** Edit distance of two lists of letters; stops counting beyond `most`. */
export function distance(one: readonly string[], two: readonly string[], most: number): number {
  let previous = two.map((_, index) => index + 1);
  for (const [row, letter] of one.entries()) {
    let left = row + 1;
    let diagonal = row;
    let best = left;
    const current: number[] = [];
    for (const [column, other] of two.entries()) {
      const above = previous[column] ?? 0;
      const value = Math.min(above + 1, left + 1, diagonal + (letter === other ? 0 : 1));
      current.push(value);
      diagonal = above;
      left = value;
      best = Math.min(best, value);
    }
    if (best > most) return most + 1;
    previous = current;
  }
  return previous.at(-1) ?? one.length;
}
