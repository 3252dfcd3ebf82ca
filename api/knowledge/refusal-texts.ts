import type { RefusalCode, RefusalDetail } from './parse/refusal.ts';

type Text = (detail: RefusalDetail) => string;

const megabytes = (value: string | number | undefined): string => `${Math.round(Number(value ?? 0) / 1_048_576)} MB`;
const thousands = (value: string | number | undefined): string => Number(value ?? 0).toLocaleString('en-US');
const words = (detail: RefusalDetail): string => (detail.words ? ` (${detail.words})` : '');

/** Why a file was not taken in and what helps, for people, in both languages. */
export const refusalTexts: Readonly<Record<RefusalCode, { readonly en: Text; readonly ko: Text }>> = {
  EMPTY: { en: () => 'The file is empty.', ko: () => '파일이 비어 있습니다.' },
  TOO_LARGE: {
    en: (d) => `The file is larger than ${megabytes(d.most)}. Split it.`,
    ko: (d) => `파일이 ${megabytes(d.most)}보다 큽니다. 나누어 올려 주세요.`,
  },
  TOO_MANY_PAGES: {
    en: (d) => `It has ${thousands(d.pages)} pages; at most ${thousands(d.most)} are read. Split it.`,
    ko: (d) => `${thousands(d.pages)}쪽입니다. 최대 ${thousands(d.most)}쪽까지 읽습니다. 나누어 주세요.`,
  },
  TOO_MUCH_TEXT: {
    en: (d) => `It holds more than ${thousands(d.most)} characters of text. Split it.`,
    ko: (d) => `글자가 ${thousands(d.most)}자보다 많습니다. 나누어 주세요.`,
  },
  TOO_COMPLEX: {
    en: () => 'Its structure is nested too deeply or needs too much memory to be read.',
    ko: () => '구조가 너무 깊게 중첩되었거나 읽는 데 메모리가 너무 많이 필요합니다.',
  },
  TOO_SLOW: {
    en: (d) => `Reading it took longer than ${d.seconds} seconds and was ended.`,
    ko: (d) => `읽는 데 ${d.seconds}초가 넘게 걸려 중단했습니다.`,
  },
  UNREADABLE: {
    en: () => 'The file could not be read. The log says why.',
    ko: () => '파일을 읽지 못했습니다. 이유는 로그에 있습니다.',
  },
  CORRUPT: {
    en: (d) => `This is no whole ${d.format}: it is damaged or was cut off${words(d)}.`,
    ko: (d) => `온전한 ${d.format} 파일이 아닙니다. 손상되었거나 중간에 잘렸습니다${words(d)}.`,
  },
  ENCRYPTED: {
    en: (d) => `The ${d.format} file is protected by a password. Save it without one.`,
    ko: (d) => `${d.format} 파일에 암호가 걸려 있습니다. 암호를 풀고 저장해 주세요.`,
  },
  SCANNED: {
    en: (d) =>
      `The PDF holds pictures of ${thousands(d.pages)} pages and no text. Run text recognition (OCR) over it first.`,
    ko: (d) => `PDF에 ${thousands(d.pages)}쪽의 그림만 있고 글자가 없습니다. 먼저 문자 인식(OCR)을 해 주세요.`,
  },
  NO_TEXT: { en: () => 'No text was found in it.', ko: () => '읽을 수 있는 글자가 없습니다.' },
  MISLABELLED: {
    en: (d) => `Its name ends in .${d.ending}, but it is ${d.found}. Give it the right ending.`,
    ko: (d) => `이름은 .${d.ending}인데 내용은 ${d.found}입니다. 확장자를 바로잡아 주세요.`,
  },
  UNSUPPORTED: {
    en: (d) => `${d.format || 'This kind of file'} is not read. Save it as PDF, DOCX, HTML, Markdown or plain text.`,
    ko: (d) =>
      `${d.format || '이 종류의 파일'}은(는) 읽지 않습니다. PDF, DOCX, HTML, Markdown 또는 일반 텍스트로 저장해 주세요.`,
  },
  BINARY: { en: () => 'It is no text but binary data.', ko: () => '텍스트가 아니라 이진 데이터입니다.' },
  UNKNOWN_ENCODING: {
    en: () => 'Its text is neither UTF-8, UTF-16 nor EUC-KR/CP949. Save it as UTF-8.',
    ko: () => '글자 인코딩이 UTF-8, UTF-16, EUC-KR/CP949가 아닙니다. UTF-8로 저장해 주세요.',
  },
  ARCHIVE_BOMB: {
    en: () => 'Unpacked, the document would be far larger than any document is. It was not opened.',
    ko: () => '압축을 풀면 문서라고 보기 어려울 만큼 커집니다. 열지 않았습니다.',
  },
  FRONT_MATTER: {
    en: (d) => `What stands above its text cannot be used: ${d.words}.`,
    ko: (d) => `본문 위에 적힌 정보를 쓸 수 없습니다: ${d.words}.`,
  },
  FRONT_MATTER_MISSING: {
    en: () => 'It does not begin with its code, title and language between two lines of ---.',
    ko: () => '첫머리의 --- 두 줄 사이에 code, title, locale이 없습니다.',
  },
  FOLDER_SETTINGS: {
    en: (d) =>
      `${d.path} in its folder cannot be used: ${d.words}. Until it is put right, nothing below it is taken in.`,
    ko: (d) => `폴더의 ${d.path}을(를) 쓸 수 없습니다: ${d.words}. 고칠 때까지 그 아래 파일은 넣지 않습니다.`,
  },
  CODE_TAKEN: {
    en: (d) => `Its code ${d.code} is that of ${d.path}. Give one of them another code.`,
    ko: (d) => `코드 ${d.code}은(는) ${d.path}이(가) 쓰고 있습니다. 둘 중 하나의 코드를 바꿔 주세요.`,
  },
  CODE_HIDDEN: {
    en: (d) => `The code ${d.code} cannot be used by you. Choose another one.`,
    ko: (d) => `코드 ${d.code}은(는) 쓸 수 없습니다. 다른 코드를 골라 주세요.`,
  },
  CHANGED_MEANWHILE: {
    en: () => 'It was gone or could not be opened when its turn came. Take the folder in again.',
    ko: () => '차례가 되었을 때 파일이 없거나 열 수 없었습니다. 폴더를 다시 넣어 주세요.',
  },
  NOT_RECEIVED: {
    en: () => 'Its bytes never came. Send it again.',
    ko: () => '파일 내용이 도착하지 않았습니다. 다시 보내 주세요.',
  },
  GAVE_UP: {
    en: (d) => `Work on it was broken off ${d.times} times. It was left alone so that the others go on.`,
    ko: (d) => `작업이 ${d.times}번 중단되어, 나머지 파일을 위해 남겨 두었습니다.`,
  },
};

/** The text of a refusal in the reader's language. */
export function refusalText(locale: 'KO' | 'EN', code: RefusalCode, detail: RefusalDetail): string {
  const text = refusalTexts[code];
  return locale === 'KO' ? text.ko(detail) : text.en(detail);
}
