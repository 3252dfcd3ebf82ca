import { client } from './api.ts';
import { authorization } from './key.ts';
import { ingestMutation, ingestQuery, uploadCreateMutation } from './manual-queries.ts';

/** How far a file has come. */
export interface FileProgress {
  readonly name: string;
  readonly state: 'waiting' | 'sending' | 'reading' | 'ADDED' | 'CHANGED' | 'UNCHANGED' | 'REFUSED';
  /** Share of the bytes that are sent, 0 to 1. */
  readonly sent: number;
  readonly code: string | null;
  /** Why it was refused, in the words of the API; one of the console's own reasons is told by its key. */
  readonly problem: string | { readonly key: 'fileEmpty' | 'unreachable' } | null;
}

const lookEveryMs = 700;
const unreachable = { key: 'unreachable' } as const;

/** Adds files to the manuals: a place for each, its bytes, then all are taken in together. Each step is told as it happens. */
export async function uploadManuals(
  files: readonly File[],
  onProgress: (all: readonly FileProgress[]) => void,
): Promise<void> {
  const all: FileProgress[] = files.map(({ name }) => ({ name, state: 'waiting', sent: 0, code: null, problem: null }));
  const set = (at: number, more: Partial<FileProgress>): void => {
    const known = all[at];
    if (known !== undefined) all[at] = { ...known, ...more };
    onProgress([...all]);
  };
  const uploads: { at: number; id: string }[] = [];
  onProgress([...all]);
  for (const [at, file] of files.entries()) {
    const upload = await sendFile(file, (more) => set(at, more)).catch(() => unreachable);
    if (typeof upload === 'string') {
      uploads.push({ at, id: upload });
      set(at, { state: 'reading', sent: 1 });
    } else set(at, { state: 'REFUSED', problem: 'problem' in upload ? upload.problem : upload });
  }
  if (uploads.length === 0) return;
  const { data } = await client
    .mutation(ingestMutation, {
      input: { uploadIds: uploads.map(({ id }) => id), idempotencyKey: crypto.randomUUID() },
    })
    .toPromise();
  const id = data?.manualIngest.ingest?.id;
  if (id === undefined) {
    const problem = data?.manualIngest.userErrors[0]?.message ?? unreachable;
    for (const { at } of uploads) set(at, { state: 'REFUSED', problem });
    return;
  }
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    const state = await client.query(ingestQuery, { id }, { requestPolicy: 'network-only' }).toPromise();
    const ingest = state.data?.manualIngest;
    // No answer for a moment changes nothing about the work: it is asked again.
    if (!ingest) continue;
    for (const [index, { at }] of uploads.entries()) {
      const file = ingest.files[index];
      if (file === undefined || file.status === 'PENDING' || file.status === 'REMOVED') continue;
      set(at, { state: file.status, code: file.manual?.code ?? null, problem: file.message });
    }
    if (ingest.status !== 'QUEUED' && ingest.status !== 'RUNNING') return;
  }
}

/** One file: its place, then its bytes. The id of the upload, or what was said against it. */
async function sendFile(
  file: File,
  tell: (more: Partial<FileProgress>) => void,
): Promise<string | { readonly problem: FileProgress['problem'] }> {
  if (file.size === 0) return { problem: { key: 'fileEmpty' } };
  tell({ state: 'sending' });
  const bytes = await file.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const { data, error } = await client
    .mutation(uploadCreateMutation, {
      input: {
        fileName: file.name,
        mediaType: file.type,
        byteSize: file.size,
        sha256,
        idempotencyKey: crypto.randomUUID(),
      },
    })
    .toPromise();
  const upload = data?.manualUploadCreate.upload;
  if (!upload)
    return {
      problem: data?.manualUploadCreate.userErrors[0]?.message ?? error?.graphQLErrors[0]?.message ?? unreachable,
    };
  return (await put(upload.path, bytes, (sent) => tell({ sent }))) ?? upload.id;
}

/** Sends bytes with progress, which only this older way tells; null when they were taken. */
function put(
  path: string,
  bytes: ArrayBuffer,
  onSent: (share: number) => void,
): Promise<{ problem: FileProgress['problem'] } | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('PUT', path);
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.addEventListener('progress', ({ loaded, total }) => onSent(total > 0 ? loaded / total : 0));
    request.addEventListener('load', () => {
      if (request.status < 300) return resolve(null);
      resolve({ problem: detailOf(request.responseText) ?? unreachable });
    });
    request.addEventListener('error', () => resolve({ problem: unreachable }));
    request.send(bytes);
  });
}

function detailOf(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    if ('detail' in value && typeof value.detail === 'string') return value.detail;
    return 'title' in value && typeof value.title === 'string' ? value.title : null;
  } catch {
    return null;
  }
}
