import { z } from 'zod';
import type { AnyTaskDefinition } from '../agents/task.ts';

const record = z.record(z.string(), z.unknown());
const propertiesOf = z.object({ properties: z.record(z.string(), record).default({}) });

/** What may be read out of the words without a model. */
export interface WordFacts {
  readonly text: string;
  /** Names of registered systems. */
  readonly systems: readonly string[];
  /** The incident of the thread. */
  readonly incident: number | null;
}

const wholeText = new Set(['question', 'query', 'text', 'request', 'symptom']);

/** Systems that are named in a text, longest names first so that `pay` is not found in `pay-api`. */
export function systemsIn(text: string, systems: readonly string[]): string[] {
  let rest = text.normalize('NFC').toLowerCase();
  const found: string[] = [];
  for (const name of [...systems].sort((one, two) => two.length - one.length)) {
    const lower = name.toLowerCase();
    const at = new RegExp(`(?<![a-z0-9_-])${lower.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![a-z0-9_-])`);
    if (!at.test(rest)) continue;
    found.push(name);
    rest = rest.replaceAll(lower, ' ');
  }
  return found;
}

/**
 * Inputs of a task that the words hold plainly: systems by their registered names, an incident by its number, the words themselves
 * where the task takes a question. What is not sure is left out, and asked for.
 */
export function fillParams(definition: AnyTaskDefinition, facts: WordFacts): Record<string, unknown> {
  const { properties } = propertiesOf.parse(z.toJSONSchema(definition.input, { io: 'input' }));
  const systems = systemsIn(facts.text, facts.systems);
  const number = /\bINC-(\d{1,9})\b/i.exec(facts.text)?.[1];
  const incident = number === undefined ? facts.incident : Number(number);
  const params: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(properties)) {
    const options = Array.isArray(schema.enum) ? schema.enum.map(String) : null;
    const value =
      name === 'system' && systems.length === 1
        ? systems[0]
        : name === 'systems' && systems.length > 0
          ? systems
          : name === 'incident' && incident !== null
            ? incident
            : wholeText.has(name) && schema.type === 'string'
              ? facts.text
              : undefined;
    if (value === undefined || (options !== null && !options.includes(String(value)))) continue;
    const fits = definition.input.safeParse({ [name]: value });
    // Kept when it is not the part that is at fault.
    if (fits.success || !fits.error.issues.some((issue) => issue.path[0] === name)) params[name] = value;
  }
  return params;
}
