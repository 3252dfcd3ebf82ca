import type { Core, Viewer } from '../context.ts';
import { decodeText } from './parse/decode.ts';
import { readerOf, visibleWhere } from './visibility-rules.ts';

/** A manual's own file as it is handed out. */
export interface OriginalFile {
  readonly fileName: string;
  readonly contentType: string;
  /** Whether a browser may show it in its place: nothing that runs. */
  readonly isInline: boolean;
  readonly bytes: Uint8Array;
}

/** The file behind a manual, any revision, for those who may see it; null for everybody else and for none. */
export async function originalOf(core: Pick<Core, 'db'>, viewer: Viewer, id: string): Promise<OriginalFile | null> {
  const manual = await core.db.manual.findFirst({
    where: { id, ...visibleWhere(readerOf(viewer)) },
    select: { fileName: true, mediaType: true, bytes: true },
  });
  if (manual === null) return null;
  const fileName = manual.fileName.split('/').at(-1) ?? manual.fileName;
  const { bytes, mediaType } = manual;
  if (mediaType === 'application/pdf') return { fileName, contentType: mediaType, isInline: true, bytes };
  // Pages of others are shown as text: in our own address they could run as ours.
  if (mediaType.startsWith('text/'))
    return { fileName, contentType: `text/plain; charset=${charsetOf(bytes)}`, isInline: true, bytes };
  return { fileName, contentType: 'application/octet-stream', isInline: false, bytes };
}

/** The name a browser knows the file's encoding by. */
function charsetOf(bytes: Uint8Array): string {
  try {
    const { encoding } = decodeText(bytes);
    return encoding === 'cp949' ? 'euc-kr' : encoding;
  } catch {
    return 'utf-8';
  }
}
