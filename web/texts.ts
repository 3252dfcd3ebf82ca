import { manualTexts } from './manual-texts.ts';

export type Language = 'en' | 'ko';

const texts = {
  ...manualTexts,
  incidents: ['Incidents', '장애'],
  tasks: ['Tasks', '작업'],
  approvals: ['Approvals', '승인'],
  systems: ['Systems', '시스템'],
  agents: ['Agents', '에이전트'],
  status: ['Status', '상태'],
  slack: ['Local Slack', '로컬 Slack'],
  readOnly: [
    'This console decides nothing. Decisions are made in Slack, where it is known who you are.',
    '이 콘솔은 아무것도 결정하지 않습니다. 결정은 누구인지 알 수 있는 Slack에서 합니다.',
  ],
  skip: ['Skip to content', '본문으로 건너뛰기'],
  loading: ['Loading …', '불러오는 중 …'],
  failed: [
    'The API did not answer. It is asked again every few seconds.',
    'API가 답하지 않습니다. 몇 초마다 다시 물어봅니다.',
  ],
  refused: ['The API refused this request: ', 'API가 요청을 거절했습니다: '],
  noIncidents: [
    'No incidents yet. When an alert fires, its incident appears here and as one thread in Slack.',
    '아직 장애가 없습니다. 알림이 발생하면 여기와 Slack 스레드 하나에 나타납니다.',
  ],
  noTasks: ['No tasks yet. Ask in Slack: /agent check health', '아직 작업이 없습니다. Slack에서 /agent 점검 상태'],
  noApprovals: ['Nothing has asked for an approval yet.', '아직 승인 요청이 없습니다.'],
  noSystems: ['No systems are registered.', '등록된 시스템이 없습니다.'],
  notFound: ['There is no such thing, or it was never yours to see.', '찾을 수 없습니다.'],
  number: ['Number', '번호'],
  title: ['Title', '제목'],
  state: ['State', '상태'],
  severity: ['Severity', '심각도'],
  system: ['System', '시스템'],
  started: ['Started', '시작'],
  ended: ['Ended', '종료'],
  agent: ['Agent', '에이전트'],
  timeline: ['Timeline', '타임라인'],
  evidence: ['Evidence', '근거'],
  finding: ['Finding', '분석'],
  report: ['Report', '보고서'],
  steps: ['Steps', '단계'],
  alerts: ['Alerts', '알림'],
  asked: ['asked', '질의'],
  digest: ['digest', '다이제스트'],
  readAt: ['read at', '확인 시각'],
  confidence: ['confidence', '확신도'],
  situation: ['What is happening', '무슨 일인가'],
  reasons: ['Why we think so', '근거'],
  against: ['What argues against it', '반대 근거'],
  notChecked: ['Not checked', '확인하지 못한 것'],
  needed: ['What I would need', '더 필요한 것'],
  cause: ['Cause', '원인'],
  fix: ['Fix', '조치'],
  command: ['Command', '명령'],
  target: ['Target', '대상'],
  effect: ['Effect', '영향'],
  undo: ['Undo', '되돌리기'],
  risk: ['Risk', '위험'],
  outcome: ['Outcome', '결과'],
  decidedBy: ['Decided by', '결정'],
  policy: ['Policy', '정책'],
  health: ['Health', '상태'],
  checked: ['Checked', '점검'],
  dependency: ['Dependency', '의존 대상'],
  ready: ['Ready', '준비됨'],
  notReady: ['Not ready', '준비 안 됨'],
  outbox: ['Waiting messages', '대기 중인 메시지'],
  audit: ['Audit chain', '감사 기록'],
  taskTypes: ['What it can do', '할 수 있는 일'],
  params: ['Input', '입력'],
  result: ['Result', '결과'],
  language: ['한국어', 'English'],
} as const satisfies Record<string, readonly [string, string]>;

export type TextKey = keyof typeof texts;

/** One text of the console in the chosen language. */
export function text(language: Language, key: TextKey): string {
  return texts[key][language === 'en' ? 0 : 1];
}
