import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ShownMessage } from '../../bot/local-slack/client.ts';
import { childrenOf } from './kill-everything.ts';
import type { RunningProduct } from './product.ts';

const slackSecrets = z.object({ SLACK_SIGNING_SECRET: z.string(), WEB_API_KEY: z.string() });

/** Secrets of a running product that only tests of its doors need. */
export function doorSecrets(product: Pick<RunningProduct, 'home'>): z.infer<typeof slackSecrets> {
  return slackSecrets.parse(JSON.parse(readFileSync(path.join(product.home, 'secrets.json'), 'utf8')));
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

/** Slack's signature over a body. */
export function signed(secret: string, body: string, timestamp = String(nowSeconds())): Record<string, string> {
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}

let commands = 0;
/** The form Slack posts for a slash command, each with a trigger of its own. */
export function commandForm(text: string, user = 'U0REQUESTER'): string {
  commands++;
  return new URLSearchParams({
    token: 'local',
    team_id: 'T0LOCAL',
    team_domain: 'local',
    channel_id: 'C0OPS',
    channel_name: 'ops',
    user_id: user,
    user_name: 'jin',
    command: '/agent',
    text,
    api_app_id: 'A0AGENT',
    is_enterprise_install: 'false',
    response_url: 'http://127.0.0.1:9/response/none',
    trigger_id: `${Date.now()}.${commands}.hostile`,
  }).toString();
}

/** Node processes the launcher keeps, by the program they run. */
export function programs(product: Pick<RunningProduct, 'launcher'>): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const pid of childrenOf(product.launcher.pid)) {
    const program = /dist\/((?:api|bot|web)\/\S*?\.js)/.exec(commandOf(pid))?.[1];
    if (program !== undefined) found[program] = pid;
  }
  return found;
}

/** Every process of the embedded database. */
export function databaseProcesses(product: Pick<RunningProduct, 'launcher'>): number[] {
  return childrenOf(product.launcher.pid).filter((pid) => /postgres/.test(commandOf(pid)));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A piece of a message by the way Slack reads it: marked up, as it stands, or as an element that does something. */
export interface Piece {
  readonly kind: 'markup' | 'literal' | 'acting';
  readonly text: string;
}

/** All text of a message with the way Slack reads it. */
export function piecesOf(message: ShownMessage): Piece[] {
  const pieces: Piece[] = [{ kind: 'markup', text: message.text }];
  collect(message.blocks, pieces);
  return pieces;
}

const node = z.looseObject({ type: z.string().optional() });

function collect(value: unknown, into: Piece[]): void {
  if (Array.isArray(value)) {
    for (const one of value) collect(one, into);
    return;
  }
  const parsed = node.safeParse(value);
  if (!parsed.success) return;
  const { type } = parsed.data;
  const text = (name: string): string => {
    const found = parsed.data[name];
    return typeof found === 'string' ? found : '';
  };
  if (type === 'mrkdwn' || type === 'markdown') into.push({ kind: 'markup', text: text('text') });
  else if (type === 'plain_text' || type === 'text') into.push({ kind: 'literal', text: text('text') });
  else if (type === 'link' || type === 'user' || type === 'broadcast' || type === 'usergroup' || type === 'channel')
    into.push({ kind: 'acting', text: JSON.stringify(parsed.data) });
  if (text('url') !== '') into.push({ kind: 'acting', text: text('url') });
  for (const below of Object.values(parsed.data)) if (typeof below === 'object') collect(below, into);
}
