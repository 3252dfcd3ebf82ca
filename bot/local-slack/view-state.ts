import { type Fields, fieldsOf, isFields, lengthOf, listOf, textOf } from './json.ts';
import type { View } from './views.ts';

function optionOf(element: Fields, value: string): Fields | undefined {
  const groups = listOf(element.option_groups).flatMap((group) => listOf(fieldsOf(group).options));
  return [...listOf(element.options), ...groups].map(fieldsOf).find((option) => option.value === value);
}

/** The state Slack keeps for one input, from what the person put in. */
function stateOf(element: Fields, given: unknown): Fields | undefined {
  const type = String(element.type);
  if (isFields(given)) return { type, ...given };
  const values = Array.isArray(given) ? given.map(String) : given === undefined || given === '' ? [] : [String(given)];
  const first = values[0];
  const options = values.map((value) => optionOf(element, value)).filter(isFields);
  switch (type) {
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: options[0] ?? null };
    case 'multi_static_select':
    case 'checkboxes':
      return { type, selected_options: options };
    case 'users_select':
      return { type, selected_user: first ?? null };
    case 'channels_select':
      return { type, selected_channel: first ?? null };
    case 'conversations_select':
      return { type, selected_conversation: first ?? null };
    case 'multi_users_select':
      return { type, selected_users: values };
    case 'datepicker':
      return { type, selected_date: first ?? null };
    case 'timepicker':
      return { type, selected_time: first ?? null };
    case 'datetimepicker':
      return { type, selected_date_time: first === undefined ? null : Number(first) };
    default:
      return { type, value: first ?? null };
  }
}

function initialOf(element: Fields): unknown {
  const option = element.initial_option;
  const options = element.initial_options;
  if (isFields(option)) return option.value;
  if (Array.isArray(options)) return options.map((value) => fieldsOf(value).value);
  return element.initial_value ?? element.initial_date ?? element.initial_time ?? element.initial_user;
}

function isEmpty(state: Fields): boolean {
  return Object.entries(state).every(
    ([name, value]) =>
      name === 'type' ||
      value === null ||
      value === undefined ||
      value === '' ||
      (Array.isArray(value) && value.length === 0),
  );
}

function complaint(block: Fields, element: Fields, state: Fields): string | undefined {
  if (isEmpty(state)) return block.optional === true ? undefined : 'Please complete this required field.';
  const value = textOf(state.value);
  if (value === undefined) return undefined;
  const min = element.min_length;
  const max = element.max_length;
  if (typeof min === 'number' && lengthOf(value) < min) return `Please use at least ${min} characters.`;
  if (typeof max === 'number' && lengthOf(value) > max) return `Please use at most ${max} characters.`;
  return undefined;
}

/**
 * What Slack would send as view.state.values, or the errors a person sees beside the fields before anything is sent.
 * Values are given by block_id, as text, a list, Slack's own state object, or by action_id inside.
 */
export function readState(view: View, values: Fields): { values: Fields; errors: Record<string, string> } {
  const state: Fields = {};
  const errors: Record<string, string> = {};
  for (const block of view.blocks) {
    const element = block.type === 'input' ? fieldsOf(block.element) : undefined;
    const blockId = textOf(block.block_id) ?? '';
    if (!element) continue;
    const actionId = textOf(element.action_id) ?? '';
    const given = values[blockId];
    const inner = isFields(given) && Object.hasOwn(given, actionId) ? given[actionId] : given;
    const one = stateOf(element, inner === undefined ? initialOf(element) : inner) ?? {};
    const problem = complaint(block, element, one);
    if (problem) errors[blockId] = problem;
    state[blockId] = { [actionId]: one };
  }
  return { values: state, errors };
}
