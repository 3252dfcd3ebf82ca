import type { Bilingual } from '../agent.ts';

/** What the incident response says to people. */
export const words = {
  notDecided: (number: string, reason: string): Bilingual => ({
    en: `Nothing was run: ${number} ended without a yes (${reason}). The incident stays open; the runbook's steps are in the evidence.`,
    ko: `실행하지 않았습니다: ${number} 승인되지 않음 (${reason}). 장애는 열려 있으며, 절차서의 단계는 근거에 있습니다.`,
  }),
  refused: (reason: string): Bilingual => ({
    en: `Nothing was asked or run: ${reason}`,
    ko: `승인을 요청하지 않았고 실행하지 않았습니다: ${reason}`,
  }),
  drifted: (reason: string): Bilingual => ({
    en: `Nothing was run: ${reason} I am looking again.`,
    ko: `실행하지 않았습니다: ${reason} 다시 확인합니다.`,
  }),
  recovered: {
    en: 'It works again without the approved action; nothing was run.',
    ko: '승인된 조치 없이 복구되어 실행하지 않았습니다.',
  },
  driftedAgain: {
    en: 'The target changed again before the approved action. Nothing was run; a person should look.',
    ko: '승인된 조치 전에 대상이 다시 바뀌었습니다. 실행하지 않았습니다. 사람이 확인해야 합니다.',
  },
  targetRefused: (answer: string): Bilingual => ({
    en: `The target refused the restart: ${answer} The incident stays open.`,
    ko: `대상이 재시작을 거부했습니다: ${answer} 장애는 열려 있습니다.`,
  }),
  notVerified: (seconds: number, state: string): Bilingual => ({
    en: `Executed, not verified: after ${seconds} s it is still not well (${state}). A restart leaves nothing to take back; it can be asked for again. The incident stays open.`,
    ko: `실행됨, 검증 안 됨: ${seconds}초 뒤에도 정상이 아닙니다 (${state}). 재시작은 되돌릴 상태가 없으며 다시 요청할 수 있습니다. 장애는 열려 있습니다.`,
  }),
  saidNotRun: {
    en: 'A person saw that the restart did not run. Ask for it again if it is still wanted; the incident stays open.',
    ko: '사람이 재시작이 실행되지 않았음을 확인했습니다. 필요하면 다시 요청하세요. 장애는 열려 있습니다.',
  },
  abandoned: {
    en: 'The outcome of the restart stays unknown; a person took over. The incident stays open.',
    ko: '재시작 결과를 알 수 없는 채로 사람이 이어받았습니다. 장애는 열려 있습니다.',
  },
  fix: (target: string): Bilingual => ({ en: `Restarted ${target}.`, ko: `${target} 재시작.` }),
  fixSeen: (target: string): Bilingual => ({
    en: `Restarted ${target}; its answer was lost and a person confirmed that it ran.`,
    ko: `${target} 재시작. 응답은 잃었으나 사람이 실행을 확인했습니다.`,
  }),
} as const;

/** One text of the two. */
export function say(text: Bilingual, locale: 'KO' | 'EN'): string {
  return locale === 'KO' ? text.ko : text.en;
}
