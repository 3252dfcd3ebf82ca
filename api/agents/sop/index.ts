import { defineAgent } from '../agent.ts';

/** Works incidents by the runbooks. */
export const agent = defineAgent({
  id: 'sop',
  title: { en: 'SOP', ko: '장애 대응' },
  description: {
    en: 'Investigates an incident, finds its runbook, proposes the step the runbook allows, and verifies it after approval.',
    ko: '장애를 조사하고 절차서를 찾아, 절차서가 허용하는 조치를 제안하고 승인 후 검증합니다.',
  },
  whenToUse: 'An alert opened an incident, or somebody asks to investigate one.',
});
