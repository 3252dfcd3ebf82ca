import {
  ACCESSORIES,
  ACTION_ELEMENTS,
  CONTEXT_ACTION_ELEMENTS,
  checkElement,
  checkImage,
  INPUT_ELEMENTS,
} from './block-elements.ts';
import { BlockReport, type Surface } from './block-report.ts';
import { type Fields, fieldsOf, isFields, listOf } from './json.ts';
import { checkRichText, checkRichTextField } from './rich-text.ts';

/** The largest text all blocks of one message may hold together; Slack does not document it. */
export const TOTAL_TEXT_LIMIT = 13_000;
const MAX_BLOCKS = { message: 50, modal: 100, home: 100 } as const;

type Check = (report: BlockReport, block: Fields, at: string) => void;

const checkTable: Check = (report, block, at) => {
  let characters = 0;
  report.list(block.rows, `${at}/rows`, 100).forEach((row, r) => {
    report.list(row, `${at}/rows/${r}`, 20).forEach((cell, c) => {
      const here = `${at}/rows/${r}/${c}`;
      const fields = report.object(cell, here);
      if (!fields) return;
      const before = report.totalText;
      if (fields.type === 'rich_text') checkRichText(report, fields, here);
      else if (fields.type === 'raw_text') report.text(fields, 'text', here, 10_000, true);
      else if (fields.type === 'raw_number') {
        if (typeof fields.value !== 'number') report.add(`${here}/value`, 'must provide a number');
        report.text(fields, 'text', here, 255, true);
      } else report.add(`${here}/type`, `unsupported type: ${String(fields.type)}`);
      characters += report.totalText - before;
    });
  });
  if (characters > 10_000) report.add(`${at}/rows`, 'table text must be less than 10001 characters');
  if (block.column_settings !== undefined) report.list(block.column_settings, `${at}/column_settings`, 20, 0);
};

const checkTaskCard: Check = (report, block, at) => {
  report.text(block, 'task_id', at, 255);
  report.text(block, 'title', at, 1000, true);
  if (block.status === undefined) report.add(at, 'missing required field: status');
  report.oneOf(block, 'status', at, ['pending', 'in_progress', 'complete', 'error']);
  checkRichTextField(report, block, 'details', at);
  checkRichTextField(report, block, 'output', at);
  listOf(block.sources).forEach((source, index) => {
    const here = `${at}/sources/${index}`;
    const fields = fieldsOf(source);
    if (fields.type !== 'url') report.add(`${here}/type`, `unsupported type: ${String(fields.type)}`);
    report.text(fields, 'url', here, 3000);
    report.text(fields, 'text', here, 255);
  });
};

