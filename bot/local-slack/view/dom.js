/** Makes an element: attributes, listeners (onclick…) and children; text stays text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat(9).filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

/** Shows a short notice to everybody, screen readers too. */
export function toast(text) {
  const box = document.getElementById('toast');
  box.textContent = text;
  box.classList.add('shown');
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => box.classList.remove('shown'), 6000);
}

/** A button that opens a small menu; arrow keys move, Escape closes. */
export function menuButton(label, ariaLabel, items, className = 'button') {
  const list = el('div', { role: 'menu', class: 'menu', hidden: true });
  const button = el(
    'button',
    {
      type: 'button',
      class: className,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': ariaLabel,
      onclick: () => (list.hidden ? open() : close()),
    },
    label,
  );
  const entries = items.map((item) =>
    el(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        tabindex: '-1',
        'aria-label': item.ariaLabel,
        onclick: () => {
          close();
          item.pick();
        },
      },
      item.label,
    ),
  );
  list.append(...entries);
  const box = el('span', { class: 'menu-box' }, button, list);
  const outside = (event) => {
    if (!box.contains(event.target)) close();
  };
  function open() {
    list.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    entries[0]?.focus();
    document.addEventListener('pointerdown', outside);
  }
  function close() {
    if (list.hidden) return;
    list.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    button.focus();
    document.removeEventListener('pointerdown', outside);
  }
  list.addEventListener('keydown', (event) => {
    const at = entries.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      entries[(at + step + entries.length) % entries.length].focus();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === 'Tab') close();
  });
  return box;
}

/** Asks before something happens, with Slack's confirm object; resolves to yes or no. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      dialog.returnValue = yes ? 'yes' : 'no';
      dialog.close(dialog.returnValue);
    };
    const yesClass = `button ${confirm.style === 'danger' ? 'danger filled' : 'primary'}`;
    const dialog = el(
      'dialog',
      { class: 'dialog small', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      el('h2', { id: 'confirm-title' }, confirm.title?.text ?? 'Are you sure?'),
      el('p', { id: 'confirm-text' }, confirm.text?.text ?? ''),
      el(
        'div',
        { class: 'dialog-buttons' },
        el('button', { type: 'button', class: 'button', onclick: answer(false) }, confirm.deny?.text ?? 'No'),
        el(
          'button',
          { type: 'button', class: yesClass, autofocus: true, onclick: answer(true) },
          confirm.confirm?.text ?? 'Yes',
        ),
      ),
    );
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
