import { type Language, spoken, wordsOf } from './words.ts';

/** The facts behind the four lines. */
export interface SummaryFacts {
  readonly locale: Language;
  readonly startedAt: Date;
  readonly resolvedAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly cause: string | null;
  readonly fix: string | null;
  /** The approval whose action ran, if one did. */
  readonly approval: { readonly number: string; readonly by: readonly string[] } | null;
  readonly verification: string | null;
  readonly followUps: readonly string[];
}

/** One line: what it tells, and its words. */
export interface SummaryLine {
  readonly key: 'time' | 'cause' | 'fix' | 'followUp';
  readonly label: string;
  readonly text: string;
}

/** Four lines: how long and who answered, cause, fix with its approval, follow-up with the verification. Words are not escaped here. */
export function incidentSummary(facts: SummaryFacts): readonly SummaryLine[] {
  const words = wordsOf(facts.locale);
  const length =
    facts.resolvedAt === null
      ? words.stillOpen()
      : spoken(facts.resolvedAt.getTime() - facts.startedAt.getTime(), facts.locale);
  const answered =
    facts.acknowledgedAt === null
      ? words.notAcknowledgedLine()
      : words.acknowledgedAfter(
          spoken(facts.acknowledgedAt.getTime() - facts.startedAt.getTime(), facts.locale),
          facts.acknowledgedBy ?? words.someone(),
        );
  const approved =
    facts.approval === null
      ? []
      : [words.approvedBy(facts.approval.number, facts.approval.by.join(', ') || words.someone())];
  const after = [facts.verification ?? words.notVerified(), ...facts.followUps];
  return [
    { key: 'time', label: words.lineTime(), text: `${length} · ${answered}` },
    { key: 'cause', label: words.lineCause(), text: facts.cause ?? words.causeUnknown() },
    { key: 'fix', label: words.lineFix(), text: [facts.fix ?? words.noFix(), ...approved].join(' · ') },
    {
      key: 'followUp',
      label: words.lineFollowUp(),
      text:
        facts.verification === null && facts.fix === null && facts.followUps.length === 0
          ? words.noFollowUp()
          : after.join(' · '),
    },
  ];
}
