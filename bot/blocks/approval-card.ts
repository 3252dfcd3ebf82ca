import type { KnownBlock, ModalView } from '@slack/types';
import type { ApprovalFields } from '../fragments.ts';
import {
  actions,
  at,
  button,
  confirmDialog,
  context,
  escaped,
  fields,
  header,
  type Message,
  plain,
  pushText,
} from './elements.ts';
import { code, line, richText, safe } from './rich-text.ts';
import { askerText, mention, type Scene } from './scene.ts';

/** First characters of a digest, as people see them. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 8);

/** The card of one approval: with buttons while it waits, with the decision afterwards. */
export function approvalCard(scene: Scene, approval: ApprovalFields): Message {
  const { t } = scene;
  const title = safe(approval.action.title, 110);
  const pending = approval.approvalStatus === 'PENDING';
  const push = pending
    ? t.approvalPush(approval.number, `${title} (${t.risk[approval.action.risk]})`)
    : t.decidedPush(approval.number, t.approvalStatus[approval.approvalStatus], title);
  return {
    text: pushText(push),
    blocks: [
      header(titleOf(scene, approval, title)),
      ...factsOf(scene, approval),
      code(approval.action.command),
      ...(approval.action.diff === null ? [] : [code(approval.action.diff)]),
      ...(pending ? [buttons(scene, approval)] : []),
      ...footOf(scene, approval, pending),
    ],
  };
}

function titleOf(scene: Scene, approval: ApprovalFields, title: string): string {
  const { t } = scene;
  switch (approval.approvalStatus) {
    case 'PENDING':
      return approval.approvalKind === 'CONFIRMATION' ? t.confirmationNeeded(title) : t.approvalNeeded(title);
    case 'APPROVED':
      return t.approved(title);
    case 'REJECTED':
      return t.rejected(title);
    case 'EXPIRED':
      return t.expired(title);
    case 'SUPERSEDED':
      return t.superseded(title);
    default:
      return t.cancelled(title);
  }
}

function factsOf(scene: Scene, approval: ApprovalFields): KnownBlock[] {
  const { t } = scene;
  const { action } = approval;
  const undo = action.undo === null ? t.noUndo : escaped(action.undo, 300);
  return fields([
    [t.target, escaped(action.target, 300)],
    [t.riskLabel, `${t.risk[action.risk]} · ${action.undo === null ? t.noUndo : t.reversible}`],
    [t.effect, escaped(action.effect, 500)],
    [t.undo, undo],
    [t.askedBy, `${approval.task.number} · ${askerText(scene, approval.requestedBy)}`],
    [t.needs, escaped(approval.eligible, 300)],
  ]);
}

function buttons(scene: Scene, approval: ApprovalFields): KnownBlock {
  const { t } = scene;
  const ids = { q: approval.id };
  // The digest on the button is cut to what a value may hold; the whole one is read again when the button is pressed.
  const decide = { ...ids, h: approval.digest.slice(0, 64) };
  const typed = approval.typedConfirmation !== null;
  return actions(
    button('approval.approve', t.approve, decide, {
      style: 'primary',
      // A form that asks for the target's name follows instead.
      ...(typed
        ? {}
        : {
            confirm: confirmDialog(
              t.confirmTitle(safe(approval.action.target, 80)),
              t.confirmText(safe(approval.action.effect, 200)),
              t.approveAndRun,
              t.back,
              'primary',
            ),
          }),
    }),
    button('approval.reject', t.reject, decide, { style: 'danger' }),
    button('approval.details', t.details, ids),
  );
}

function footOf(scene: Scene, approval: ApprovalFields, pending: boolean): KnownBlock[] {
  const { t } = scene;
  const approvedSoFar = approval.decisions.filter(({ approved }) => approved).length;
  if (pending)
    return [
      context(
        [
          approval.number,
          t.exactly(shortDigest(approval.digest)),
          t.expiresThen(at(approval.expiresAt, '{time}')),
          ...(approval.required > 1 ? [t.decidedSoFar(approvedSoFar, approval.required)] : []),
        ].join(' · '),
      ),
      ...skippedLine(scene, approval),
    ];
  const people = approval.decisions.map((decision) => {
    const when = at(decision.at, '{time_secs}');
    return decision.approved
      ? t.approvedAt(mention(scene, decision.by), when)
      : t.rejectedAt(mention(scene, decision.by), when);
  });
  const reason = approval.decisions.find(({ approved }) => !approved)?.reason ?? approval.endReason;
  return [
    ...(reason === null || reason === undefined ? [] : [richText([line(t.reasonLine(safe(reason, 500)))])]),
    context([approval.number, ...people, `digest ${shortDigest(approval.digest)}`].join(' · ')),
    ...skippedLine(scene, approval),
  ];
}

function skippedLine(scene: Scene, approval: ApprovalFields): KnownBlock[] {
  if (approval.skipped.length === 0) return [];
  return [context(scene.t.skippedLine(approval.skipped.map((one) => escaped(one, 100)).join(', ')))];
}

/** The form that asks why. */
export function rejectModal(scene: Scene, approval: ApprovalFields, meta: string): ModalView {
  const { t } = scene;
  return {
    type: 'modal',
    callback_id: 'approval.reject',
    private_metadata: meta,
    title: plain(t.rejectTitle(approval.number), 24),
    submit: plain(t.rejectDo, 24),
    close: plain(t.back, 24),
    blocks: [
      richText([line(safe(approval.action.title, 200), { bold: true }), line(t.rejectHint)]),
      textInput('reason', t.why, true),
    ],
  };
}

/** The form of a HIGH risk approval: the target's name must be typed. */
export function typeNameModal(scene: Scene, approval: ApprovalFields, meta: string): ModalView {
  const { t } = scene;
  const target = safe(approval.typedConfirmation ?? approval.action.target, 120);
  return {
    type: 'modal',
    callback_id: 'approval.approve',
    private_metadata: meta,
    title: plain(t.approveTitle(approval.number), 24),
    submit: plain(t.approve, 24),
    close: plain(t.back, 24),
    blocks: [
      richText([line(t.highRisk(safe(approval.action.undo ?? t.noUndo, 150)), { bold: true })]),
      code(approval.action.command),
      textInput('target', t.typeTarget(target), false),
    ],
  };
}

/** All the facts of one approval, for whoever asks. */
export function detailsModal(scene: Scene, approval: ApprovalFields, precondition: unknown): ModalView {
  const { t } = scene;
  return {
    type: 'modal',
    callback_id: 'approval.details',
    private_metadata: JSON.stringify({ q: approval.id }),
    title: plain(t.detailsTitle(approval.number), 24),
    close: plain(t.close, 24),
    blocks: [
      header(titleOf(scene, approval, safe(approval.action.title, 110))),
      ...factsOf(scene, approval),
      code(approval.action.command),
      richText([line(`${t.detailsPolicy}: ${safe(approval.policy, 200)}`)]),
      richText([line(`${t.detailsPrecondition}:`)]),
      code(JSON.stringify(precondition ?? null, null, 1), 1_500),
      ...footOf(scene, approval, approval.approvalStatus === 'PENDING'),
    ],
  };
}

/** One text field of a form. */
export function textInput(blockId: string, label: string, multiline: boolean): ModalView['blocks'][number] {
  return {
    type: 'input',
    block_id: blockId,
    label: plain(label, 1_900),
    element: {
      type: 'plain_text_input',
      action_id: 'value',
      multiline,
      min_length: 1,
      max_length: multiline ? 500 : 300,
    },
  };
}
