/** How long an answer asks to wait, by `retry-after-ms` or `retry-after` (seconds or a date); null when it says nothing usable. */
export function retryAfterMs(headers: Headers | undefined, nowMs: number): number | null {
  const exact = headers?.get('retry-after-ms');
  if (exact !== null && exact !== undefined && /^\d{1,9}$/.test(exact)) return Number(exact);
  const words = headers?.get('retry-after');
  if (words === null || words === undefined) return null;
  if (/^\d{1,7}(\.\d+)?$/.test(words)) return Math.round(Number(words) * 1_000);
  const at = Date.parse(words);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
