import { silenceCreate } from './operations.ts';
import { answeredErrors, type Session, tell } from './session.ts';

/** Silences each of these alert groups, and says until when and how much that mutes. */
export async function silenceGroups(
  session: Session,
  groups: readonly { readonly id: string; readonly number: string }[],
  duration: string,
  reason: string,
): Promise<void> {
  const { t } = session;
  let mutes = 0;
  let until = '';
  const done: string[] = [];
  for (const group of groups.slice(0, 20)) {
    const { silenceCreate: answer } = await session.api.call(
      silenceCreate,
      {
        input: {
          alertGroupId: group.id,
          duration,
          comment: reason.trim() === '' ? t.noReason : reason.trim().slice(0, 500),
          idempotencyKey: `${session.key}:${group.number}`,
        },
      },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    mutes += answer.matchedNow;
    until = answer.silence?.endsAt ?? until;
    done.push(group.number);
  }
  if (done.length === 0) return tell(session, t.nothingToSilence);
  const when = until === '' ? '–' : `${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  await tell(session, t.silencedNow(done.join(', '), when, mutes));
}
