const mark = '[redacted]';

const named =
  'pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|secret|signing|encryption|account|private)[_-]?key|credentials?';

/**
 * Kinds of secrets that can be told from ordinary text, with what is kept of them. Lengths are bounded so that no text,
 * however made, takes long.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, mark],
  [/\b(?:xox[a-z]|xapp|xwfp)-[A-Za-z0-9-]{8,}/g, mark],
  [/\baak_[A-Za-z0-9]+_[A-Za-z0-9_-]{8,}/g, mark],
  [/\bsk-[A-Za-z0-9_-]{16,}/g, mark],
  [/\b(?:ghp|gho|ghu|ghs|ghr|github_pat|glpat)[_-][A-Za-z0-9_-]{16,}/g, mark],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, mark],
  [/\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g, mark],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${mark}`],
  [/\b(authorization["']?\s*[:=]\s*["']?(?:[A-Za-z]{1,30}\s+)?)[^\s"',]{12,}/gi, `$1${mark}`],
  [/(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9/_-]+/g, `$1${mark}`],
  // A password may hold an @; those of databases are often written with a bare / as well.
  [
    /\b((?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|rediss?|amqps?):\/\/[^\s:/@]{0,300}):[^\s"'<>]{1,1000}@/gi,
    `$1:${mark}@`,
  ],
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]{0,300}):[^\s/?#"'<>]{1,1000}@/gi, `$1:${mark}@`],
  [/\b((?:AccountKey|SharedAccessKey|sig)=)[A-Za-z0-9%+/=]{16,}/g, `$1${mark}`],
  [/\b((?:password|pwd)\s?=\s?)[^;"'\r\n&]{1,1000}(?=;)/gi, `$1${mark}`],
  // name: "value", also where the quotes are themselves escaped.
  [
    new RegExp(
      `((?:${named})(?:\\\\*["'])?\\s{0,9}[:=]\\s{0,9}(\\\\*["']))(?:(?!\\2)(?:\\\\.|[^\\\\\\n])){1,10000}\\2`,
      'gi',
    ),
    `$1${mark}$2`,
  ],
  [
    new RegExp(
      `((?:${named})(?:\\\\*["'])?\\s{0,9}[:=]\\s{0,9})(?!\\[redacted\\])(?![\\\\"'])[^\\s"',;&}\\])]{3,}`,
      'gi',
    ),
    `$1${mark}`,
  ],
  // Last, because it takes the rest of the line, and with it the names by which the others know their values.
  [/\b((?:set-)?cookie["']?\s*:\s*["']?)[^\r\n"']+/gi, `$1${mark}`],
];
const secretName = new RegExp(`^(?:.*[_-])?(?:${named}|authorization|cookie)$`, 'i');
/** Tokens that open nothing: they count leases or mark a place in a list. */
const harmlessName = /^(?:.*[_-])?(?:lease|page|continue|cursor|fencing)[_-]?token$/i;

function isSecretName(name: string): boolean {
  const parted = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return secretName.test(parted) && !harmlessName.test(parted);
}

/** The text without the known kinds of secrets; ordinary identifiers stay readable. Running it twice changes nothing more. */
export function redactText(text: string): string {
  return patterns.reduce((rest, [pattern, kept]) => rest.replace(pattern, kept), text);
}

/**
 * The same for a JSON value: strings are redacted, and whole values under a secret's name, be it a key or, as in lists of
 * variables and headers, the `name` beside a `value`. Of a Kubernetes Secret only the names remain.
 */
export function redactSecrets<T>(value: T): T;
export function redactSecrets(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map((item) => redactSecrets(item));
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  const fields: Record<string, unknown> = { ...value };
  const name = fields.name ?? fields.key;
  const namesSecret = typeof name === 'string' && isSecretName(name);
  const isSecretObject = fields.kind === 'Secret';
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => {
      if (isSecretName(key) || (namesSecret && key === 'value')) return [key, hide(item)];
      if (isSecretObject && (key === 'data' || key === 'stringData')) return [key, hideValues(item)];
      return [key, redactSecrets(item)];
    }),
  );
}

/** What stands under a secret's name. Objects are references (`secret: { name }`) and are looked into. */
function hide(item: unknown): unknown {
  if (typeof item === 'string' || typeof item === 'number') return mark;
  return Array.isArray(item) ? item.map(hide) : redactSecrets(item);
}

function hideValues(item: unknown): unknown {
  if (item === null || typeof item !== 'object') return item;
  return Object.fromEntries(Object.keys(item).map((key) => [key, mark]));
}
