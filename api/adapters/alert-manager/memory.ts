import { randomUUID } from 'node:crypto';
import { AppError } from '../../../lib/errors.ts';
import type {
  AlertManager,
  ManagerAlert,
  ManagerMatcher,
  ManagerSilence,
  WantedSilence,
} from '../../ports/alert-manager.ts';

/** What a test tells the twin that its Prometheus sees. */
export interface ToldAlert {
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt: Date;
}

/** The twin, and what is done to it from outside. */
export interface MemoryAlertManager extends AlertManager {
  /** Alerts that fire from now on; the same fingerprint again replaces it. */
  fire(alert: ToldAlert): void;
  resolve(fingerprint: string): void;
  /** Loses its alerts and keeps its silences, as the real one does. */
  restart(): void;
  /** Every call fails with this until null is set. */
  fail(error: AppError | null): void;
}

/** An alert manager in this process; `now` is its clock. */
export function createMemoryAlertManager(now: () => Date = () => new Date()): MemoryAlertManager {
  let since = now();
  let failure: AppError | null = null;
  const alerts = new Map<string, ToldAlert & { readonly updatedAt: Date }>();
  const silences = new Map<string, WantedSilence & { readonly id: string }>();
  const stateOf = (one: WantedSilence): ManagerSilence['state'] =>
    one.endsAt <= now() ? 'expired' : one.startsAt > now() ? 'pending' : 'active';
  const answer = <T>(value: () => T): Promise<T> => {
    if (failure !== null) return Promise.reject(failure);
    try {
      return Promise.resolve(value());
    } catch (error) {
      return Promise.reject(error);
    }
  };
  const listed = (): ManagerAlert[] =>
    [...alerts.values()].map((one) => ({
      fingerprint: one.fingerprint,
      labels: one.labels,
      annotations: one.annotations ?? {},
      startsAt: one.startsAt,
      updatedAt: one.updatedAt,
      generatorUrl: null,
      silencedBy: [...silences.values()]
        .filter((silence) => stateOf(silence) === 'active' && fits(silence.matchers, one.labels))
        .map(({ id }) => id),
      inhibitedBy: [],
      receivers: ['agentic-ai'],
    }));
  return {
    url: 'http://alertmanager.example',
    runningSince: () => answer(() => since),
    alerts: () => answer(listed),
    groups: () =>
      answer(() =>
        [...Map.groupBy(alerts.values(), (one) => one.labels.alertname ?? '')].map(([alertname, members]) => ({
          labels: { alertname },
          receiver: 'agentic-ai',
          fingerprints: members.map((one) => one.fingerprint),
        })),
      ),
    silences: () =>
      answer(() => [...silences.values()].map((one): ManagerSilence => ({ ...one, state: stateOf(one) }))),
    setSilence: (wanted) =>
      answer(() => {
        check(wanted, now());
        const known = wanted.id === null ? undefined : silences.get(wanted.id);
        if (wanted.id !== null && known === undefined)
          throw new AppError('UPSTREAM_REJECTED', 'Alertmanager refused (404): silence not found');
        const keeps =
          known !== undefined &&
          stateOf(known) !== 'expired' &&
          JSON.stringify(known.matchers) === JSON.stringify(wanted.matchers);
        if (known !== undefined && !keeps && stateOf(known) !== 'expired')
          silences.set(known.id, { ...known, endsAt: now() });
        const id = keeps ? known.id : randomUUID();
        silences.set(id, { ...wanted, id });
        return id;
      }),
    expireSilence: (id) =>
      answer(() => {
        const known = silences.get(id);
        if (known === undefined) return 'gone' as const;
        if (stateOf(known) === 'expired') return 'expired' as const;
        silences.set(id, { ...known, endsAt: now() });
        return 'expired' as const;
      }),
    fire: (alert) => void alerts.set(alert.fingerprint, { ...alert, updatedAt: now() }),
    resolve: (fingerprint) => void alerts.delete(fingerprint),
    restart: () => {
      alerts.clear();
      since = now();
    },
    fail: (error) => {
      failure = error;
    },
  };
}

function check(wanted: WantedSilence, now: Date): void {
  const refuse = (why: string): never => {
    throw new AppError('UPSTREAM_REJECTED', `Alertmanager refused (400): ${why}`);
  };
  if (wanted.matchers.length === 0) refuse('at least one matcher required');
  if (wanted.endsAt <= wanted.startsAt) refuse('start time must be before end time');
  if (wanted.endsAt <= now) refuse('end time cannot be in the past');
  if (!wanted.matchers.some((one) => !fits([one], {}))) refuse('at least one matcher must not match the empty string');
}

function fits(matchers: readonly ManagerMatcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every((one) => {
    const value = labels[one.name] ?? '';
    const equal = one.isRegex ? new RegExp(`^(?:${one.value})$`, 'su').test(value) : value === one.value;
    return equal === one.isEqual;
  });
}
