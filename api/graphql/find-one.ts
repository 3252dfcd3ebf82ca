import { fromGlobalId, isUuid } from '../../lib/ids.ts';

const prefixes = {
  T: 'Task',
  INC: 'Incident',
  AG: 'AlertGroup',
  APR: 'Approval',
  SIL: 'Silence',
  W: 'Workflow',
  SCH: 'Schedule',
} as const;
type Numbered = (typeof prefixes)[keyof typeof prefixes];

/** A human number in parts; null for what is none of ours. `INC0012345` (no hyphen) belongs to the ticket system. */
export function parseNumber(text: string): { readonly type: Numbered; readonly number: number } | null {
  const match = /^\s*(T|INC|AG|APR|SIL|W|SCH)-(\d{1,9})\s*$/i.exec(text);
  const prefix = match?.[1]?.toUpperCase();
  const type = prefix === undefined ? undefined : Object.entries(prefixes).find(([name]) => name === prefix)?.[1];
  return type === undefined ? null : { type, number: Number(match?.[2]) };
}

/** The condition that finds one row by its id or its number; null when neither names one. */
export function oneWhere(
  type: Numbered,
  id: string | null | undefined,
  number: string | null | undefined,
): { id: string } | { number: number } | null {
  if (id) {
    const known = fromGlobalId(id);
    return known?.type === type && isUuid(known.id) ? { id: known.id } : null;
  }
  const parsed = number ? parseNumber(number) : null;
  return parsed?.type === type ? { number: parsed.number } : null;
}
