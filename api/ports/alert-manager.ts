/** One label comparison of a silence; on a missing label it compares with the empty text. */
export interface ManagerMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** An alert as the alert manager has it now. One that has ended is not listed for long, and none is after its restart until told again. */
export interface ManagerAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: Date;
  readonly updatedAt: Date;
  readonly generatorUrl: string | null;
  /** Ids of silences that mute it, and fingerprints of alerts that inhibit it. */
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
  readonly receivers: readonly string[];
}

/** Alerts that are sent together. The labels are those the route groups by. */
export interface ManagerGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly receiver: string;
  readonly fingerprints: readonly string[];
}

export interface ManagerSilence {
  readonly id: string;
  /** One that has ended stays listed for some days. */
  readonly state: 'pending' | 'active' | 'expired';
  readonly matchers: readonly ManagerMatcher[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdBy: string;
  readonly comment: string;
}

/** A silence that shall stand. With `id` the one of that id is changed. */
export interface WantedSilence {
  readonly id: string | null;
  readonly matchers: readonly ManagerMatcher[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly createdBy: string;
  readonly comment: string;
}

/**
 * Prometheus Alertmanager, or what speaks its API. Errors are AppError UPSTREAM_UNAVAILABLE (no answer, worth a retry) or
 * UPSTREAM_REJECTED (it will not, a retry does not help). Every call ends within its own time limit.
 */
export interface AlertManager {
  /** Where people open it, for links. */
  readonly url: string;
  /** Since when it runs: what it lists before it has been told everything again is incomplete. */
  runningSince(signal: AbortSignal): Promise<Date>;
  /** Alerts that fire now, muted ones too. */
  alerts(signal: AbortSignal): Promise<readonly ManagerAlert[]>;
  groups(signal: AbortSignal): Promise<readonly ManagerGroup[]>;
  silences(signal: AbortSignal): Promise<readonly ManagerSilence[]>;
  /**
   * Creates or changes a silence and answers its id. A change of the end keeps the id; other changes may end the old one under its id
   * and make a new one. It knows no idempotency key: a call whose answer was lost is looked up by its comment before it is made again.
   */
  setSilence(wanted: WantedSilence, signal: AbortSignal): Promise<string>;
  /** Ends a silence, as often as it is called. One that is not known is an answer ('gone') and no error. */
  expireSilence(id: string, signal: AbortSignal): Promise<'expired' | 'gone'>;
}
