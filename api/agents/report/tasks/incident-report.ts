import { z } from 'zod';
import { defineTask } from '../../task.ts';

const input = z.strictObject({
  /** The number people see: 31 for INC-31. */
  incident: z.number().int().positive(),
});

/** The report of one incident, made from the record by code and posted in its thread. Needs no language model. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'incident_report',
  title: { en: 'Incident report', ko: '장애 보고서' },
  description: {
    en: 'Makes the report of one incident from its timeline, evidence, approvals and actions, and posts it in the thread.',
    ko: '타임라인, 근거, 승인, 조치로 장애 보고서를 만들어 스레드에 올립니다.',
  },
  input,
  exampleInput: { incident: 1 },
  output: z.object({ incident: z.string(), characters: z.number().int() }),
  maxRisk: 'read_only',
  usesLanguageModel: false,
  describe: ({ incident }) => ({ en: `Report of INC-${incident}`, ko: `INC-${incident} 보고서` }),
  run: async ({ incident }, context) => {
    const markdown = await context.record.incidentReport();
    await context.record.postReport(markdown);
    return { incident: `INC-${incident}`, characters: markdown.length };
  },
});
