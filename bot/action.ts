import { z } from 'zod';
import { loadFolder } from '../lib/load-folder.ts';
import type { InboundOf } from './inbound.ts';
import type { Session } from './session.ts';

/** What some buttons and menus, and their forms, do. The file is named after it. */
export interface Action {
  readonly name: string;
  /** Ids of the controls. */
  readonly controls: readonly string[];
  /** Ids of the forms. */
  readonly forms?: readonly string[];
  /** True when a person who is not linked yet may press it. */
  readonly forStrangers?: boolean;
  readonly press?: (input: InboundOf<'action'>, session: Session) => Promise<void>;
  readonly submit?: (input: InboundOf<'form'>, session: Session) => Promise<void>;
}

export interface ActionSet {
  control(id: string): Action | undefined;
  form(id: string): Action | undefined;
}

const fn = <T>() => z.custom<T>((value) => typeof value === 'function', 'must be a function').optional();
const shape = z.object({
  name: z.string().regex(/^[a-z][a-z-]+$/),
  controls: z.array(z.string()),
  forms: z.array(z.string()).default([]),
  forStrangers: z.boolean().default(false),
  press: fn<NonNullable<Action['press']>>(),
  submit: fn<NonNullable<Action['submit']>>(),
});

/** Checks the shape of an action file at compile time. */
export function defineAction(action: Action): Action {
  return action;
}

/** Loads actions/; an id in two files stops the start. */
export async function loadActions(): Promise<ActionSet> {
  const loaded = await loadFolder({
    folder: new URL('./actions/', import.meta.url),
    exportName: 'action',
    parse: (value): Action => {
      const { press, submit, ...rest } = shape.parse(value);
      return { ...rest, ...(press === undefined ? {} : { press }), ...(submit === undefined ? {} : { submit }) };
    },
    nameOf: ({ name }) => name,
  });
  const controls = new Map<string, Action>();
  const forms = new Map<string, Action>();
  for (const { plugin, file } of loaded) {
    for (const [ids, map] of [
      [plugin.controls, controls],
      [plugin.forms ?? [], forms],
    ] as const)
      for (const id of ids) {
        if (map.has(id)) throw new Error(`${file}: the id ${id} is taken`);
        map.set(id, plugin);
      }
  }
  return { control: (id) => controls.get(id), form: (id) => forms.get(id) };
}

/** What a button or form carries, read with a schema; null for anything else. */
export function carried<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export const incidentIds = z.object({ i: z.string().min(1).max(200) });
export const taskIds = z.object({ t: z.string().min(1).max(200) });
export const approvalIds = z.object({ q: z.string().min(1).max(200), h: z.string().max(128).optional() });
export const answerIds = z.object({ a: z.string().min(1).max(200) });
