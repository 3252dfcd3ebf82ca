/** Every sentence of this folder a person reads, in both languages side by side. */
export const approvalTexts = {
  notFound: { en: () => 'There is no such approval.', ko: () => '해당 승인이 없습니다.' },
  alreadyApproved: {
    en: (p: Words) => `${p.number} was already approved by ${p.who} at ${p.when} UTC.`,
    ko: (p: Words) => `${p.number}은(는) ${p.who} 님이 ${p.when} UTC에 이미 승인했습니다.`,
  },
  alreadyRejected: {
    en: (p: Words) => `${p.number} was already rejected by ${p.who} at ${p.when} UTC.`,
    ko: (p: Words) => `${p.number}은(는) ${p.who} 님이 ${p.when} UTC에 이미 반려했습니다.`,
  },
  alreadyEnded: {
    en: (p: Words) => `${p.number} was cancelled at ${p.when} UTC: ${p.reason}`,
    ko: (p: Words) => `${p.number}은(는) ${p.when} UTC에 취소되었습니다: ${p.reason}`,
  },
  expired: {
    en: (p: Words) => `${p.number} expired at ${p.when} UTC. Nothing ran.`,
    ko: (p: Words) => `${p.number}은(는) ${p.when} UTC에 만료되었습니다. 아무것도 실행되지 않았습니다.`,
  },
  digestDiffers: {
    en: (p: Words) =>
      `What you were shown is not what ${p.number} would run. Open it again and decide on what it shows now.`,
    ko: (p: Words) => `보신 내용이 ${p.number}이(가) 실행할 내용과 다릅니다. 다시 열어 지금 내용을 보고 결정해 주세요.`,
  },
  selfApproval: {
    en: (p: Words) => `You asked for ${p.number} yourself. Another person has to decide.`,
    ko: (p: Words) => `${p.number}은(는) 본인이 요청했습니다. 다른 사람이 결정해야 합니다.`,
  },
  notTheRequester: {
    en: (p: Words) => `${p.number} is a confirmation: only ${p.who} can give it.`,
    ko: (p: Words) => `${p.number}은(는) 확인 요청입니다. ${p.who} 님만 답할 수 있습니다.`,
  },
  noPermission: {
    en: (p: Words) => `Deciding ${p.number} needs the approver role (permission approval:decide).`,
    ko: (p: Words) => `${p.number}을(를) 결정하려면 승인자 역할(approval:decide 권한)이 필요합니다.`,
  },
  noPerson: {
    en: () => 'Only a known person can decide. Link your chat account first.',
    ko: () => '등록된 사람만 결정할 수 있습니다. 먼저 채팅 계정을 연결해 주세요.',
  },
  decidedByYou: {
    en: (p: Words) => `You have already decided on ${p.number}. It needs another person.`,
    ko: (p: Words) => `${p.number}에 이미 결정하셨습니다. 다른 사람의 결정이 필요합니다.`,
  },
  reasonMissing: {
    en: () => 'Rejecting needs a reason: the agent reads it and looks for another way.',
    ko: () => '반려하려면 이유가 필요합니다. 에이전트가 읽고 다른 방법을 찾습니다.',
  },
  typedNameDiffers: {
    en: (p: Words) => `Type the name of the target exactly: ${p.target}`,
    ko: (p: Words) => `대상 이름을 정확히 입력해 주세요: ${p.target}`,
  },
  cancelNotAllowed: {
    en: (p: Words) => `Only the requester or an operator can withdraw ${p.number}.`,
    ko: (p: Words) => `${p.number}은(는) 요청자나 운영자만 철회할 수 있습니다.`,
  },
  cancelReasonMissing: { en: () => 'Say why it is withdrawn.', ko: () => '철회 이유를 입력해 주세요.' },
  refusedForbiddenRisk: {
    en: () => 'Policy forbids this action; nobody can approve it.',
    ko: () => '정책이 금지한 조치입니다. 누구도 승인할 수 없습니다.',
  },
  refusedUnknownRisk: {
    en: () => 'The risk of this action is unknown, so it is refused.',
    ko: () => '이 조치의 위험도를 알 수 없어 거부했습니다.',
  },
  refusedUnknownPolicy: {
    en: () => 'The policy named for this action does not exist, so it is refused.',
    ko: () => '이 조치에 지정된 정책이 없어 거부했습니다.',
  },
  refusedPolicyLimits: {
    en: () => 'The policy named for this action does not cover it, so it is refused.',
    ko: () => '지정된 정책이 이 조치에 해당하지 않아 거부했습니다.',
  },
  joined: {
    en: (p: Words) => `${p.number} already asks for exactly this; no second request was made.`,
    ko: (p: Words) => `${p.number}이(가) 이미 같은 내용을 요청하고 있어 새 요청을 만들지 않았습니다.`,
  },
  useNotApproved: {
    en: (p: Words) => `${p.number} is not approved.`,
    ko: (p: Words) => `${p.number}은(는) 승인되지 않았습니다.`,
  },
  useUsed: {
    en: (p: Words) => `${p.number} was already used; an approval holds for one run.`,
    ko: (p: Words) => `${p.number}은(는) 이미 사용되었습니다. 승인은 한 번만 쓸 수 있습니다.`,
  },
  useDrifted: {
    en: (p: Words) => `The call or its target is no longer what ${p.number} approved. Nothing ran.`,
    ko: (p: Words) => `호출이나 대상이 ${p.number}에서 승인된 상태와 다릅니다. 아무것도 실행되지 않았습니다.`,
  },
  timelineRequested: {
    en: (p: Words) => `Approval ${p.number} asked: ${p.title}`,
    ko: (p: Words) => `승인 ${p.number} 요청: ${p.title}`,
  },
  timelineCounted: {
    en: (p: Words) => `${p.number}: ${p.who} approved, ${p.missing} more needed`,
    ko: (p: Words) => `${p.number}: ${p.who} 님 승인, ${p.missing}명 더 필요`,
  },
  timelineApproved: {
    en: (p: Words) => `${p.number} approved by ${p.who}: ${p.title}`,
    ko: (p: Words) => `${p.number} 승인, ${p.who} 님: ${p.title}`,
  },
  timelineRejected: {
    en: (p: Words) => `${p.number} rejected by ${p.who}: ${p.reason}`,
    ko: (p: Words) => `${p.number} 반려, ${p.who} 님: ${p.reason}`,
  },
  timelineExpired: {
    en: (p: Words) => `${p.number} expired without a decision; nothing ran`,
    ko: (p: Words) => `${p.number} 결정 없이 만료, 아무것도 실행되지 않음`,
  },
  timelineCancelled: {
    en: (p: Words) => `${p.number} cancelled: ${p.reason}`,
    ko: (p: Words) => `${p.number} 취소: ${p.reason}`,
  },
  expiredReason: { en: () => 'no decision in time', ko: () => '시간 안에 결정 없음' },
  eligibleConfirmation: {
    en: (p: Words) => `${p.who} only`,
    ko: (p: Words) => `${p.who} 님만`,
  },
  eligibleApproval: {
    en: (p: Words) => `${p.missing} of the approvers, not ${p.who}`,
    ko: (p: Words) => `승인자 ${p.missing}명, ${p.who} 제외`,
  },
} as const;

/** What may be filled in; missing ones are empty. */
export interface Words {
  readonly number?: string;
  readonly who?: string;
  readonly when?: string;
  readonly reason?: string;
  readonly target?: string;
  readonly title?: string;
  readonly missing?: number;
}
export type ApprovalTextKey = keyof typeof approvalTexts;

/** One sentence in the reader's language. */
export function say(locale: 'KO' | 'EN', key: ApprovalTextKey, words: Words = {}): string {
  const entry = approvalTexts[key];
  return locale === 'KO' ? entry.ko(words) : entry.en(words);
}

/** Human number of an approval. */
export function approvalNumber(number: number): string {
  return `APR-${number}`;
}

/** Time of day as texts here show it; chat cards show the reader's own zone. */
export function timeOfDay(at: Date): string {
  return at.toISOString().slice(11, 19);
}
