/** How urgent a message is, most urgent first. */
export type Priority = 'APPROVAL' | 'RESULT' | 'NEW_CRITICAL' | 'FINDING' | 'PROGRESS';
export type NotificationKindName =
  | 'INCIDENT_CARD'
  | 'STORM_DIGEST'
  | 'TASK_PROGRESS'
  | 'TASK_RESULT'
  | 'TASK_QUESTION'
  | 'TASK_FAILED'
  | 'APPROVAL_REQUEST'
  | 'APPROVAL_RESULT'
  | 'ACTION_RESULT'
  | 'OUTCOME_UNKNOWN'
  | 'WORKFLOW_PROGRESS'
  | 'INCIDENT_NOTICE'
  | 'SILENCE_NOTICE'
  | 'HANDOFF'
  | 'REPORT'
  | 'HOME';
type DeliveryStatus = 'PENDING' | 'CLAIMED' | 'DELIVERED' | 'UNCERTAIN' | 'FAILED' | 'REPLACED';

/** What a row knows about its delivery. */
export interface DeliveryState {
  readonly status: DeliveryStatus;
  readonly revision: number;
  readonly deliveredRevision: number;
  readonly attempts: number;
  readonly claimToken: bigint | null;
  readonly lastError: string | null;
  readonly messageTs: string | null;
  readonly uncertain: boolean;
}

/** What a deliverer reports about one claimed row. */
export interface DeliveryReport {
  readonly leaseToken: bigint;
  readonly revision: number;
  readonly result: 'DELIVERED' | 'RETRY_LATER' | 'REFUSED' | 'UNCERTAIN';
  readonly messageTs: string | null;
  readonly error: string | null;
  readonly retryAfterMs: number | null;
}

/** What becomes of the row. `waitMs` is counted from database time. */
export type ConfirmAnswer =
  | {
      readonly kind: 'changed';
      readonly next: Omit<DeliveryState, 'revision' | 'attempts' | 'claimToken'>;
      readonly waitMs: number;
      readonly failed: boolean;
    }
  /** The same report again, its first answer was lost. */
  | { readonly kind: 'repeated' }
  /** The lease changed hands; only the address of a posted message is worth keeping. */
  | { readonly kind: 'outdated'; readonly keepMessageTs: string | null }
  | { readonly kind: 'impossible' };

const priorities: Readonly<Record<NotificationKindName, Priority>> = {
  APPROVAL_REQUEST: 'APPROVAL',
  OUTCOME_UNKNOWN: 'APPROVAL',
  TASK_QUESTION: 'APPROVAL',
  APPROVAL_RESULT: 'RESULT',
  ACTION_RESULT: 'RESULT',
  TASK_FAILED: 'RESULT',
  INCIDENT_CARD: 'PROGRESS',
  STORM_DIGEST: 'PROGRESS',
  TASK_RESULT: 'FINDING',
  REPORT: 'FINDING',
  HANDOFF: 'FINDING',
  INCIDENT_NOTICE: 'FINDING',
  SILENCE_NOTICE: 'FINDING',
  TASK_PROGRESS: 'PROGRESS',
  WORKFLOW_PROGRESS: 'PROGRESS',
  HOME: 'PROGRESS',
};
const cards: readonly NotificationKindName[] = ['INCIDENT_CARD', 'STORM_DIGEST'];

/** Priority of a message: a card that nobody has seen yet opens a thread and goes before findings; its edits are progress. */
export function priorityOf(kind: NotificationKindName, delivered: boolean): Priority {
  if (cards.includes(kind) && !delivered) return 'NEW_CRITICAL';
  return priorities[kind];
}

/** Whether this message is the parent of an incident's thread. */
export function isCard(kind: NotificationKindName): boolean {
  return cards.includes(kind);
}

/** A refusal is marked in the row, so that the second one in a row ends the tries. */
const refusedMark = 'refused: ';
const firstWaitMs = 1_000;
const longestWaitMs = 300_000;

/** How long a failed try waits when the other side did not say: doubling, at most five minutes. */
export function backoffMs(attempts: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(20, Math.max(0, attempts - 1)));
}

/** Judges a deliverer's report against the row as it stands. */
export function judgeReport(state: DeliveryState, report: DeliveryReport): ConfirmAnswer {
  if (report.revision > state.revision || report.revision < 1) return { kind: 'impossible' };
  const mine = state.claimToken === report.leaseToken;
  if (!mine || state.status !== 'CLAIMED') {
    const repeated = mine && report.result === 'DELIVERED' && state.deliveredRevision >= report.revision;
    if (repeated) return { kind: 'repeated' };
    const posted = report.result === 'DELIVERED' && state.messageTs === null ? report.messageTs : null;
    return { kind: 'outdated', keepMessageTs: posted };
  }
  const base = {
    deliveredRevision: state.deliveredRevision,
    messageTs: state.messageTs,
    uncertain: state.uncertain,
    lastError: state.lastError?.startsWith(refusedMark) === true ? state.lastError : report.error,
  };
  switch (report.result) {
    case 'DELIVERED': {
      const deliveredRevision = Math.max(state.deliveredRevision, report.revision);
      const newer = state.revision > deliveredRevision;
      return {
        kind: 'changed',
        failed: false,
        waitMs: 0,
        next: {
          status: newer ? 'PENDING' : 'DELIVERED',
          deliveredRevision,
          messageTs: report.messageTs ?? state.messageTs,
          uncertain: false,
          lastError: null,
        },
      };
    }
    case 'RETRY_LATER':
      return {
        kind: 'changed',
        failed: false,
        waitMs: Math.max(report.retryAfterMs ?? 0, report.retryAfterMs === null ? backoffMs(state.attempts) : 0),
        next: { ...base, status: 'PENDING' },
      };
    case 'UNCERTAIN':
      return {
        kind: 'changed',
        failed: false,
        waitMs: Math.max(report.retryAfterMs ?? 0, backoffMs(state.attempts)),
        next: { ...base, status: 'UNCERTAIN', uncertain: true },
      };
    case 'REFUSED': {
      const second = state.lastError?.startsWith(refusedMark) === true;
      return {
        kind: 'changed',
        failed: second,
        waitMs: second ? 0 : backoffMs(3),
        next: {
          ...base,
          status: second ? 'FAILED' : 'PENDING',
          lastError: `${refusedMark}${report.error ?? 'no reason given'}`,
        },
      };
    }
    default:
      return report.result satisfies never;
  }
}
