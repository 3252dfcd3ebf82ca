import type { Llm } from '../../ports/llm.ts';

interface SeenCall {
  readonly outcome: 'ok' | 'error';
  readonly seconds: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** The same model, with each turn and each structured answer counted. Tokens of a call that failed are not known and count as none. */
export function meterLlm(llm: Llm, onCall: (call: SeenCall) => void): Llm {
  async function counted<T extends { readonly usage: Pick<SeenCall, 'promptTokens' | 'completionTokens'> }>(
    call: () => Promise<T>,
  ): Promise<T> {
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1_000;
    try {
      const answer = await call();
      const { promptTokens, completionTokens } = answer.usage;
      onCall({ outcome: 'ok', seconds: seconds(), promptTokens, completionTokens });
      return answer;
    } catch (error) {
      onCall({ outcome: 'error', seconds: seconds(), promptTokens: 0, completionTokens: 0 });
      throw error;
    }
  }
  return {
    ...llm,
    chat: (request) => counted(() => llm.chat(request)),
    complete: (request) => counted(() => llm.complete(request)),
  };
}
