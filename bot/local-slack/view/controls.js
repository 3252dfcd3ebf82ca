import { confirmed, el, menuButton } from './dom.js';
import { fileAddress } from './server.js';
import { link } from './text.js';

const words = (object) => object?.text ?? '';

/** Opens an address in a new tab, if it is one that leads out. */
function openAddress(address) {
  if (/^https?:/i.test(address)) window.open(address, '_blank', 'noreferrer,noopener');
}

function button(control, press) {
  const style = control.style === 'primary' ? ' primary' : control.style === 'danger' ? ' danger' : '';
  return el(
    'button',
    {
      type: 'button',
      class: `button${style}`,
      'data-action': control.action_id,
      'aria-label': control.accessibility_label,
      onclick: async () => {
        if (!(await confirmed(control.confirm))) return;
        if (control.url) openAddress(control.url);
        press({ action_id: control.action_id, value: control.value });
      },
    },
    words(control.text),
    control.url ? el('span', { 'aria-hidden': 'true' }, ' ↗') : '',
  );
}

const optionsOf = (control) => [
  ...(control.options ?? []),
  ...(control.option_groups ?? []).flatMap((group) => group.options ?? []),
];

function select(control, press) {
  const label = words(control.placeholder) || 'Choose…';
  const chosen = control.initial_option?.value;
  return el(
    'select',
    {
      class: 'button',
      'aria-label': label,
      'data-action': control.action_id,
      onchange: async (event) => {
        const value = event.target.value;
        if (await confirmed(control.confirm)) press({ action_id: control.action_id, selected_option: value });
        event.target.value = chosen ?? '';
      },
    },
    el('option', { value: '', disabled: true, hidden: true, selected: chosen === undefined }, label),
    optionsOf(control).map((option) =>
      el('option', { value: option.value, selected: option.value === chosen }, words(option.text)),
    ),
  );
}

function overflow(control, press) {
  return menuButton(
    '⋯',
    'More actions',
    (control.options ?? []).map((option) => ({
      label: words(option.text),
      pick: async () => {
        if (!(await confirmed(control.confirm))) return;
        if (option.url) openAddress(option.url);
        press({ action_id: control.action_id, selected_option: option.value });
      },
    })),
  );
}

function feedback(control, press) {
  const side = (button, mark) =>
    el(
      'button',
      {
        type: 'button',
        class: 'feedback',
        'aria-label': button.accessibility_label,
        onclick: () => press({ action_id: control.action_id, value: button.value }),
      },
      el('span', { 'aria-hidden': 'true' }, `${mark} `),
      words(button.text),
    );
  return el('span', { class: 'feedbacks' }, side(control.positive_button, '↑'), side(control.negative_button, '↓'));
}

/** A picture: an uploaded file is shown, anything from outside only named. */
export function picture(image) {
  const id = image.slack_file?.id ?? /(F0[A-Z0-9]+)/.exec(image.slack_file?.url ?? '')?.[1];
  if (id) return el('img', { src: fileAddress(id), alt: image.alt_text, loading: 'lazy' });
  return el('span', { class: 'picture-link' }, link(image.image_url ?? '', `Image: ${image.alt_text}`));
}

/** One interactive element of an actions, section or context_actions block. */
export function controlNode(control, press) {
  switch (control.type) {
    case 'button':
    case 'workflow_button':
      return button(control, press);
    case 'static_select':
    case 'radio_buttons':
      return select(control, press);
    case 'overflow':
      return overflow(control, press);
    case 'feedback_buttons':
      return feedback(control, press);
    case 'icon_button':
      return button({ ...control, text: control.text }, press);
    case 'image':
      return picture(control);
    default:
      return el('span', { class: 'unsupported' }, `[${control.type}]`);
  }
}
