import type { BlockReport } from './block-report.ts';
import { type Fields, fieldsOf, isFields } from './json.ts';

const REQUIRED: Record<string, string> = {
  text: 'text',
  link: 'url',
  user: 'user_id',
  usergroup: 'usergroup_id',
  channel: 'channel_id',
  emoji: 'name',
  broadcast: 'range',
  color: 'value',
  team: 'team_id',
};

function checkInline(report: BlockReport, value: unknown, at: string): void {
  const element = report.object(value, at);
  if (!element) return;
  const type = String(element.type);
  if (type === 'date') {
    if (typeof element.timestamp !== 'number') report.add(`${at}/timestamp`, 'must provide a number');
    report.text(element, 'format', at, 3000);
    return;
  }
  const field = REQUIRED[type];
  if (!field) {
    report.add(`${at}/type`, `unsupported type: ${type}`);
    return;
  }
  report.text(element, field, at, 13_000, type === 'text');
  if (type === 'link') report.optionalText(element, 'text', at, 13_000, true);
  if (element.style !== undefined && !isFields(element.style)) report.add(`${at}/style`, 'must provide an object');
}

function checkElement(report: BlockReport, value: unknown, at: string, onlySections: boolean): void {
  const element = report.object(value, at);
  if (!element) return;
  const type = element.type;
  if (onlySections && type !== 'rich_text_section') {
    report.add(`${at}/type`, `unsupported type: ${String(type)}`);
    return;
  }
  switch (type) {
    case 'rich_text_section':
    case 'rich_text_preformatted':
    case 'rich_text_quote':
      report.list(element.elements, `${at}/elements`, 1000, 0).forEach((inner, index) => {
        checkInline(report, inner, `${at}/elements/${index}`);
      });
      return;
    case 'rich_text_list':
      report.oneOf(element, 'style', at, ['bullet', 'ordered']);
      report.list(element.elements, `${at}/elements`, 1000).forEach((inner, index) => {
        checkElement(report, inner, `${at}/elements/${index}`, true);
      });
      return;
    default:
      report.add(`${at}/type`, `unsupported type: ${String(type)}`);
  }
}

/** Checks a rich_text block, or one inside a table cell or task card. */
export function checkRichText(report: BlockReport, block: Fields, at: string): void {
  report.list(block.elements, `${at}/elements`, 1000).forEach((element, index) => {
    checkElement(report, element, `${at}/elements/${index}`, false);
  });
}

/** Checks a field that must hold a rich_text block when it is there. */
export function checkRichTextField(report: BlockReport, holder: Fields, field: string, at: string): void {
  const value = holder[field];
  if (value === undefined) return;
  if (fieldsOf(value).type !== 'rich_text') report.add(`${at}/${field}/type`, 'expected rich_text');
  else checkRichText(report, fieldsOf(value), `${at}/${field}`);
}
