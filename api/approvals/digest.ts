import { canonicalJson, sha256Hex } from '../../lib/canonical-json.ts';

/** The exact call an approval is bound to. */
export interface ApprovedCall {
  readonly tool: string;
  readonly target: string;
  /** Normalised by the tool's own schema. */
  readonly arguments: unknown;
  /** State of the target that must be the same when the call runs. */
  readonly precondition: unknown;
}

/** SHA-256 over the call, who asked and until when. Any difference is another approval. */
export function approvalDigest(
  call: ApprovedCall,
  requester: { readonly type: string; readonly id: string | null; readonly name: string },
  expiresAt: Date,
): string {
  return sha256Hex(
    canonicalJson({
      tool: call.tool,
      target: call.target,
      arguments: call.arguments,
      precondition: call.precondition,
      requester: `${requester.type}:${requester.id ?? requester.name}`,
      expiresAt: expiresAt.toISOString(),
    }),
  );
}

/** The digest as it would be now: hand in the call that is about to run, and compare by `useApproval`. */
export function digestNow(
  approval: {
    readonly requestedByType: string;
    readonly requestedById: string | null;
    readonly requestedByName: string;
    readonly expiresAt: Date;
  },
  call: ApprovedCall,
): string {
  const requester = { type: approval.requestedByType, id: approval.requestedById, name: approval.requestedByName };
  return approvalDigest(call, requester, approval.expiresAt);
}
