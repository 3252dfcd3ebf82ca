/** What a health address answered, or why it did not. */
export interface ProbeReply {
  readonly reached: boolean;
  readonly statusCode: number | null;
  readonly latencyMs: number;
  /** First 2,000 characters. */
  readonly body: string;
  readonly error: string | null;
}

/**
 * Calls the health address of a registered system. Only exact registered host and port are called; redirects are not followed.
 * Never throws for an unreachable system: that is an answer.
 */
export interface HttpProbe {
  get(url: string, timeoutMs: number): Promise<ProbeReply>;
}
