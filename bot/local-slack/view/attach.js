import { el, toast } from './dom.js';
import { upload } from './server.js';

const MOST = 10;
const LARGEST = 20_000_000;

function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Files that go with the next message: chosen, dropped anywhere on the pane, or pasted. */
export function attachments(form, pane, area) {
  const chosen = [];
  const list = el('ul', { class: 'attached', 'aria-label': 'Attached files', hidden: true });
  const input = el('input', { type: 'file', multiple: true, hidden: true, tabindex: '-1', 'aria-hidden': 'true' });
  const button = el(
    'button',
    {
      type: 'button',
      class: 'attach',
      'aria-label': 'Attach files',
      title: 'Attach files',
      onclick: () => input.click(),
    },
    '+',
  );
  area.before(button);
  form.prepend(list);
  form.append(input);

  function draw() {
    list.hidden = chosen.length === 0;
    list.replaceChildren(
      ...chosen.map((file, index) =>
        el(
          'li',
          {},
          el('span', {}, `${file.name} · ${sizeOf(file.size)}`),
          el(
            'button',
            {
              type: 'button',
              'aria-label': `Remove ${file.name}`,
              onclick: () => {
                chosen.splice(index, 1);
                draw();
                area.focus();
              },
            },
            '✕',
          ),
        ),
      ),
    );
  }

  function add(files) {
    for (const file of files) {
      if (chosen.length >= MOST) return toast(`At most ${MOST} files go with one message.`);
      if (file.size === 0) toast(`${file.name} is empty.`);
      else if (file.size > LARGEST) toast(`${file.name} is larger than ${sizeOf(LARGEST)}.`);
      else chosen.push(file);
    }
    draw();
    area.focus();
  }

  input.addEventListener('change', () => {
    add([...input.files]);
    input.value = '';
  });
  area.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    add(files);
  });
  const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  pane.addEventListener('dragover', (event) => {
    if (!holdsFiles(event) || form.hidden) return;
    event.preventDefault();
    pane.classList.add('dropping');
  });
  pane.addEventListener('dragleave', (event) => {
    if (!pane.contains(event.relatedTarget)) pane.classList.remove('dropping');
  });
  pane.addEventListener('drop', (event) => {
    pane.classList.remove('dropping');
    if (!holdsFiles(event) || form.hidden) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });

  return {
    isEmpty: () => chosen.length === 0,
    /** Sends the files to the workspace; answers their ids, or null when one was refused (all stay attached then). */
    async send(user) {
      const ids = [];
      for (const file of chosen) {
        const seen = await upload(user, file);
        if (!seen.ok) {
          toast(`${file.name}: ${seen.text ?? seen.error}`);
          return null;
        }
        ids.push(seen.file.id);
      }
      chosen.splice(0);
      draw();
      return ids;
    },
  };
}
