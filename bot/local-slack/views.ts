import { checkBlocks } from './blocks.ts';
import { newId, shortId } from './ids.ts';
import { type Fields, fieldsOf, lengthOf, listOf, textOf } from './json.ts';
import { APP_ID, BOT_ID, type ResolvedOptions } from './options.ts';

/** A modal or home tab as Slack hands it out. */
export interface View extends Fields {
  readonly id: string;
  readonly type: string;
  readonly blocks: Fields[];
  readonly hash: string;
}

const MAX_STACK = 3;

function plainText(value: unknown, name: string, max: number, isRequired: boolean): string[] {
  if (value === undefined || value === null)
    return isRequired ? [`[ERROR] missing required field: ${name} [json-pointer:/view]`] : [];
  const text = fieldsOf(value);
  const at = `[json-pointer:/view/${name}`;
  if (text.type !== 'plain_text') return [`[ERROR] expected plain_text ${at}/type]`];
  const words = textOf(text.text) ?? '';
  if (words === '') return [`[ERROR] must be more than 0 characters ${at}/text]`];
  return lengthOf(words) > max ? [`[ERROR] must be less than ${max + 1} characters ${at}/text]`] : [];
}

/** Complaints about a view, worded as Slack words them. */
export function checkView(view: Fields, isFileVisible: (id: string) => boolean): string[] {
  const type = view.type;
  if (type !== 'modal' && type !== 'home') return ['[ERROR] unsupported type [json-pointer:/view/type]'];
  const problems = checkBlocks(view.blocks, type, { pointer: '/view/blocks', isFileVisible }).messages;
  const tooLong = (name: string, max: number) => {
    const value = view[name];
    if (typeof value === 'string' && lengthOf(value) > max)
      problems.push(`[ERROR] must be less than ${max + 1} characters [json-pointer:/view/${name}]`);
  };
  tooLong('private_metadata', 3000);
  tooLong('callback_id', 255);
  tooLong('external_id', 255);
  if (type === 'home') return problems;
  problems.push(
    ...plainText(view.title, 'title', 24, true),
    ...plainText(view.submit, 'submit', 24, false),
    ...plainText(view.close, 'close', 24, false),
  );
  const hasInput = listOf(view.blocks).some((block) => fieldsOf(block).type === 'input');
  if (hasInput && view.submit === undefined)
    problems.push('[ERROR] missing required field: submit (views with input blocks need it) [json-pointer:/view]');
  return problems;
}

/** Gives every block and control without an id one, as Slack does. */
export function withIds(blocks: unknown): Fields[] {
  const complete = (element: unknown): unknown => {
    const fields = fieldsOf(element);
    const isControl = /button|select|overflow|picker|checkboxes|_input/.test(String(fields.type));
    return isControl && fields.action_id === undefined ? { ...fields, action_id: shortId() } : element;
  };
  return listOf(blocks).map((value) => {
    const block = fieldsOf(value);
    return {
      ...block,
      block_id: textOf(block.block_id) ?? shortId(),
      ...(['actions', 'context_actions'].includes(String(block.type))
        ? { elements: listOf(block.elements).map(complete) }
        : {}),
      ...(block.accessory === undefined ? {} : { accessory: complete(block.accessory) }),
      ...(block.element === undefined ? {} : { element: complete(block.element) }),
    };
  });
}

/** Modals on each person's screen, one on top of another, and everybody's home tab. */
export class Views {
  readonly #stacks = new Map<string, View[]>();
  readonly #homes = new Map<string, View>();
  readonly #options: ResolvedOptions;
  readonly #changed: (user: string) => void;

  constructor(options: ResolvedOptions, changed: (user: string) => void) {
    this.#options = options;
    this.#changed = changed;
  }

  stack(user: string): View[] {
    return [...(this.#stacks.get(user) ?? [])];
  }

  home(user: string): View | undefined {
    return this.#homes.get(user);
  }

  /** The view with this id or external id, and whose screen it is on. */
  find(wanted: { id?: string | undefined; externalId?: string | undefined }): { user: string; view: View } | undefined {
    const isIt = (view: View) =>
      wanted.id !== undefined
        ? view.id === wanted.id
        : wanted.externalId !== undefined && view.external_id === wanted.externalId;
    for (const [user, stack] of this.#stacks) {
      const view = stack.find(isIt);
      if (view) return { user, view };
    }
    for (const [user, view] of this.#homes) if (isIt(view)) return { user, view };
    return undefined;
  }

  open(user: string, definition: Fields): View {
    const view = this.#build(definition, newId('V'), null);
    this.#stacks.set(user, [view]);
    this.#changed(user);
    return view;
  }

  push(user: string, definition: Fields): View | 'push_limit_reached' {
    const stack = this.stack(user);
    if (stack.length >= MAX_STACK) return 'push_limit_reached';
    const view = this.#build(definition, newId('V'), stack[0]?.id ?? null, stack.at(-1)?.id ?? null);
    this.#stacks.set(user, [...stack, view]);
    this.#changed(user);
    return view;
  }

  replace(user: string, old: View, definition: Fields): View {
    const view = this.#build(
      definition,
      old.id,
      textOf(old.root_view_id) ?? null,
      textOf(old.previous_view_id) ?? null,
    );
    if (this.#homes.get(user)?.id === old.id) this.#homes.set(user, view);
    else
      this.#stacks.set(
        user,
        this.stack(user).map((candidate) => (candidate.id === old.id ? view : candidate)),
      );
    this.#changed(user);
    return view;
  }

  publish(user: string, definition: Fields): View {
    const view = this.#build(definition, this.#homes.get(user)?.id ?? newId('V'), null);
    this.#homes.set(user, view);
    this.#changed(user);
    return view;
  }

  /** Takes a view off the screen, or all of them. */
  close(user: string, id?: string): void {
    this.#stacks.set(user, id === undefined ? [] : this.stack(user).filter((view) => view.id !== id));
    this.#changed(user);
  }

  #build(definition: Fields, id: string, root: string | null, previous: string | null = null): View {
    return {
      callback_id: '',
      private_metadata: '',
      clear_on_close: false,
      notify_on_close: false,
      external_id: '',
      state: { values: {} },
      ...definition,
      type: String(definition.type),
      blocks: withIds(definition.blocks),
      id,
      hash: `${Math.floor(this.#options.now() / 1000)}.${shortId()}`,
      team_id: this.#options.teamId,
      app_id: APP_ID,
      app_installed_team_id: this.#options.teamId,
      bot_id: BOT_ID,
      root_view_id: root ?? id,
      previous_view_id: previous,
    };
  }
}
