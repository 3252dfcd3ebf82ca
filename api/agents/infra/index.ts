import { defineAgent } from '../agent.ts';

/** Looks at what systems run on: processes and deployments. */
export const agent = defineAgent({
  id: 'infra',
  title: { en: 'Infrastructure', ko: '인프라' },
  description: {
    en: 'Reads the state of the process or deployment behind a system.',
    ko: '시스템 뒤의 프로세스나 배포 상태를 읽습니다.',
  },
  whenToUse: 'Somebody asks whether the process, deployment or pods of a system run, and since when.',
});
