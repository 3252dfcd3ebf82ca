/** What people are told when something about manuals is refused, in both languages. */
export const manualTexts = {
  needsManualWrite: {
    en: 'Only operators and administrators take manuals in or out.',
    ko: '매뉴얼은 운영자와 관리자만 넣거나 뺄 수 있습니다.',
  },
  fileNameMissing: { en: 'The file needs a name.', ko: '파일 이름이 필요합니다.' },
  digestInvalid: {
    en: 'The digest is the SHA-256 of the file, 64 lower-case hexadecimal digits.',
    ko: '다이제스트는 파일의 SHA-256을 소문자 16진수 64자로 적습니다.',
  },
  fileEmpty: { en: 'The file is empty.', ko: '파일이 비어 있습니다.' },
  fileTooLarge: { en: 'A file may have 20 MB. Split it.', ko: '파일은 20 MB까지입니다. 나누어 올려 주세요.' },
  tooManyUploads: {
    en: 'Too many uploads wait already. Take those in first, or wait an hour.',
    ko: '기다리는 업로드가 너무 많습니다. 먼저 넣거나 한 시간 뒤에 다시 시도해 주세요.',
  },
  filesCount: { en: 'Between 1 and 50 files are taken in at once.', ko: '한 번에 파일 1개에서 50개까지 넣습니다.' },
  codeForOne: {
    en: 'A code or title can be given for a single file only.',
    ko: '코드와 제목은 파일이 하나일 때만 줄 수 있습니다.',
  },
  uploadNotFound: { en: 'There is no such upload of yours.', ko: '그런 업로드가 없습니다.' },
  bytesMissing: { en: 'The bytes of a file have not come yet.', ko: '파일 내용이 아직 도착하지 않았습니다.' },
  uploadUsed: { en: 'A file is being taken in already.', ko: '이미 넣고 있는 파일입니다.' },
  manualNotFound: { en: 'There is no such manual.', ko: '그런 매뉴얼이 없습니다.' },
  alreadyRemoved: { en: 'This manual was taken out already.', ko: '이미 뺀 매뉴얼입니다.' },
  metadataInvalid: { en: 'What is said about the file cannot be used.', ko: '파일에 대해 적은 내용을 쓸 수 없습니다.' },
} as const;
export type ManualTextKey = keyof typeof manualTexts;

/** A refusal the caller can act on. */
export interface ManualRefusal {
  readonly code: 'FORBIDDEN' | 'NOT_FOUND' | 'INVALID_INPUT' | 'INVALID_STATE';
  readonly message: string;
  readonly path: readonly string[] | null;
}

/** Builds a refusal in the reader's language. */
export function manualRefusal(
  locale: 'KO' | 'EN',
  code: ManualRefusal['code'],
  key: ManualTextKey,
  field?: string,
): ManualRefusal {
  const text = manualTexts[key];
  return { code, message: locale === 'KO' ? text.ko : text.en, path: field === undefined ? null : ['input', field] };
}
