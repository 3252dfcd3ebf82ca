/** How much of a foreign file is read at most. A test keeps docs/manuals.md in step. */
export const parseLimits = {
  /** Of the file itself. */
  bytes: 20 * 1024 * 1024,
  /** Of a PDF. */
  pages: 2_000,
  /** Of the text that is left of it. */
  chars: 4_000_000,
  /** Parts inside a DOCX. */
  archiveParts: 5_000,
  /** All parts of a DOCX, unpacked. */
  archiveBytes: 200 * 1024 * 1024,
  /** One text part of a DOCX, unpacked. */
  archivePartBytes: 64 * 1024 * 1024,
  /** From the first byte to the last chunk. */
  ms: 60_000,
  /** Heap of the thread that reads files. */
  heapMb: 512,
} as const;
