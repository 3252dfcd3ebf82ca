/** How long the rest takes if it goes on as before; null until there is something to judge by. */
export function timeLeftMs(elapsedMs: number, done: number, total: number): number | null {
  if (done <= 0 || total <= 0 || elapsedMs < 0) return null;
  return done >= total ? 0 : Math.round((elapsedMs / done) * (total - done));
}

/** A span for people: seconds up to two minutes, then minutes. */
export function spanText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
