import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { projectPath } from '../../lib/project-path.ts';

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Only this server's own files and data; nothing inline, nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Answers one file of the browser view; false when there is none of that name. */
export function sendViewFile(name: string, response: ServerResponse): boolean {
  const file = name === '' ? 'index.html' : name;
  const type = TYPES[file.split('.').at(-1) ?? ''];
  if (!/^[a-z0-9-]+\.[a-z]+$/.test(file) || type === undefined) return false;
  const path = projectPath('bot', 'local-slack', 'view', file);
  if (!existsSync(path)) return false;
  response.writeHead(200, {
    'content-type': type,
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
  response.end(readFileSync(path));
  return true;
}
