import iconv from 'iconv-lite';
import { Refusal } from './refusal.ts';

/** Text of a file and how it was written. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: string;
}

const decode = (bytes: Uint8Array, encoding: string): string | null => {
  // The runtime's own decoder reads the syllables CP949 added to EUC-KR as control characters, without a word.
  if (encoding === 'cp949') {
    const text = iconv.decode(Buffer.from(bytes), encoding);
    return text.includes('\ufffd') ? null : text;
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};

/** Names an HTML page may give for its encoding, as far as they are read. */
const declared =
  /^(utf-?8|euc-?kr|ks_c_5601-1987|cp949|windows-949|utf-16(le|be)?|windows-1252|iso-8859-1|us-ascii|shift_jis|euc-jp|gbk|gb18030|big5)$/i;
const korean = /^(euc-?kr|ks_c_5601-1987|cp949|windows-949)$/;

/** The encoding an HTML page declares in its head; null when it declares none that is known. */
export function declaredEncoding(bytes: Uint8Array): string | null {
  const head = String.fromCharCode(...bytes.subarray(0, 2_048));
  const named = /<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{1,30})/i.exec(head)?.[1]?.toLowerCase();
  if (named === undefined || !declared.test(named)) return null;
  // A page whose ASCII head can be read is no UTF-16, whatever it says.
  if (named.startsWith('utf')) return 'utf-8';
  return korean.test(named) ? 'cp949' : named;
}

/** Text of the private use areas and of broken characters: what a wrong encoding leaves behind. */
const suspicious = /(?!\s)[\p{Cc}\p{Co}\ufffd]/gu;
const oddShare = (text: string): number => (text.match(suspicious)?.length ?? 0) / Math.max(1, text.length);

/**
 * Reads text as UTF-8, as UTF-16 with a mark, or as Korean CP949, which holds EUC-KR. Everything is strict: a byte that fits nowhere
 * means another encoding, never a silent replacement.
 */
export function decodeText(bytes: Uint8Array, hint: string | null = null): DecodedText {
  if (bytes.length === 0) throw new Refusal('EMPTY');
  const mark =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  if (mark !== null) {
    const text = decode(bytes, mark);
    if (text === null || oddShare(text) > 0.02) throw new Refusal('UNKNOWN_ENCODING');
    return checked(text, mark);
  }
  if (bytes.includes(0)) throw new Refusal('BINARY');
  const utf8 = decode(bytes, 'utf-8');
  if (utf8 !== null) {
    if (oddShare(utf8) > 0.05) throw new Refusal('BINARY');
    return checked(utf8, 'utf-8');
  }
  for (const encoding of new Set([hint ?? 'cp949', 'cp949'])) {
    const text = decode(bytes, encoding);
    if (text === null || oddShare(text) > 0.01) continue;
    if (encoding === 'cp949' && hint === null && !looksKorean(text)) continue;
    return checked(text, encoding);
  }
  throw new Refusal('UNKNOWN_ENCODING');
}

/** Korean text is mostly common syllables; bytes of another encoding read as CP949 give rare ones and Chinese characters. */
function looksKorean(text: string): boolean {
  const syllables = text.match(/\p{Script=Hangul}/gu)?.length ?? 0;
  const others = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Cyrillic}]/gu)?.length ?? 0;
  return syllables > 0 && syllables >= 3 * others;
}

function checked(text: string, encoding: string): DecodedText {
  const clean = text
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .toWellFormed();
  if (clean.trim() === '') throw new Refusal('EMPTY');
  return { text: clean, encoding };
}
