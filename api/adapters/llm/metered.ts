import type { Llm, LlmUsage } from '../../ports/llm.ts';

interface SeenCall {
  readonly outcome: 'ok' | 'error';
  readonly seconds: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** The same model, with each turn and each structured answer counted. Tokens of a call that failed are not known and count as none. */
export function meterLlm(llm: Llm, onCall: (call: SeenCall) => void): Llm {
  const metered = async <T extends { readonly usage: LlmUsage }>(call: Promise<T>): Promise<T> => {
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1_000;
    try {
      const answer = await call;
      onCall({ outcome: 'ok', seconds: seconds(), ...answer.usage });
      return answer;
    } catch (error) {
      onCall({ outcome: 'error', seconds: seconds(), promptTokens: 0, completionTokens: 0 });
      throw error;
    }
  };
  return {
    ...llm,
    chat: (request) => metered(llm.chat(request)),
    complete: (request) => metered(llm.complete(request)),
  };
}
