/** What a policy is asked about. */
export interface PolicyQuestion {
  readonly risk: string;
  readonly tool: string;
  /** Who began it: a person, or the product by itself (an alert, a schedule, another agent). */
  readonly begunBy: 'person' | 'automation';
  /** A named policy a runbook or a setting asks for, with what names it. */
  readonly named?: { readonly policy: string; readonly namedBy: string } | null;
}

/** What a policy answers. An error or a policy nobody knows is a no. */
export type PolicyAnswer =
  | { readonly decision: 'not_asked'; readonly policy: string }
  | {
      readonly decision: 'ask';
      readonly kind: 'CONFIRMATION' | 'APPROVAL';
      readonly required: number;
      readonly policy: string;
      /** What the usual path would have asked for and this one leaves out; the record lists it. */
      readonly skipped: readonly string[];
      readonly typedConfirmation: boolean;
    }
  | {
      readonly decision: 'refused';
      readonly reason: 'forbidden-risk' | 'unknown-risk' | 'unknown-policy' | 'policy-does-not-apply';
    };

/** A shorter path that has a name, and the limits within which it holds. */
interface NamedPolicy {
  readonly applies: (question: PolicyQuestion) => boolean;
  readonly required: number;
  readonly skipped: (namedBy: string) => string;
}

const isRestart = (tool: string): boolean => /(^|[._-])restart([._-]|$)/.test(tool);

const namedPolicies: ReadonlyMap<string, NamedPolicy> = new Map([
  [
    'single-approver-restart',
    {
      applies: (question: PolicyQuestion) => question.risk === 'medium' && isRestart(question.tool),
      required: 1,
      skipped: (namedBy: string) => `second approver (${namedBy} names this restart)`,
    },
  ],
]);

const ask = (kind: 'CONFIRMATION' | 'APPROVAL', required: number, policy: string, typed = false): PolicyAnswer => ({
  decision: 'ask',
  kind,
  required,
  policy,
  skipped: [],
  typedConfirmation: typed,
});

/** Says who must say yes to a call. Whatever it does not know is refused. */
export function decidePolicy(question: PolicyQuestion): PolicyAnswer {
  const person = question.begunBy === 'person';
  switch (question.risk) {
    case 'read_only':
      return { decision: 'not_asked', policy: 'read-only' };
    case 'low':
      return person ? ask('CONFIRMATION', 1, 'requester-confirms') : ask('APPROVAL', 1, 'one-person');
    case 'medium':
      return question.named ? shorter(question, question.named) : usualMedium(person);
    case 'high':
      return question.named
        ? { decision: 'refused', reason: namedOrUnknown(question.named.policy) }
        : ask('APPROVAL', 2, 'two-people-typed', true);
    case 'forbidden':
      return { decision: 'refused', reason: 'forbidden-risk' };
    default:
      return { decision: 'refused', reason: 'unknown-risk' };
  }
}

const usualMedium = (person: boolean): PolicyAnswer =>
  person ? ask('APPROVAL', 1, 'one-other-person') : ask('APPROVAL', 2, 'two-people-unattended');

const namedOrUnknown = (name: string): 'unknown-policy' | 'policy-does-not-apply' =>
  namedPolicies.has(name) ? 'policy-does-not-apply' : 'unknown-policy';

function shorter(question: PolicyQuestion, named: { readonly policy: string; readonly namedBy: string }): PolicyAnswer {
  const policy = namedPolicies.get(named.policy);
  if (policy === undefined) return { decision: 'refused', reason: 'unknown-policy' };
  if (!policy.applies(question)) return { decision: 'refused', reason: 'policy-does-not-apply' };
  // What began with a person needs one other person anyway: then nothing is left out.
  const skipped = question.begunBy === 'automation' ? [policy.skipped(named.namedBy)] : [];
  return {
    decision: 'ask',
    kind: 'APPROVAL',
    required: policy.required,
    policy: named.policy,
    skipped,
    typedConfirmation: false,
  };
}
