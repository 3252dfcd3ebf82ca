import { defineAgent } from '../agent.ts';

/** Looks at registered systems as they are now. */
export const agent = defineAgent({
  id: 'monitoring',
  title: { en: 'Monitoring', ko: '모니터링' },
  description: {
    en: 'Checks registered systems live and keeps each reading as evidence.',
    ko: '등록된 시스템을 실시간으로 점검하고 결과를 근거로 남깁니다.',
  },
  whenToUse: 'Somebody asks whether systems are up, healthy or slow right now.',
});
