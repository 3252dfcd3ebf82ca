import { randomBytes } from 'node:crypto';
import { newId } from '../ids.ts';
import { type Fields, fieldsOf, listOf, numberOf, parseJson, textOf } from '../json.ts';
import { addMessage, showFile } from '../messages.ts';
import { BOT_USER, type Channel } from '../options.ts';
import type { Upload, Workspace } from '../workspace.ts';
import { writableChannel } from './chat.ts';
import { type Method, refuse } from './method.ts';

/** The largest upload this workspace takes. */
export const MAX_FILE_BYTES = 20_000_000;

const TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  csv: 'text/csv',
  txt: 'text/plain',
  md: 'text/markdown',
  json: 'application/json',
  html: 'text/html',
  htm: 'text/html',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pdf: 'application/pdf',
};

const getUploadUrl: Method = (workspace, args) => {
  const name = textOf(args.filename);
  const length = numberOf(args.length);
  if (!name || length === undefined || length < 1) return refuse('invalid_arguments');
  if (length > MAX_FILE_BYTES) return refuse('file_upload_size_restricted');
  const secret = randomBytes(16).toString('hex');
  const upload: Upload = { id: newId('F'), name, length };
  workspace.uploads.set(secret, upload);
  return { ok: true, upload_url: `${workspace.baseUrl()}/upload/v1/${secret}`, file_id: upload.id };
};

/** Takes the bytes of one upload; answers false for an address that was not given out. */
export function takeUpload(workspace: Workspace, secret: string, content: Buffer): boolean {
  const upload = workspace.uploads.get(secret);
  if (!upload) return false;
  upload.content = content;
  return true;
}

/** Keeps a file that a person attached in the browser; it is seen once a message shows it. */
export function keepFile(workspace: Workspace, file: { user: string; name: string; content: Buffer }): Fields {
  const { user, name, content } = file;
  if (!workspace.store.users.has(user)) return { ok: false, error: 'user_not_found' };
  if (name === '' || content.length === 0) return { ok: false, error: 'no_file_data' };
  const id = newId('F');
  saveFile(workspace, { id, name, title: name, content, user });
  return { ok: true, file: showFile(workspace, id) };
}

function saveFile(
  workspace: Workspace,
  file: { id: string; name: string; title: string; content: Buffer; user: string },
): void {
  const { now, fileProcessingMs } = workspace.options;
  workspace.store.saveFile({
    ...file,
    mimetype: TYPES[file.name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream',
    content: file.content.toString('base64'),
    ready_at: now() + fileProcessingMs,
  });
}

const completeUpload: Method = (workspace, args) => {
  const given = typeof args.files === 'string' ? parseJson(args.files) : args.files;
  const wanted = listOf(given).map(fieldsOf);
  if (wanted.length === 0) return refuse('invalid_arguments');
  const found: { secret: string; upload: Upload; content: Buffer; title: string }[] = [];
  for (const file of wanted) {
    const entry = [...workspace.uploads].find(([, upload]) => upload.id === file.id);
    const content = entry?.[1].content;
    if (!entry || !content) return refuse('file_not_found');
    found.push({ secret: entry[0], upload: entry[1], content, title: textOf(file.title) ?? entry[1].name });
  }
  let channel: Channel | undefined;
  const channelId = textOf(args.channel_id);
  if (channelId) {
    const writable = writableChannel(workspace, channelId);
    if (!('isDirect' in writable)) return writable;
    channel = workspace.store.channel(String(writable.id));
  }
  for (const { secret, upload, content, title } of found) {
    workspace.uploads.delete(secret);
    saveFile(workspace, { id: upload.id, name: upload.name, title, content, user: BOT_USER });
  }
  if (channel)
    addMessage(workspace, channel, {
      user: BOT_USER,
      text: textOf(args.initial_comment) ?? '',
      threadTs: textOf(args.thread_ts),
      files: found.map(({ upload }) => upload.id),
    });
  return { ok: true, files: found.map(({ upload }): Fields => showFile(workspace, upload.id)) };
};

const info: Method = (workspace, args) => {
  const id = textOf(args.file) ?? '';
  return workspace.store.files.has(id) ? { ok: true, file: showFile(workspace, id) } : refuse('file_not_found');
};

/** files.*: the three-step upload and its reading back. */
export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': getUploadUrl,
  'files.completeUploadExternal': completeUpload,
  'files.info': info,
};