const CHECKS: Record<string, Check> = {
  header: (report, block, at) => report.textObject(block, 'text', at, 150, { kind: 'plain_text', required: true }),
  section: (report, block, at) => {
    if (block.text === undefined && block.fields === undefined)
      report.add(at, 'missing required field: text or fields');
    report.textObject(block, 'text', at, 3000);
    if (block.fields !== undefined)
      report.list(block.fields, `${at}/fields`, 10).forEach((field, index) => {
        report.textValue(field, `${at}/fields/${index}`, 2000);
      });
    if (block.accessory !== undefined) checkElement(report, block.accessory, `${at}/accessory`, ACCESSORIES);
  },
  actions: (report, block, at) => {
    report.list(block.elements, `${at}/elements`, 25).forEach((element, index) => {
      checkElement(report, element, `${at}/elements/${index}`, ACTION_ELEMENTS);
    });
  },
  context: (report, block, at) => {
    report.list(block.elements, `${at}/elements`, 10).forEach((element, index) => {
      const here = `${at}/elements/${index}`;
      if (fieldsOf(element).type === 'image') checkImage(report, fieldsOf(element), here);
      else report.textValue(element, here, 2000);
    });
  },
  context_actions: (report, block, at) => {
    report.list(block.elements, `${at}/elements`, 5).forEach((element, index) => {
      checkElement(report, element, `${at}/elements/${index}`, CONTEXT_ACTION_ELEMENTS);
    });
  },
  divider: () => undefined,
  image: (report, block, at) => {
    checkImage(report, block, at);
    report.textObject(block, 'title', at, 2000, { kind: 'plain_text' });
  },
  input: (report, block, at) => {
    if (report.surface === 'message') {
      report.add(`${at}/type`, 'unsupported type: input');
      return;
    }
    report.textObject(block, 'label', at, 2000, { kind: 'plain_text', required: true });
    report.textObject(block, 'hint', at, 2000, { kind: 'plain_text' });
    checkElement(report, block.element, `${at}/element`, INPUT_ELEMENTS);
  },
  markdown: (report, block, at) => {
    report.text(block, 'text', at, 12_000, true);
  },
  rich_text: checkRichText,
  table: checkTable,
  data_table: (report, block, at) => {
    report.text(block, 'caption', at, 255, true);
    checkTable(report, block, at);
  },
  task_card: checkTaskCard,
  plan: (report, block, at) => {
    report.text(block, 'title', at, 1000, true);
    if (block.tasks === undefined) return;
    report.list(block.tasks, `${at}/tasks`, 50, 0).forEach((task, index) => {
      const here = `${at}/tasks/${index}`;
      if (fieldsOf(task).type !== 'task_card') report.add(`${here}/type`, 'expected task_card');
      else checkTaskCard(report, fieldsOf(task), here);
    });
  },
  alert: (report, block, at) => {
    if (report.surface !== 'modal') {
      report.add(`${at}/type`, 'unsupported type: alert');
      return;
    }
    report.textObject(block, 'text', at, 200, { required: true });
    report.oneOf(block, 'level', at, ['default', 'info', 'warning', 'error', 'success']);
  },
  video: (report, block, at) => {
    report.text(block, 'video_url', at, 3000);
    report.text(block, 'thumbnail_url', at, 3000);
    report.text(block, 'alt_text', at, 2000);
    report.textObject(block, 'title', at, 200, { kind: 'plain_text', required: true });
  },
};

function elementsOf(block: Fields): { element: Fields; at: string }[] {
  const found = listOf(block.elements).map((element, index) => ({
    element: fieldsOf(element),
    at: `/elements/${index}`,
  }));
  if (isFields(block.accessory)) found.push({ element: block.accessory, at: '/accessory' });
  if (isFields(block.element)) found.push({ element: block.element, at: '/element' });
  return found;
}

function checkIds(report: BlockReport, block: Fields, at: string, seen: Set<string>): void {
  const blockId = report.optionalText(block, 'block_id', at, 255);
  if (blockId !== undefined && seen.has(blockId))
    report.add(`${at}/block_id`, `\`block_id\` "${blockId}" already exists`);
  if (blockId !== undefined) seen.add(blockId);
  const actionIds = new Set<string>();
  for (const { element, at: inside } of elementsOf(block)) {
    const actionId = element.action_id;
    if (typeof actionId !== 'string') continue;
    if (actionIds.has(actionId))
      report.add(
        `${at}${inside}/action_id`,
        `\`action_id\` "${actionId}" already exists for block_id "${blockId ?? ''}"`,
      );
    actionIds.add(actionId);
  }
}

/** Complaints about a list of blocks as Slack would word them, and how much text they hold. */
export function checkBlocks(
  blocks: unknown,
  surface: Surface,
  options: { pointer?: string; isFileVisible?: (id: string) => boolean } = {},
): { messages: string[]; totalText: number } {
  const report = new BlockReport(surface, options.isFileVisible ?? (() => true));
  const pointer = options.pointer ?? '/blocks';
  const seen = new Set<string>();
  let tables = 0;
  report.list(blocks, pointer, MAX_BLOCKS[surface], 0).forEach((value, index) => {
    const at = `${pointer}/${index}`;
    const block = report.object(value, at);
    if (!block) return;
    const check = Object.hasOwn(CHECKS, String(block.type)) ? CHECKS[String(block.type)] : undefined;
    if (!check) {
      report.add(`${at}/type`, `unsupported type: ${String(block.type)}`);
      return;
    }
    if (block.type === 'table' && ++tables > 1) report.add(at, 'only one table allowed');
    check(report, block, at);
    checkIds(report, block, at, seen);
  });
  return { messages: report.messages, totalText: report.totalText };
}
