import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { parseAlert } from './alert.ts';
import { type RecordedBatch, type ReplayResult, replayAlerts } from './replay-rules.ts';
import { type AlertSettings, readAlertSettings, usualSettings } from './settings.ts';
import { indexSystems } from './stages/group.ts';
import { readStored, type StoredAlert } from './stored-alert.ts';

/** A line of a recording: the inbox row as `alerts:record` writes it, or a moment with alerts as a source sends them. */
const lineSchema = z.union([
  z.object({ at: z.iso.datetime({ offset: true }), payload: z.unknown() }),
  z.object({
    at: z.iso.datetime({ offset: true }),
    source: z.string().default('alertmanager'),
    alerts: z.array(z.looseObject({ status: z.string(), labels: z.record(z.string(), z.unknown()) })),
  }),
]);

/** Reads a recording, oldest first; what came within the same second is one batch. Says how many lines could not be read. */
export function readRecording(text: string): { readonly batches: readonly RecordedBatch[]; readonly unread: number } {
  const seconds = new Map<number, StoredAlert[]>();
  let unread = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const found = readLine(line, index);
    if (found === null) {
      unread += 1;
      continue;
    }
    const second = Math.floor(found.at.getTime() / 1_000) * 1_000;
    seconds.set(second, [...(seconds.get(second) ?? []), ...found.alerts]);
    unread += found.unread;
  }
  const batches = [...seconds]
    .sort(([one], [other]) => one - other)
    .map(([at, alerts]) => ({ at: new Date(at), alerts }));
  return { batches, unread };
}

function readLine(line: string, index: number): { at: Date; alerts: StoredAlert[]; unread: number } | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = lineSchema.safeParse(json);
  if (!parsed.success) return null;
  const at = new Date(parsed.data.at);
  if ('payload' in parsed.data) {
    const stored = readStored({ id: String(index), payload: parsed.data.payload });
    return typeof stored === 'string' ? null : { at, alerts: [stored], unread: 0 };
  }
  const { source, alerts } = parsed.data;
  const kept = alerts.flatMap((raw): StoredAlert[] => {
    const read = parseAlert({ ...raw, status: raw.status.toUpperCase() }, at);
    return read.ok
      ? [{ inboxId: String(index), source, groupKey: null, externalUrl: null, truncated: 0, alert: read.alert }]
      : [];
  });
  return { at, alerts: kept, unread: alerts.length - kept.length };
}

const shown = [
  'alerts',
  'episodes',
  'groups',
  'opened',
  'reopened',
  'closed',
  'storms',
  'gathered',
  'held',
  'neverTold',
  'muted',
] as const;

function table(usual: ReplayResult, changed: ReplayResult | null): string {
  const width = Math.max(...shown.map((name) => name.length)) + 2;
  return shown
    .map((name) => {
      const after = changed === null ? '' : `  ${String(changed[name]).padStart(8)}`;
      return `${name.padEnd(width)}${String(usual[name]).padStart(8)}${after}`;
    })
    .join('\n');
}

/** `npm run alerts:replay -- FILE [--settings FILE] [--lines N] [--json]` */
function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      settings: { type: 'string' },
      lines: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
    },
  });
  const [file] = positionals;
  if (file === undefined) {
    process.stderr.write('npm run alerts:replay -- FILE.jsonl [--settings FILE.yml] [--lines N] [--json]\n');
    return 64;
  }
  let settings: AlertSettings | null = null;
  try {
    settings = values.settings === undefined ? null : readAlertSettings(readFileSync(values.settings, 'utf8'));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 65;
  }
  const { batches, unread } = readRecording(readFileSync(file, 'utf8'));
  const systems = indexSystems([]);
  const usual = replayAlerts(batches, usualSettings, systems);
  const changed = settings === null ? null : replayAlerts(batches, settings, systems);
  const result = changed ?? usual;
  if (values.json) process.stdout.write(`${JSON.stringify({ unread, usual, changed })}\n`);
  else {
    process.stdout.write(changed === null ? 'with the usual settings\n' : `usual settings, then ${values.settings}\n`);
    process.stdout.write(`${table(usual, changed)}\n`);
    if (unread > 0) process.stdout.write(`${unread} alerts or lines could not be read\n`);
    const count = Math.max(0, Number(values.lines) || 0);
    for (const { at, what } of result.lines.slice(0, count)) process.stdout.write(`${at.toISOString()}  ${what}\n`);
    const more = result.lines.length - count;
    if (more > 0) process.stdout.write(`… and ${more} more (--lines ${result.lines.length})\n`);
  }
  return 0;
}

if (process.argv[1]?.endsWith('replay-main.js') === true) process.exitCode = main();
