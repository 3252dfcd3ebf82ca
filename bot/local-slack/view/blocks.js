import { controlNode, picture } from './controls.js';
import { el } from './dom.js';
import { formField } from './fields.js';
import { link, plain, richText, textObject } from './text.js';

const STATES = {
  complete: ['✓', 'done'],
  in_progress: ['◐', 'in progress'],
  pending: ['○', 'to do'],
  error: ['!', 'failed'],
};

function taskCard(task) {
  const [mark, word] = STATES[task.status] ?? STATES.pending;
  return el(
    'li',
    { class: `task ${task.status}` },
    el('span', { class: 'task-mark', role: 'img', 'aria-label': word }, mark),
    el(
      'div',
      { class: 'task-body' },
      el('span', { class: 'task-title' }, task.title ?? ''),
      task.details ? richText(task.details) : '',
      task.output ? richText(task.output) : '',
      task.sources?.length
        ? el(
            'span',
            { class: 'sources' },
            task.sources.map((source) => el('span', { class: 'source' }, link(source.url, source.text))),
          )
        : '',
    ),
  );
}

function cell(content, column, isHead) {
  const settings = column ?? {};
  const inner = content.type === 'rich_text' ? richText(content) : (content.text ?? String(content.value ?? ''));
  return el(
    isHead ? 'th' : 'td',
    { class: `align-${settings.align ?? 'left'}`, scope: isHead ? 'col' : undefined },
    inner,
  );
}

function table(block) {
  const [head = [], ...rows] = block.rows ?? [];
  const columns = block.column_settings ?? [];
  const row = (cells, isHead) =>
    el(
      'tr',
      {},
      cells.map((content, index) => cell(content, columns[index], isHead)),
    );
  return el(
    'div',
    { class: 'table-box', tabindex: '0', role: 'region', 'aria-label': block.caption ?? 'Table' },
    el(
      'table',
      {},
      el('thead', {}, row(head, true)),
      el(
        'tbody',
        {},
        rows.map((cells) => row(cells, false)),
      ),
    ),
  );
}

/** Plain Markdown of a markdown block: headings, bullets, bold, code and links; the rest as it stands. */
function markdown(source) {
  const words = (line) =>
    line.split(/(\*\*[^*]+\*\*|`[^`]+`|\[[^\]]+\]\(https?:[^)\s]+\))/).map((part) => {
      if (/^\*\*.+\*\*$/.test(part)) return el('strong', {}, part.slice(2, -2));
      if (/^`.+`$/.test(part)) return el('code', {}, part.slice(1, -1));
      const target = /^\[([^\]]+)\]\((https?:[^)\s]+)\)$/.exec(part);
      return target ? link(target[2], target[1]) : part;
    });
  return source.split('\n').map((line) => {
    if (/^#{1,6} /.test(line))
      return el('div', { class: 'rich-section' }, el('strong', {}, words(line.replace(/^#+ /, ''))));
    if (/^[-*] /.test(line)) return el('div', { class: 'rich-section' }, '• ', words(line.slice(2)));
    return el('div', { class: 'rich-section' }, words(line));
  });
}

/** Draws one block; `press` is told which control was used and what was chosen. */
export function blockNode(block, press) {
  const pressed = (choice) => press({ block_id: block.block_id, ...choice });
  switch (block.type) {
    case 'header':
      return el('h3', { class: 'block-header' }, plain(block.text?.text));
    case 'section':
      return el(
        'div',
        { class: 'block-section' },
        el(
          'div',
          {},
          block.text ? el('div', { class: 'text' }, textObject(block.text)) : '',
          block.fields
            ? el(
                'div',
                { class: 'block-fields' },
                block.fields.map((field) => el('div', {}, textObject(field))),
              )
            : '',
        ),
        block.accessory ? el('div', { class: 'accessory' }, controlNode(block.accessory, pressed)) : '',
      );
    case 'context':
      return el(
        'div',
        { class: 'block-context' },
        (block.elements ?? []).map((element) =>
          element.type === 'image' ? picture(element) : el('span', {}, textObject(element)),
        ),
      );
    case 'actions':
    case 'context_actions':
      return el(
        'div',
        { class: 'block-actions' },
        (block.elements ?? []).map((element) => controlNode(element, pressed)),
      );
    case 'rich_text':
      return richText(block);
    case 'divider':
      return el('hr');
    case 'image':
      return el('figure', {}, block.title ? el('figcaption', {}, block.title.text) : '', picture(block));
    case 'table':
    case 'data_table':
      return table(block);
    case 'plan':
      return el(
        'details',
        { class: 'plan', open: true },
        el('summary', {}, block.title ?? ''),
        el('ol', { class: 'tasks' }, (block.tasks ?? []).map(taskCard)),
      );
    case 'task_card':
      return el('ol', { class: 'tasks single' }, taskCard(block));
    case 'markdown':
      return el('div', { class: 'rich' }, markdown(block.text ?? ''));
    case 'alert':
      return el('div', { class: `alert ${block.level ?? 'default'}`, role: 'note' }, textObject(block.text));
    case 'input':
      return formField(block);
    default:
      return el('p', { class: 'unsupported' }, `[${block.type}]`);
  }
}

/** Draws a list of blocks. */
export const blockNodes = (blocks, press) => (blocks ?? []).map((block) => blockNode(block, press));
