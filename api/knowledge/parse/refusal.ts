/** Why a file cannot be taken in: a closed list, each with a text for people in two languages. */
export const refusalCodes = [
  'EMPTY',
  'TOO_LARGE',
  'TOO_MANY_PAGES',
  'TOO_MUCH_TEXT',
  'TOO_COMPLEX',
  'TOO_SLOW',
  'UNREADABLE',
  'CORRUPT',
  'ENCRYPTED',
  'SCANNED',
  'NO_TEXT',
  'MISLABELLED',
  'UNSUPPORTED',
  'BINARY',
  'UNKNOWN_ENCODING',
  'ARCHIVE_BOMB',
  'FRONT_MATTER',
  'FRONT_MATTER_MISSING',
  'FOLDER_SETTINGS',
  'CODE_TAKEN',
  'CODE_HIDDEN',
  'CHANGED_MEANWHILE',
  'NOT_RECEIVED',
  'GAVE_UP',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** Numbers and names a refusal's text needs. */
export type RefusalDetail = Readonly<Record<string, string | number>>;

/** A file that cannot be taken in, with its reason. Thrown by everything that reads foreign files. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly detail: RefusalDetail;

  constructor(code: RefusalCode, detail: RefusalDetail = {}) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.detail = detail;
  }
}
