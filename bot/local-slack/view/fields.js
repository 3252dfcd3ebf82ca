import { el } from './dom.js';
import { names } from './names.js';

const INPUT_TYPES = {
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'number',
  datepicker: 'date',
  timepicker: 'time',
  datetimepicker: 'datetime-local',
};

const optionsOf = (element) => [
  ...(element.options ?? []),
  ...(element.option_groups ?? []).flatMap((group) => group.options ?? []),
];

function choices(element, id, type) {
  const chosen = [element.initial_option, ...(element.initial_options ?? [])].map((option) => option?.value);
  return el(
    'div',
    { role: type === 'radio' ? 'radiogroup' : 'group', id },
    optionsOf(element).map((option) =>
      el(
        'label',
        { class: 'choice' },
        el('input', { type, name: id, value: option.value, checked: chosen.includes(option.value) }),
        ` ${option.text?.text ?? ''}`,
        option.description ? el('small', {}, ` ${option.description.text}`) : '',
      ),
    ),
  );
}

function listed(element, id, pairs, isMultiple) {
  const chosen = [
    element.initial_option?.value,
    element.initial_user,
    element.initial_channel,
    ...(element.initial_options ?? []).map((one) => one.value),
  ];
  return el(
    'select',
    { id, multiple: isMultiple },
    isMultiple ? '' : el('option', { value: '' }, element.placeholder?.text ?? 'Choose…'),
    pairs.map(([value, label]) => el('option', { value, selected: chosen.includes(value) }, label)),
  );
}

function control(element, id) {
  const type = element.type;
  if (type === 'checkboxes') return choices(element, id, 'checkbox');
  if (type === 'radio_buttons') return choices(element, id, 'radio');
  if (type.endsWith('static_select'))
    return listed(
      element,
      id,
      optionsOf(element).map((option) => [option.value, option.text?.text ?? '']),
      type.startsWith('multi_'),
    );
  if (type.endsWith('users_select'))
    return listed(
      element,
      id,
      names.all().people.map((one) => [one.id, one.realName]),
      type.startsWith('multi_'),
    );
  if (/(channels|conversations)_select$/.test(type))
    return listed(
      element,
      id,
      names.all().channels.map((one) => [one.id, `#${one.name}`]),
      type.startsWith('multi_'),
    );
  const shared = {
    id,
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    minlength: element.min_length,
    autocomplete: 'off',
  };
  if (type === 'plain_text_input' && element.multiline) {
    const area = el('textarea', { ...shared, rows: 4 });
    area.value = element.initial_value ?? '';
    return area;
  }
  return el('input', {
    ...shared,
    type: INPUT_TYPES[type] ?? 'text',
    value: element.initial_value ?? element.initial_date ?? element.initial_time,
  });
}

/** An input block: label, control, hint and a place for its error. */
export function formField(block) {
  const id = `field-${block.block_id}`;
  const element = block.element ?? {};
  const isGroup = element.type === 'checkboxes' || element.type === 'radio_buttons';
  const input = control(element, id);
  input.setAttribute('aria-describedby', `${id}-hint ${id}-error`);
  if (isGroup) input.setAttribute('aria-labelledby', `${id}-label`);
  return el(
    'div',
    { class: 'field', 'data-block': block.block_id, 'data-kind': element.type },
    el(
      isGroup ? 'div' : 'label',
      { id: `${id}-label`, class: 'field-label', for: isGroup ? undefined : id },
      block.label?.text ?? '',
      block.optional ? el('small', {}, ' (optional)') : '',
    ),
    input,
    el('p', { class: 'hint', id: `${id}-hint` }, block.hint?.text ?? ''),
    el('p', { class: 'error', id: `${id}-error`, role: 'alert' }),
  );
}

/** What a form holds now, by block_id. */
export function readFields(form) {
  const values = {};
  for (const field of form.querySelectorAll('.field')) {
    const kind = field.dataset.kind;
    if (kind === 'checkboxes' || kind === 'radio_buttons') {
      const chosen = [...field.querySelectorAll('input:checked')].map((input) => input.value);
      values[field.dataset.block] = kind === 'radio_buttons' ? (chosen[0] ?? '') : chosen;
      continue;
    }
    const input = field.querySelector('input, textarea, select');
    if (kind === 'datetimepicker')
      values[field.dataset.block] = input.value ? String(Math.floor(new Date(input.value).getTime() / 1000)) : '';
    else
      values[field.dataset.block] = input.multiple
        ? [...input.selectedOptions].map((option) => option.value)
        : input.value;
  }
  return values;
}

/** Puts errors beside their fields and the cursor into the first of them. */
export function showErrors(form, errors) {
  let first;
  for (const field of form.querySelectorAll('.field')) {
    const message = errors[field.dataset.block] ?? '';
    field.querySelector('.error').textContent = message;
    const input = field.querySelector('input, textarea, select');
    if (message) {
      input.setAttribute('aria-invalid', 'true');
      first ??= input;
    } else input.removeAttribute('aria-invalid');
  }
  first?.focus();
}
