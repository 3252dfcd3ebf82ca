import { clip } from '../../lib/text.ts';
import type { ManagerSilence } from '../ports/alert-manager.ts';
import type { Matcher } from './stages/silence.ts';

type Labels = Readonly<Record<string, string>>;

const alwaysNarrow = ['namespace', 'cluster', 'env', 'environment', 'region', 'datacenter'];

/** What mutes the alerts of a group and no others: its name and the labels that say where, as far as all its alerts share them. */
export function matchersOfGroup(
  group: { readonly title: string; readonly commonLabels: Labels },
  systemLabels: readonly string[],
): readonly Matcher[] {
  const { commonLabels: labels } = group;
  const has = (name: string) => Object.hasOwn(labels, name) && labels[name] !== '';
  const where = systemLabels.filter((name) => name !== 'instance' && has(name));
  const names = [...where, ...alwaysNarrow.filter(has), ...(where.length === 0 && has('instance') ? ['instance'] : [])];
  return [
    { name: 'alertname', value: labels.alertname ?? group.title },
    ...[...new Set(names)].map((name) => ({ name, value: labels[name] ?? '' })),
  ].map((one) => ({ ...one, isRegex: false, isEqual: true }));
}

/** Matchers as people write them: service="payment-api", severity!="info". */
export function matcherText(matchers: readonly Matcher[], max = 200): string {
  const sign = (one: Matcher) => (one.isRegex ? (one.isEqual ? '=~' : '!~') : one.isEqual ? '=' : '!=');
  return clip(matchers.map((one) => `${one.name}${sign(one)}"${one.value}"`).join(', '), max);
}

const mark = (id: string): string => `[agentic-ai:${id}]`;

/** The comment of a silence of ours: words for people, and its id, by which it is found when the answer of its making was lost. */
export function commentOf(id: string, words: string): string {
  return `${clip(words, 700)} ${mark(id)}`;
}

/** The id of the row a silence was made for; null when it was made elsewhere. */
export function ownIdOf(comment: string): string | null {
  return /\[agentic-ai:([0-9a-f-]{36})\]\s*$/.exec(comment)?.[1] ?? null;
}

/** A silence as the record has it. */
export interface SilenceRow {
  readonly id: string;
  readonly externalId: string | null;
  readonly external: boolean;
  readonly ended: boolean;
  readonly endsAt: Date;
  /** Until when it stood in Alertmanager when it was last seen or set there. */
  readonly thereUntil: Date | null;
}

/** One thing to be done so that both sides agree. */
export type SilenceAction =
  | { readonly type: 'set'; readonly id: string; readonly externalId: string | null }
  | { readonly type: 'expire'; readonly id: string; readonly externalId: string }
  /** It stands there as wanted; the record did not know. */
  | { readonly type: 'adopt'; readonly id: string; readonly externalId: string; readonly thereUntil: Date }
  /** Someone gave it another end there. */
  | { readonly type: 'follow'; readonly id: string; readonly endsAt: Date }
  /** Someone ended it there. */
  | { readonly type: 'ended'; readonly id: string }
  /** Made elsewhere. */
  | { readonly type: 'foreign'; readonly silence: ManagerSilence };

const sameMs = 1_500;
const near = (one: Date, other: Date): boolean => Math.abs(one.getTime() - other.getTime()) <= sameMs;

/**
 * What has to be done so that the record and Alertmanager agree on silences. A silence that is listed as ended was ended by someone; one
 * that is not listed at all was lost, and is set again.
 */
