import type { Llm } from '../../ports/llm.ts';

interface SeenCall {
  readonly outcome: 'ok' | 'error';
  readonly seconds: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** The same model, with each structured answer counted. Tokens of a call that failed are not known and count as none. */
export function meterLlm(llm: Llm, onCall: (call: SeenCall) => void): Llm {
  return {
    ...llm,
    async complete(request) {
      const begun = performance.now();
      const seconds = () => (performance.now() - begun) / 1_000;
      try {
        const answer = await llm.complete(request);
        onCall({ outcome: 'ok', seconds: seconds(), ...answer.usage });
        return answer;
      } catch (error) {
        onCall({ outcome: 'error', seconds: seconds(), promptTokens: 0, completionTokens: 0 });
        throw error;
      }
    },
  };
}
