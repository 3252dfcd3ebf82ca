import { type Fields, isFields, lengthOf } from './json.ts';

/** Where blocks are shown: the rules differ a little. */
export type Surface = 'message' | 'modal' | 'home';

/** Collects complaints worded as Slack words them in response_metadata.messages. */
export class BlockReport {
  readonly messages: string[] = [];
  totalText = 0;
  readonly surface: Surface;
  readonly isFileVisible: (id: string) => boolean;

  constructor(surface: Surface, isFileVisible: (id: string) => boolean) {
    this.surface = surface;
    this.isFileVisible = isFileVisible;
  }

  add(pointer: string, complaint: string): void {
    this.messages.push(`[ERROR] ${complaint} [json-pointer:${pointer}]`);
  }

  object(value: unknown, pointer: string): Fields | undefined {
    if (isFields(value)) return value;
    this.add(pointer, 'must provide an object');
    return undefined;
  }

  list(value: unknown, pointer: string, max: number, min = 1): unknown[] {
    if (!Array.isArray(value)) {
      this.add(pointer, 'must provide an array');
      return [];
    }
    if (value.length > max) this.add(pointer, `no more than ${max} items allowed`);
    if (value.length < min) this.add(pointer, `no fewer than ${min} items allowed`);
    return value;
  }

  /** A required string of 1 to max characters. */
  text(holder: Fields, field: string, pointer: string, max: number, counts = false): string | undefined {
    const value = holder[field];
    if (value === undefined || value === null) {
      this.add(pointer, `missing required field: ${field}`);
      return undefined;
    }
    return this.optionalText(holder, field, pointer, max, counts);
  }

  /** A string that may be missing but, when there, has 1 to max characters. */
  optionalText(holder: Fields, field: string, pointer: string, max: number, counts = false): string | undefined {
    const value = holder[field];
    if (value === undefined || value === null) return undefined;
    const at = `${pointer}/${field}`;
    if (typeof value !== 'string') {
      this.add(at, 'must provide a string');
      return undefined;
    }
    if (value === '') this.add(at, 'must be more than 0 characters');
    if (lengthOf(value) > max) this.add(at, `must be less than ${max + 1} characters`);
    if (counts) this.totalText += value.length;
    return value;
  }

  oneOf(holder: Fields, field: string, pointer: string, allowed: readonly string[]): void {
    const value = holder[field];
    if (value !== undefined && !(typeof value === 'string' && allowed.includes(value)))
      this.add(`${pointer}/${field}`, `must be one of: ${allowed.join(', ')}`);
  }

  /** Text objects: plain_text or mrkdwn, or only the one. */
  textObject(
    holder: Fields,
    field: string,
    pointer: string,
    max: number,
    rule: { kind?: 'plain_text' | 'mrkdwn'; required?: boolean } = {},
  ): void {
    const value = holder[field];
    const at = `${pointer}/${field}`;
    if (value === undefined || value === null) {
      if (rule.required) this.add(pointer, `missing required field: ${field}`);
      return;
    }
    this.textValue(value, at, max, rule.kind);
  }

  textValue(value: unknown, at: string, max: number, kind?: 'plain_text' | 'mrkdwn'): void {
    const object = this.object(value, at);
    if (!object) return;
    const type = object.type;
    if (type !== 'plain_text' && type !== 'mrkdwn') this.add(`${at}/type`, `unsupported type: ${String(type)}`);
    else if (kind && type !== kind) this.add(`${at}/type`, `expected ${kind}, got ${type}`);
    if (type === 'mrkdwn' && object.emoji !== undefined) this.add(`${at}/emoji`, 'additional property not allowed');
    this.text(object, 'text', at, max, true);
  }
}
