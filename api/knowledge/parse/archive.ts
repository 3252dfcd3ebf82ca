import { inflateRawSync } from 'node:zlib';
import { parseLimits } from './limits.ts';
import { Refusal } from './refusal.ts';

/** One part of a ZIP archive as its directory lists it. */
interface Part {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly packed: number;
  readonly offset: number;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const longestComment = 65_557;

/** Names of the parts of a ZIP archive; an archive whose directory cannot be read is refused. */
export function partNames(bytes: Uint8Array): readonly string[] {
  return directoryOf(bytes).map((part) => part.name);
}

/**
 * Refuses an archive that would unpack to more than is read, before anything of it is unpacked for use. The sizes an archive claims
 * are not believed: every part is unpacked once with a limit.
 */
export function checkArchive(bytes: Uint8Array): void {
  const parts = directoryOf(bytes);
  if (parts.some((part) => part.encrypted)) throw new Refusal('ENCRYPTED', { format: 'DOCX' });
  let left: number = parseLimits.archiveBytes;
  for (const part of parts) {
    if (part.method === 0) left -= part.packed;
    else if (part.method === 8) left -= unpackedSize(bytes, part, left);
    else throw new Refusal('CORRUPT', { format: 'DOCX' });
    if (left < 0) throw new Refusal('ARCHIVE_BOMB');
  }
}

function unpackedSize(bytes: Uint8Array, part: Part, left: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (part.offset + 30 > bytes.length) throw new Refusal('CORRUPT', { format: 'DOCX' });
  const from = part.offset + 30 + view.getUint16(part.offset + 26, true) + view.getUint16(part.offset + 28, true);
  const most = Math.min(left, /\.(xml|rels)$/i.test(part.name) ? parseLimits.archivePartBytes : left);
  if (most <= 0) throw new Refusal('ARCHIVE_BOMB');
  try {
    return inflateRawSync(bytes.subarray(from, from + part.packed), { maxOutputLength: most }).length;
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal('ARCHIVE_BOMB');
    throw new Refusal('CORRUPT', { format: 'DOCX' });
  }
}

function directoryOf(bytes: Uint8Array): readonly Part[] {
  const corrupt = (): Refusal => new Refusal('CORRUPT', { format: 'ZIP' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= Math.max(0, bytes.length - longestComment) && view.getUint32(end, true) !== END) end--;
  if (end < 0 || end < bytes.length - longestComment || view.getUint32(end, true) !== END) throw corrupt();
  const count = view.getUint16(end + 10, true);
  if (count > parseLimits.archiveParts) throw new Refusal('ARCHIVE_BOMB');
  const parts: Part[] = [];
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) throw corrupt();
    const nameLength = view.getUint16(at + 28, true);
    parts.push({
      name: Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString('utf8'),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      offset: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return parts;
}
