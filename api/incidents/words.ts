/** The two languages of what is stored. */
export type Language = 'KO' | 'EN';

const english = {
  opened: (name: string) => `Opened by the alert ${name}`,
  openedBy: (who: string) => `Opened by ${who}`,
  reopenedByAlert: (name: string) => `Fires again: ${name}. Reopened`,
  reopenedBy: (who: string, reason: string) => `Reopened by ${who}: ${reason}`,
  joined: (names: string) => `Another alert joined: ${names}`,
  joinedMore: (names: string, more: number) => `More alerts joined: ${names} and ${more} more`,
  louder: (severity: string) => `Severity raised to ${severity}`,
  firing: (name: string, firing: number, total: number) => `${name}: ${firing} firing of ${total}`,
  groupResolved: (name: string) => `${name} is no longer firing`,
  acknowledged: (who: string, until: string) => `Acknowledged by ${who} until ${until}`,
  extended: (who: string, until: string) => `${who} keeps it until ${until}`,
  released: (who: string, reason: string) => `Released by ${who}${reason === '' ? '' : `: ${reason}`}`,
  ended: () => 'The acknowledgement has ended',
  resolved: (who: string) => `Resolved by ${who}`,
  resolvedByItself: () => 'Resolved: all alerts have stopped firing',
  alertsGone: () => 'the alerts stopped by themselves',
  approvalEnds: () => 'The incident is resolved.',
  alreadyResolved: (number: string, when: string) => `${number} was already resolved at ${when}. Nothing was reopened.`,
  notResolved: (number: string) => `${number} is open, there is nothing to reopen.`,
  notAcknowledged: (number: string) => `${number} is not acknowledged now.`,
  heldBy: (number: string, who: string, until: string) =>
    `${number} was already acknowledged by ${who} until ${until}.`,
  otherOpen: (number: string, other: string) => `${number} stays resolved: ${other} is open for the same system.`,
  changedMeanwhile: (number: string) => `${number} has changed meanwhile. Look again, then decide.`,
  noPerson: () => 'Only a person can acknowledge. This key speaks for nobody.',
  lineTime: () => 'Duration',
  lineCause: () => 'Cause',
  lineFix: () => 'Fix',
  lineFollowUp: () => 'Verified',
  acknowledgedAfter: (after: string, who: string) => `acknowledged after ${after} by ${who}`,
  notAcknowledgedLine: () => 'acknowledged by nobody',
  causeUnknown: () => 'not known',
  noFix: () => 'no action was taken',
  approvedBy: (number: string, who: string) => `approved by ${who} (${number})`,
  noFollowUp: () => 'none recorded',
  notVerified: () => 'not verified by a fresh check',
  stillOpen: () => 'still open',
  someone: () => 'someone',
  minutes: (count: number) => `${count} min`,
  hours: (count: number, minutes: number) => (minutes === 0 ? `${count} h` : `${count} h ${minutes} min`),
  seconds: (count: number) => `${count} s`,
  sectionStory: () => 'What happened',
  sectionEvidence: () => 'Evidence',
  sectionDecision: () => 'Decisions',
  sectionVerification: () => 'Verification',
  asked: () => 'asked',
  readAt: () => 'read at',
  digest: () => 'digest',
  none: () => 'None.',
  command: () => 'Command',
  target: () => 'Target',
  decidedBy: (who: string, at: string) => `approved by ${who} at ${at}`,
  rejectedBy: (who: string, at: string, reason: string) =>
    `rejected by ${who} at ${at}${reason === '' ? '' : `: ${reason}`}`,
  noDecision: () => 'nobody decided',
  effectAccepted: (at: string) => `ran once, accepted at ${at}`,
  effectRefused: (at: string) => `sent once, refused by the target at ${at}`,
  effectUnknown: () => 'sent once, outcome not known',
  effectNone: () => 'did not run',
  skipped: (list: string) => `skipped by policy: ${list}`,
  times: () => 'All times are UTC.',
  omitted: (count: number) => `${count} more are in the record.`,
};

