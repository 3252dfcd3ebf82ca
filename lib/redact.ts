const mark = '[redacted]';

/** Kinds of secrets that can be told from ordinary text, with what is kept of them. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, mark],
  [/\b(?:xox[a-z]|xapp|xwfp)-[A-Za-z0-9-]{8,}/g, mark],
  [/\baak_[A-Za-z0-9]+_[A-Za-z0-9_-]{8,}/g, mark],
  [/\bsk-[A-Za-z0-9_-]{16,}/g, mark],
  [/\b(?:ghp|gho|ghu|ghs|ghr|github_pat|glpat)[_-][A-Za-z0-9_-]{16,}/g, mark],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, mark],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, mark],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${mark}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${mark}@`],
  [/\b((?:AccountKey|SharedAccessKey|sig)=)[A-Za-z0-9%+/=]{16,}/g, `$1${mark}`],
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|client[_-]?secret|private[_-]?key|credential)["']?\s*[:=]\s*)(?:"[^"\n]{3,}"|'[^'\n]{3,}'|[^\s"',;&}\])]{3,})/gi,
    `$1${mark}`,
  ],
];
const secretKey =
  /^(?:.*[_-])?(?:pass(?:word|wd|phrase)?|pwd|secret|token|authorization|cookie|api[_-]?key|access[_-]?key|client[_-]?secret|private[_-]?key|credentials?)$/i;

/** The text without the known kinds of secrets; ordinary identifiers stay readable. Running it twice changes nothing more. */
export function redactText(text: string): string {
  return patterns.reduce((rest, [pattern, kept]) => rest.replace(pattern, kept), text);
}

/** The same for a JSON value: strings are redacted, and whole values under a secret's name. */
export function redactSecrets<T>(value: T): T;
export function redactSecrets(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map((item) => redactSecrets(item));
  if (value !== null && typeof value === 'object' && !(value instanceof Date)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        secretKey.test(key) && (typeof item === 'string' || typeof item === 'number') ? mark : redactSecrets(item),
      ]),
    );
  }
  return value;
}
