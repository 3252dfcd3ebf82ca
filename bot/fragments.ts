import type { FragmentOf } from 'gql.tada';
import { graphql } from './graphql.ts';

/** A person as cards name them. */
export const personFields = graphql(`
  fragment PersonFields on User { displayName chatIdentities { workspace chatUserId } }
`);

/** A refusal of a mutation. */
export const errorFields = graphql(`
  fragment ErrorFields on UserError { code message path retryAfter }
`);

/** What an approval card shows. Some fields carry other names, since one claim asks for all kinds of subjects at once. */
export const approvalFields = graphql(
  `
  fragment ApprovalFields on Approval {
    id number approvalKind: kind approvalStatus: status digest eligible required policy skipped typedConfirmation createdAt expiresAt decidedAt endReason
    action { title target command diff effect undo risk estimatedDuration outcome }
    requestedBy { __typename ... on User { ...PersonFields } ... on ApiKey { name } ... on Automation { name } }
    decisions { approved at reason by { ...PersonFields } }
    task { id number }
    incident { number }
  }
`,
  [personFields],
);

/** What an incident's card and notices show. */
export const incidentFields = graphql(
  `
  fragment IncidentFields on Incident {
    id number title severity status kind locale snoozedUntil silencesNow
    mergedInto { number }
    assignee { ...PersonFields }
    ticketLinks { number }
    storm { alerts firing groups ownThreads dropped startedAt endedAt
      cause { kind name value groups of } lines { title severity firing total } }
    startedAt acknowledgedAt acknowledgedUntil resolvedAt resolvedBy cause fix report
    acknowledgedBy { ...PersonFields }
    system { name displayName environment }
    conversation { workspace channel message thread }
    alertGroups(first: 3) {
      totalCount
      nodes { number title severity status reading summary firingCount totalCount truncatedCount occurrences30d runbookUrl heldUntil restarts
        nearestManual { section manual { code } } }
    }
    approvals(first: 3) { nodes { number status decisions { approved by { ...PersonFields } } } }
    timeline(first: 1, kind: [VERIFICATION]) { nodes { text } }
  }
`,
  [personFields],
);

/** What the message of a silence shows. */
export const silenceFields = graphql(`
  fragment SilenceFields on Silence {
    id number silenceStatus: status silenceKind createdByName comment startsAt endsAt external matchedNow silenceError: error
    matchers { name value isRegex isEqual }
    incident { number }
  }
`);

/** What the messages of a task show. */
export const taskFields = graphql(
  `
  fragment TaskFields on Task {
    id number title agentId taskStatus: status analysisWritten createdAt taskStartedAt: startedAt finishedAt result
    error { message kept nextStep requestId retryable }
    incident { number }
    requestedBy { __typename ... on User { ...PersonFields } ... on ApiKey { name } ... on Automation { name } }
    steps(first: 25) { totalCount nodes { id title status summary evidence { ref title } } }
    children(first: 5) { nodes { agentId } }
    usage { calls callLimit promptTokens completionTokens tokenLimit costUsd costLimitUsd }
    questions { known answeredAt answeredBy fields { name label reason answer } }
    evidence(first: 12) { totalCount nodes { ref title summary } }
    finding {
      verdict headline confidence needed notChecked
      evidence { ref title summary }
      evidence { ref title summary }
      situation { text evidenceRefs } reasons { text evidenceRefs } against { text evidenceRefs }
      proposedActions { title risk estimatedDuration undo }
    }
    actions { id title target command effect undo risk outcome
      approval { number decidedAt status decisions { approved at by { ...PersonFields } } } }
    effects { status step accepted answer intentAt doneAt observed note action { id } }
  }
`,
  [personFields],
);

/** A passage behind an answer from the manuals. */
export const citationFields = graphql(`
  fragment CitationFields on ManualCitation {
    ref code title section sectionPath page lineFrom lineTo revision revisedAt stale monthsOld outdated quote
    highlights { start end }
    passage { id position }
  }
`);

/** An answer from the manuals, as far as the viewer may see it. */
export const manualAnswerFields = graphql(
  `
  fragment ManualAnswerFields on ManualAnswer {
    id question locale audience mode note degraded droppedClaims moreCount gapReported
    sentences { text evidenceRefs }
    citations { ...CitationFields }
    nearest { ...CitationFields }
  }
`,
  [citationFields],
);

/** What the plan message of a workflow shows. */
export const workflowFields = graphql(
  `
  fragment WorkflowFields on Workflow {
    id number title workflowStatus: status errorMessage scheduledFor createdAt workflowStartedAt: startedAt finishedAt
    requestedBy { __typename ... on User { ...PersonFields } ... on ApiKey { name } ... on Automation { name } }
    workflowSteps: steps { name title status summary task { number agentId } }
  }
`,
  [personFields],
);

export type WorkflowFields = FragmentOf<typeof workflowFields>;
export type PersonFields = FragmentOf<typeof personFields>;
export type ErrorFields = FragmentOf<typeof errorFields>;
export type ApprovalFields = FragmentOf<typeof approvalFields>;
export type SilenceFields = FragmentOf<typeof silenceFields>;
export type IncidentFields = FragmentOf<typeof incidentFields>;
export type TaskFields = FragmentOf<typeof taskFields>;
export type CitationFields = FragmentOf<typeof citationFields>;
export type ManualAnswerFields = FragmentOf<typeof manualAnswerFields>;
