import { canonicalJson, sha256Hex } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { redactSecrets } from '../../lib/redact.ts';
import { clip } from '../../lib/text.ts';
import { storedJson } from '../audit/stored-json.ts';
import type { Core } from '../context.ts';
import { type Evidence, inTransaction, Prisma, type Tx } from '../db.ts';
import { fitReply } from './size-rules.ts';

/** A tool's reply as it came. */
export interface ReplyToStore {
  readonly outcome: 'success' | 'no_data' | 'error';
  /** Decides how it is drawn: health, metric, manual, other. */
  readonly kind: string;
  readonly title: string;
  readonly asked: string;
  readonly summary: string;
  readonly url?: string | null;
  readonly rangeFrom?: string | Date | null;
  readonly rangeTo?: string | Date | null;
  readonly data: unknown;
  /** What the tool was called with; kept so that the call can be recognised again. */
  readonly args?: unknown;
}

/** Digest of everything a person or a model sees of a stored reply. */
export function evidenceDigest(
  row: Pick<Evidence, 'tool' | 'outcome' | 'title' | 'asked' | 'summary' | 'url' | 'rangeFrom' | 'rangeTo'> & {
    readonly data: unknown;
  },
): string {
  const { tool, outcome, title, asked, summary, data, url, rangeFrom, rangeTo } = row;
  return sha256Hex(canonicalJson({ tool, outcome, title, asked, summary, data, url, rangeFrom, rangeTo }));
}

const words = (value: string, max: number): string => clip(String(storedJson(redactSecrets(value))), max);
const timeOrNull = (value: string | Date | null | undefined): Date | null => {
  if (value === null || value === undefined) return null;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? null : at;
};
const webAddress = (value: string | null | undefined): string | null =>
  value && /^https?:\/\//i.test(value) ? words(value, 2_000) : null;

/**
 * Keeps a tool's reply: redacted, within its size, with a digest, under the next [n] of its incident (or of its task, without one).
 * The same stepKey always answers the row it made first, so a step that runs again cites the same number.
 */
export async function storeEvidence(
  core: Pick<Core, 'db'>,
  input: {
    readonly taskId: string;
    readonly incidentId: string | null;
    readonly stepKey: string;
    readonly tool: string;
    readonly reply: ReplyToStore;
  },
): Promise<Evidence> {
  const known = await core.db.evidence.findUnique({ where: { stepKey: input.stepKey } });
  if (known !== null) return known;
  const { reply } = input;
  const sized = fitReply(storedJson(redactSecrets(storedJson(reply.data))));
  const content = {
    tool: input.tool,
    outcome: reply.outcome,
    title: words(reply.title, 200),
    asked: words(reply.asked, 2_000),
    summary: words(reply.summary, 500),
    // The kind decides how it is drawn; `cut` says in words what was left out.
    data: {
      kind: reply.kind,
      reply: sized.data,
      cut: sized.cut,
      ...(reply.args === undefined ? {} : { args: fitReply(storedJson(redactSecrets(storedJson(reply.args)))).data }),
    },
    url: webAddress(reply.url),
    rangeFrom: timeOrNull(reply.rangeFrom),
    rangeTo: timeOrNull(reply.rangeTo),
  };
  return inTransaction(core.db, async (tx) => {
    const ref = await lockNumbers(tx, input);
    const first = await tx.evidence.findUnique({ where: { stepKey: input.stepKey } });
    if (first !== null) return first;
    await takeNumber(tx, input);
    return tx.evidence.create({
      data: {
        id: newId(),
        taskId: input.taskId,
        incidentId: input.incidentId,
        ref,
        stepKey: input.stepKey,
        ...content,
        digest: evidenceDigest(content),
      },
    });
  });
}

type Numbered = { readonly incidentId: string | null; readonly taskId: string };

/** Locks the counter, so that no number is lost or given twice, and answers the next one. */
async function lockNumbers(tx: Tx, { incidentId, taskId }: Numbered): Promise<number> {
  const rows = await tx.$queryRaw<{ ref: number }[]>(
    incidentId === null
      ? Prisma.sql`select "nextEvidenceRef" as ref from "Task" where "id" = ${taskId}::uuid for no key update`
      : Prisma.sql`select "nextEvidenceRef" as ref from "Incident" where "id" = ${incidentId}::uuid for no key update`,
  );
  const ref = rows[0]?.ref;
  if (ref === undefined)
    throw new AppError('NOT_FOUND', 'Evidence belongs to a task or an incident that does not exist.');
  return ref;
}

async function takeNumber(tx: Tx, { incidentId, taskId }: Numbered): Promise<void> {
  const data = { nextEvidenceRef: { increment: 1 } };
  if (incidentId === null) await tx.task.update({ where: { id: taskId }, data });
  else await tx.incident.update({ where: { id: incidentId }, data });
}
