import type { BlockReport } from './block-report.ts';
import { type Fields, isFields } from './json.ts';

const SELECTS = ['static', 'external', 'users', 'conversations', 'channels'];
const SELECT_TYPES = SELECTS.map((kind) => `${kind}_select`);
const MULTI_TYPES = SELECTS.map((kind) => `multi_${kind}_select`);
const PICKERS = ['datepicker', 'timepicker', 'datetimepicker', 'checkboxes', 'radio_buttons', 'overflow'];

/** What may stand in an actions block. */
export const ACTION_ELEMENTS = new Set([
  'button',
  'workflow_button',
  'rich_text_input',
  ...PICKERS,
  ...SELECT_TYPES,
  ...MULTI_TYPES,
]);
/** What may stand beside a section. */
export const ACCESSORIES = new Set(['button', 'workflow_button', 'image', ...PICKERS, ...SELECT_TYPES, ...MULTI_TYPES]);
/** What may be asked for in an input block. */
export const INPUT_ELEMENTS = new Set([
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'file_input',
  'rich_text_input',
  ...PICKERS.filter((kind) => kind !== 'overflow'),
  ...SELECT_TYPES,
  ...MULTI_TYPES,
]);
/** What may stand in a context_actions block. */
export const CONTEXT_ACTION_ELEMENTS = new Set(['feedback_buttons', 'icon_button']);

function checkConfirm(report: BlockReport, holder: Fields, at: string): void {
  if (holder.confirm === undefined) return;
  const confirm = report.object(holder.confirm, `${at}/confirm`);
  if (!confirm) return;
  const inside = `${at}/confirm`;
  report.textObject(confirm, 'title', inside, 100, { kind: 'plain_text', required: true });
  report.textObject(confirm, 'text', inside, 300, { required: true });
  report.textObject(confirm, 'confirm', inside, 30, { kind: 'plain_text', required: true });
  report.textObject(confirm, 'deny', inside, 30, { kind: 'plain_text', required: true });
  report.oneOf(confirm, 'style', inside, ['primary', 'danger']);
}

function checkOptions(report: BlockReport, holder: Fields, at: string, min: number, max: number): void {
  const values = new Set<string>();
  report.list(holder.options, `${at}/options`, max, min).forEach((option, index) => {
    const here = `${at}/options/${index}`;
    const fields = report.object(option, here);
    if (!fields) return;
    const kind = ['checkboxes', 'radio_buttons'].includes(String(holder.type)) ? {} : { kind: 'plain_text' as const };
    report.textObject(fields, 'text', here, 75, { ...kind, required: true });
    const value = report.text(fields, 'value', here, 150);
    if (value !== undefined && values.has(value)) report.add(`${here}/value`, 'option values must be unique');
    if (value !== undefined) values.add(value);
    report.textObject(fields, 'description', here, 75);
    report.optionalText(fields, 'url', here, 3000);
    if (fields.url !== undefined && holder.type !== 'overflow') report.add(here, 'url is only for overflow menus');
  });
}

function checkSelect(report: BlockReport, element: Fields, at: string): void {
  report.textObject(element, 'placeholder', at, 150, { kind: 'plain_text' });
  if (!String(element.type).endsWith('static_select')) return;
  if (element.option_groups === undefined) {
    checkOptions(report, element, at, 1, 100);
    return;
  }
  report.list(element.option_groups, `${at}/option_groups`, 100).forEach((group, index) => {
    const here = `${at}/option_groups/${index}`;
    if (!isFields(group)) {
      report.add(here, 'must provide an object');
      return;
    }
    report.textObject(group, 'label', here, 75, { kind: 'plain_text', required: true });
    checkOptions(report, group, here, 1, 100);
  });
}

function checkButton(report: BlockReport, button: Fields, at: string): void {
  report.textObject(button, 'text', at, 75, { kind: 'plain_text', required: true });
  report.optionalText(button, 'value', at, 2000);
  report.optionalText(button, 'url', at, 3000);
  report.optionalText(button, 'accessibility_label', at, 75);
  report.oneOf(button, 'style', at, ['primary', 'danger']);
}

function checkFeedback(report: BlockReport, element: Fields, at: string): void {
  for (const side of ['positive_button', 'negative_button']) {
    const button = element[side] === undefined ? undefined : report.object(element[side], `${at}/${side}`);
    if (!button) {
      report.add(at, `missing required field: ${side}`);
      continue;
    }
    report.textObject(button, 'text', `${at}/${side}`, 75, { kind: 'plain_text', required: true });
    report.text(button, 'value', `${at}/${side}`, 2000);
  }
}

/** Checks an image element or block: its picture must be named and already visible to Slack. */
export function checkImage(report: BlockReport, image: Fields, at: string): void {
  report.text(image, 'alt_text', at, 2000);
  const file = image.slack_file;
  if (file === undefined) {
    if (image.image_url === undefined) report.add(at, 'must define either image_url or slack_file');
    else report.text(image, 'image_url', at, 3000);
    return;
  }
  const fields = report.object(file, `${at}/slack_file`);
  const id = fields?.id ?? fields?.url;
  if (typeof id !== 'string' || !report.isFileVisible(id)) report.add(`${at}/slack_file`, 'invalid slack file');
}

/** Checks one interactive or picture element against the list its place allows. */
export function checkElement(report: BlockReport, value: unknown, at: string, allowed: ReadonlySet<string>): void {
  const element = report.object(value, at);
  if (!element) return;
  const type = String(element.type);
  if (!allowed.has(type)) {
    report.add(`${at}/type`, `unsupported type: ${type}`);
    return;
  }
  report.optionalText(element, 'action_id', at, 255);
  checkConfirm(report, element, at);
  if (type === 'button' || type === 'workflow_button') checkButton(report, element, at);
  else if (type === 'overflow') checkOptions(report, element, at, 2, 5);
  else if (type === 'checkboxes' || type === 'radio_buttons') checkOptions(report, element, at, 1, 10);
  else if (type === 'image') checkImage(report, element, at);
  else if (type === 'feedback_buttons') checkFeedback(report, element, at);
  else if (type === 'icon_button') {
    report.text(element, 'icon', at, 255);
    report.textObject(element, 'text', at, 75, { kind: 'plain_text', required: true });
  } else if (type.endsWith('_select')) checkSelect(report, element, at);
  else {
    report.textObject(element, 'placeholder', at, 150, { kind: 'plain_text' });
    if (type === 'plain_text_input') {
      const max = element.max_length;
      if (max !== undefined && !(typeof max === 'number' && max >= 1 && max <= 3000))
        report.add(`${at}/max_length`, 'must be between 1 and 3000');
      if (typeof element.initial_value === 'string') report.optionalText(element, 'initial_value', at, 3000);
    }
  }
}
