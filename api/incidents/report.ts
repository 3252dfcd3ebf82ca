import { clip, inert } from '../../lib/text.ts';
import { incidentSummary, type SummaryFacts } from './summary.ts';
import { moment, wordsOf } from './words.ts';

/** An incident with everything its report tells, as load-report.ts reads it. */
export interface IncidentRecord extends SummaryFacts {
  readonly number: string;
  readonly title: string;
  readonly severity: string;
  readonly status: string;
  readonly system: string | null;
  readonly timeline: readonly {
    readonly at: Date;
    readonly actor: string;
    readonly text: string;
    readonly evidenceRefs: readonly number[];
  }[];
  /** Entries beyond those listed. */
  readonly omittedEntries: number;
  readonly evidence: readonly {
    readonly ref: number;
    readonly title: string;
    readonly asked: string;
    readonly summary: string;
    readonly capturedAt: Date;
    readonly digest: string;
  }[];
  readonly decisions: readonly {
    readonly number: string;
    readonly title: string;
    readonly target: string;
    readonly command: string;
    readonly digest: string;
    readonly policy: string;
    readonly skipped: readonly string[];
    readonly people: readonly {
      readonly name: string;
      readonly approved: boolean;
      readonly at: Date;
      readonly reason: string | null;
    }[];
    readonly endReason: string | null;
    readonly effect: {
      readonly status: 'INTENT' | 'DONE' | 'UNKNOWN';
      readonly accepted: boolean | null;
      readonly at: Date;
    } | null;
  }[];
  readonly verifications: readonly {
    readonly at: Date;
    readonly text: string;
    readonly evidenceRefs: readonly number[];
  }[];
}

/** The report as Markdown, made from the record alone. Words from outside cannot format, link, mention or open a code block. */
export function incidentReport(record: IncidentRecord): string {
  const words = wordsOf(record.locale);
  const head = [record.number, record.title, ...(record.system === null ? [] : [record.system])].map(plain).join(' · ');
  return [
    `# ${head}`,
    '',
    `${plain(record.severity)} · ${plain(record.status)} · ${moment(record.startedAt)}${record.resolvedAt === null ? '' : ` – ${moment(record.resolvedAt)}`}`,
    '',
    ...incidentSummary(record).map((line) => `- **${line.label}** ${plain(line.text)}`),
    '',
    `## ${words.sectionStory()}`,
    '',
    ...listed(
      record.timeline.map(
        (entry) => `- ${moment(entry.at)} · ${plain(entry.actor)} · ${plain(entry.text)}${refs(entry.evidenceRefs)}`,
      ),
      words.none(),
    ),
    ...(record.omittedEntries > 0 ? [`- ${words.omitted(record.omittedEntries)}`] : []),
    '',
    `## ${words.sectionEvidence()}`,
    '',
    ...listed(
      record.evidence.map(
        (one) =>
          `- \\[${one.ref}\\] **${plain(one.title)}** ${plain(one.summary)} · ${words.asked()} ${code(one.asked)} · ${words.readAt()} ${moment(one.capturedAt)} · ${words.digest()} ${code(one.digest.slice(0, 12))}`,
      ),
      words.none(),
    ),
    '',
    `## ${words.sectionDecision()}`,
    '',
    ...listed(
      record.decisions.flatMap((one) => decisionLines(one, record)),
      words.none(),
    ),
    '',
    `## ${words.sectionVerification()}`,
    '',
    ...listed(
      record.verifications.map((one) => `- ${moment(one.at)} · ${plain(one.text)}${refs(one.evidenceRefs)}`),
      words.notVerified(),
    ),
    '',
    words.times(),
    '',
  ].join('\n');
}

function listed(lines: readonly string[], none: string): readonly string[] {
  return lines.length === 0 ? [none] : lines;
}

function decisionLines(one: IncidentRecord['decisions'][number], record: IncidentRecord): readonly string[] {
  const words = wordsOf(record.locale);
  const people = one.people.map((person) =>
    person.approved
      ? words.decidedBy(plain(person.name), moment(person.at))
      : words.rejectedBy(plain(person.name), moment(person.at), plain(person.reason ?? '')),
  );
  const decided = people.length > 0 ? people.join('; ') : plain(one.endReason ?? words.noDecision());
  const skipped = one.skipped.length === 0 ? [] : [`  - ${words.skipped(one.skipped.map(plain).join(', '))}`];
  return [
    `- **${plain(one.number)}** ${plain(one.title)} · ${decided}`,
    `  - ${words.target()} ${code(one.target)} · ${words.command()} ${code(one.command)} · ${words.digest()} ${code(one.digest.slice(0, 12))} · ${plain(one.policy)}`,
    ...skipped,
    `  - ${effectText(one, record)}`,
  ];
}

function effectText(one: IncidentRecord['decisions'][number], record: IncidentRecord): string {
  const words = wordsOf(record.locale);
  if (one.effect === null) return words.effectNone();
  if (one.effect.status !== 'DONE') return words.effectUnknown();
  return one.effect.accepted === true
    ? words.effectAccepted(moment(one.effect.at))
    : words.effectRefused(moment(one.effect.at));
}

function refs(numbers: readonly number[]): string {
  return numbers.length === 0 ? '' : ` ${numbers.map((ref) => `\\[${ref}\\]`).join(' ')}`;
}

const wordJoiner = '\u2060';

/** One line of literal text: every mark that Markdown or the chat could read is escaped, and an address is no link. */
export function plain(text: string): string {
  return clip(inert(text).replace(/\s+/gu, ' ').trim(), 1_000)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+|~!]/gu, '\\$&')
    .replace(/^([-=]|\d+[.])/u, `${wordJoiner}$1`)
    .replace(/:\/\//gu, `:${wordJoiner}//`)
    .replace(/\bwww\./giu, `www${wordJoiner}.`)
    .replace(/@(?=\w)/gu, `@${wordJoiner}`);
}

/** One line as code; the fence is longer than any run of ticks inside. */
export function code(text: string): string {
  const line = clip(inert(text).replace(/\s+/gu, ' ').trim(), 1_000).replaceAll('<', '‹').replaceAll('>', '›');
  const longest = Math.max(0, ...[...line.matchAll(/`+/gu)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line === '' ? ' ' : line}${fence}` : `${fence} ${line} ${fence}`;
}