export function planSilences(
  rows: readonly SilenceRow[],
  theirs: readonly ManagerSilence[],
  now: Date,
): readonly SilenceAction[] {
  const byExternal = new Map(theirs.map((one) => [one.id, one]));
  const byOwn = new Map<string, ManagerSilence>();
  for (const one of theirs) {
    const own = ownIdOf(one.comment);
    if (own !== null && one.state !== 'expired') byOwn.set(own, one);
  }
  const actions: SilenceAction[] = [];
  const known = new Set<string>();
  for (const row of rows) {
    const found = (row.externalId === null ? undefined : byExternal.get(row.externalId)) ?? byOwn.get(row.id);
    const standing = found !== undefined && found.state !== 'expired' ? found : (byOwn.get(row.id) ?? null);
    if (found !== undefined) known.add(found.id);
    if (standing !== null) known.add(standing.id);
    const wanted = !row.ended && row.endsAt > now;
    if (!wanted) {
      if (standing !== null && !row.external) actions.push({ type: 'expire', id: row.id, externalId: standing.id });
      continue;
    }
    if (standing === null) {
      if (row.external || (found !== undefined && row.thereUntil !== null)) actions.push({ type: 'ended', id: row.id });
      else actions.push({ type: 'set', id: row.id, externalId: null });
      continue;
    }
    if (near(standing.endsAt, row.endsAt)) {
      if (row.externalId !== standing.id || row.thereUntil === null || !near(row.thereUntil, standing.endsAt))
        actions.push({ type: 'adopt', id: row.id, externalId: standing.id, thereUntil: standing.endsAt });
    } else if (row.external || (row.thereUntil !== null && !near(row.thereUntil, standing.endsAt)))
      actions.push({ type: 'follow', id: row.id, endsAt: standing.endsAt });
    else actions.push({ type: 'set', id: row.id, externalId: standing.id });
  }
  for (const one of theirs)
    if (one.state !== 'expired' && !known.has(one.id) && ownIdOf(one.comment) === null)
      actions.push({ type: 'foreign', silence: one });
  return actions;
}

/** How long the silence of an acknowledgement is set for, and when it is renewed while the incident is owned. */
export const ownedForMs = 30 * 60_000;
const renewAtMs = 20 * 60_000;

/** Until when the silence of an owned incident shall stand; null: as it is. */
export function ownedUntil(current: Date | null, acknowledgedUntil: Date, now: Date): Date | null {
  const wanted = new Date(Math.min(acknowledgedUntil.getTime(), now.getTime() + ownedForMs));
  if (current === null) return wanted > now ? wanted : null;
  if (current.getTime() > acknowledgedUntil.getTime() + sameMs) return wanted;
  return current.getTime() - now.getTime() < renewAtMs && wanted.getTime() - current.getTime() > 60_000 ? wanted : null;
}

/** An alert the record thinks fires. */
export interface FiringRow {
  readonly id: string;
  readonly fingerprint: string;
  readonly startsAt: Date;
  readonly receivedAt: Date;
}

/** An alert as Alertmanager lists it. */
export interface ListedAlert {
  readonly fingerprint: string;
  readonly startsAt: Date;
  readonly updatedAt: Date;
  readonly inhibited: boolean;
}

/** What the record has missed. Alerts that changed within the grace time are still on their way. */
export function planAlerts<T extends ListedAlert>(
  ours: readonly FiringRow[],
  theirs: readonly T[],
  facts: { readonly now: Date; readonly graceMs: number; readonly complete: boolean },
): { readonly missed: readonly T[]; readonly ended: readonly FiringRow[]; readonly confirmed: readonly FiringRow[] } {
  const settled = facts.now.getTime() - facts.graceMs;
  const listed = new Map(theirs.map((one) => [one.fingerprint, one]));
  const firing = new Map<string, Set<number>>();
  for (const one of ours)
    firing.set(one.fingerprint, (firing.get(one.fingerprint) ?? new Set()).add(one.startsAt.getTime()));
  return {
    missed: theirs.filter(
      (one) =>
        !one.inhibited &&
        one.startsAt.getTime() <= settled &&
        firing.get(one.fingerprint)?.has(one.startsAt.getTime()) !== true,
    ),
    // A list that may be incomplete, after a restart, says nothing about what has ended.
    ended: facts.complete
      ? ours.filter((one) => !listed.has(one.fingerprint) && one.receivedAt.getTime() <= settled)
      : [],
    confirmed: ours.filter((one) => listed.has(one.fingerprint)),
  };
}
