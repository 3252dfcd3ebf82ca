import { blockNodes } from './blocks.js';
import { el, toast } from './dom.js';
import { readFields, showErrors } from './fields.js';
import { post } from './server.js';

let shown;

/** Shows the top modal of the person, redraws it when it changed, and takes it away when it is gone. */
export function showModals(me, views) {
  const view = views.at(-1);
  if (view && shown?.view.id === view.id && shown.view.hash === view.hash && shown.me === me) return;
  const typed = shown && view && shown.view.id === view.id ? readFields(shown.form) : {};
  shown?.take();
  shown = view ? draw(me, view, typed) : undefined;
}

function draw(me, view, typed) {
  let isTaken = false;
  const problem = el('p', { class: 'error', role: 'alert' });
  const submit = view.submit ? el('button', { type: 'submit', class: 'button primary' }, view.submit.text) : '';
  const press = async (choice) => {
    const seen = await post('action', { user: me, view_id: view.id, ...choice });
    if (!seen.ok) toast(seen.text ?? seen.error);
  };
  const form = el(
    'form',
    { novalidate: true, onsubmit: send },
    el(
      'header',
      { class: 'dialog-head' },
      el('h2', { id: 'modal-title' }, view.title?.text ?? ''),
      el('button', { type: 'button', class: 'icon', 'aria-label': 'Close', onclick: () => dialog.close() }, '✕'),
    ),
    el('div', { class: 'dialog-body' }, blockNodes(view.blocks, press)),
    problem,
    el(
      'div',
      { class: 'dialog-buttons' },
      el('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, view.close?.text ?? 'Close'),
      submit,
    ),
  );
  const dialog = el('dialog', { class: 'dialog', 'aria-labelledby': 'modal-title' }, form);
  for (const [block, value] of Object.entries(typed)) {
    const field = form.querySelector(
      `.field[data-block="${CSS.escape(block)}"] :is(input:not([type=checkbox], [type=radio]), textarea, select)`,
    );
    if (field && typeof value === 'string') field.value = value;
  }

  async function send(event) {
    event.preventDefault();
    if (submit) submit.disabled = true;
    problem.textContent = '';
    const seen = await post('view-submit', { user: me, view_id: view.id, values: readFields(form) });
    if (submit) submit.disabled = false;
    showErrors(form, seen.errors ?? {});
    if (!seen.ok && !seen.errors) problem.textContent = seen.text ?? seen.error;
    if (seen.ok) showModals(me, seen.views ?? []);
  }
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (isTaken) return;
    shown = undefined;
    void post('view-close', { user: me, view_id: view.id });
  });
  document.body.append(dialog);
  dialog.showModal();
  form.querySelector('.field :is(input, textarea, select)')?.focus();
  return {
    me,
    view,
    form,
    take() {
      isTaken = true;
      dialog.close();
    },
  };
}
