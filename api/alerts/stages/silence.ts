import type { Decision } from './decision.ts';

export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** A silence in force; a matcher on a missing label compares with the empty text, as in Alertmanager. */
export interface SilenceRule {
  readonly id: string;
  readonly matchers: readonly Matcher[];
}

/** Whether a person has muted alerts with these labels. A silence without matchers mutes nothing. */
export function silence(
  labels: Readonly<Record<string, string>>,
  silences: readonly SilenceRule[],
): Decision<{ readonly muted: boolean }> {
  const hit = silences.find((rule) => matchesAll(rule.matchers, labels));
  return hit === undefined
    ? { muted: false, reason: 'no-silence' }
    : { muted: true, reason: `muted-by-silence:${hit.id}` };
}

/** Whether labels fit all matchers; no matchers fit nothing. */
export function matchesAll(matchers: readonly Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.length > 0 && matchers.every((one) => matches(one, labels));
}

function matches(matcher: Matcher, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, matcher.name) ? (labels[matcher.name] ?? '') : '';
  const equal = matcher.isRegex ? anchored(matcher.value)?.test(value) === true : value === matcher.value;
  return equal === matcher.isEqual;
}

const compiled = new Map<string, RegExp | null>();

/** Null for an expression that cannot be compiled: a broken silence mutes nothing. */
function anchored(expression: string): RegExp | null {
  const known = compiled.get(expression);
  if (known !== undefined) return known;
  if (compiled.size > 500) compiled.clear();
  let made: RegExp | null = null;
  try {
    made = new RegExp(`^(?:${expression})$`, 'su');
  } catch {
    made = null;
  }
  compiled.set(expression, made);
  return made;
}