const korean: typeof english = {
  opened: (name) => `${name} 알림으로 열림`,
  openedBy: (who) => `${who} 님이 엶`,
  reopenedByAlert: (name) => `다시 발생: ${name}. 다시 열림`,
  reopenedBy: (who, reason) => `${who} 님이 다시 엶: ${reason}`,
  joined: (names) => `다른 알림이 합쳐짐: ${names}`,
  joinedMore: (names, more) => `다른 알림이 합쳐짐: ${names} 외 ${more}건`,
  louder: (severity) => `심각도가 ${severity}(으)로 올라감`,
  firing: (name, firing, total) => `${name}: ${total}건 중 ${firing}건 발생 중`,
  groupResolved: (name) => `${name} 알림이 더 이상 발생하지 않음`,
  acknowledged: (who, until) => `${who} 님이 확인, ${until}까지`,
  extended: (who, until) => `${who} 님이 ${until}까지 계속 맡음`,
  released: (who, reason) => `${who} 님이 확인 해제${reason === '' ? '' : `: ${reason}`}`,
  ended: () => '확인 시간이 끝남',
  resolved: (who) => `${who} 님이 해결로 종료`,
  resolvedByItself: () => '해결: 모든 알림이 멈춤',
  alertsGone: () => '알림이 스스로 멈춤',
  approvalEnds: () => '장애가 해결되었습니다.',
  alreadyResolved: (number, when) => `${number}은(는) ${when}에 이미 해결되었습니다. 다시 열지 않았습니다.`,
  notResolved: (number) => `${number}은(는) 열려 있어 다시 열 것이 없습니다.`,
  notAcknowledged: (number) => `${number}은(는) 지금 확인된 상태가 아닙니다.`,
  heldBy: (number, who, until) => `${number}은(는) ${who} 님이 ${until}까지 이미 맡고 있습니다.`,
  otherOpen: (number, other) => `${number}은(는) 해결 상태로 둡니다. 같은 시스템에 ${other}이(가) 열려 있습니다.`,
  changedMeanwhile: (number) => `${number}이(가) 그사이 바뀌었습니다. 다시 보고 결정해 주세요.`,
  noPerson: () => '확인은 사람만 할 수 있습니다. 이 키는 사람을 대신하지 않습니다.',
  lineTime: () => '시간',
  lineCause: () => '원인',
  lineFix: () => '조치',
  lineFollowUp: () => '검증',
  acknowledgedAfter: (after, who) => `${after} 뒤 ${who} 님이 확인`,
  notAcknowledgedLine: () => '확인한 사람 없음',
  causeUnknown: () => '알 수 없음',
  noFix: () => '조치하지 않음',
  approvedBy: (number, who) => `${who} 승인 (${number})`,
  noFollowUp: () => '기록 없음',
  notVerified: () => '새 점검으로 검증되지 않음',
  stillOpen: () => '아직 열려 있음',
  someone: () => '누군가',
  minutes: (count) => `${count}분`,
  hours: (count, minutes) => (minutes === 0 ? `${count}시간` : `${count}시간 ${minutes}분`),
  seconds: (count) => `${count}초`,
  sectionStory: () => '경과',
  sectionEvidence: () => '근거',
  sectionDecision: () => '결정',
  sectionVerification: () => '검증',
  asked: () => '질의',
  readAt: () => '읽은 시각',
  digest: () => '다이제스트',
  none: () => '없음.',
  command: () => '명령',
  target: () => '대상',
  decidedBy: (who, at) => `${at} ${who} 승인`,
  rejectedBy: (who, at, reason) => `${at} ${who} 거절${reason === '' ? '' : `: ${reason}`}`,
  noDecision: () => '결정한 사람 없음',
  effectAccepted: (at) => `한 번 실행, ${at} 수락됨`,
  effectRefused: (at) => `한 번 보냄, ${at} 대상이 거절`,
  effectUnknown: () => '한 번 보냄, 결과를 알 수 없음',
  effectNone: () => '실행하지 않음',
  skipped: (list) => `정책에 따라 생략: ${list}`,
  times: () => '모든 시각은 UTC입니다.',
  omitted: (count) => `나머지 ${count}건은 기록에 있습니다.`,
};

/** Everything the folder writes, side by side. */
export const texts = { EN: english, KO: korean } as const;

/** The words of one language. */
export function wordsOf(language: Language): typeof english {
  return texts[language];
}

/** A length of time as people say it, never finer than it helps. */
export function spoken(ms: number, language: Language): string {
  const words = texts[language];
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return words.seconds(seconds);
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? words.minutes(minutes) : words.hours(Math.floor(minutes / 60), minutes % 60);
}

/** A moment in UTC, to the second. */
export function moment(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
