import {
  approvalFields,
  citationFields,
  errorFields,
  incidentFields,
  manualAnswerFields,
  personFields,
  silenceFields,
  taskFields,
  workflowFields,
} from './fragments.ts';
import { graphql } from './graphql.ts';

/** All documents the bot sends: the allow-list of its stored operations. */
export const inboxAccept = graphql(
  `mutation BotInboxAccept($input: InboxAcceptInput!) {
    inboxAccept(input: $input) { duplicate event { id status } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const inboxClaim = graphql(
  `mutation BotInboxClaim($input: InboxClaimInput!) {
    inboxClaim(input: $input) { events { id key source payload attempts } lease { token expiresAt } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const inboxComplete = graphql(
  `mutation BotInboxComplete($input: InboxCompleteInput!) {
    inboxComplete(input: $input) { event { id status } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const alertsIngest = graphql(
  `mutation BotAlertsIngest($input: AlertsIngestInput!) {
    alertsIngest(input: $input) { accepted duplicates quarantined userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const notificationClaim = graphql(
  `mutation BotNotificationClaim($input: NotificationClaimInput!) {
    notificationClaim(input: $input) {
      lease { token expiresAt }
      notifications {
        id kind priority revision attempts uncertain broadcast locale text leaseToken createdAt
        address { workspace channel thread message }
        privateTo { ...PersonFields }
        subject { __typename ...IncidentFields ...TaskFields ...ApprovalFields ...SilenceFields ...WorkflowFields }
      }
      userErrors { ...ErrorFields }
    }
  }`,
  [approvalFields, errorFields, incidentFields, personFields, silenceFields, taskFields, workflowFields],
);

export const notificationConfirm = graphql(
  `mutation BotNotificationConfirm($input: NotificationConfirmInput!) {
    notificationConfirm(input: $input) { notification { id status } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const notificationReady = graphql(
  `subscription BotNotificationReady { notificationReady(channels: [CHAT]) { pending highestPriority oldestAt } }`,
);

export const viewerQuery = graphql(
  `query BotViewer { viewer { locale timeZone pendingApprovals permissions user { id displayName roles } } }`,
);

export const healthQuery = graphql(
  `query BotHealth { health { ready version commit startedAt queueDepth outboxPending outboxOldest
    dependencies { name state required message latencyMs } } }`,
);

export const agentsQuery = graphql(
  `query BotAgents { agents { agentId title available unavailableReason taskTypes { name title } } }`,
);

export const lookupQuery = graphql(
  `query BotLookup($number: String!) { lookup(number: $number) { __typename id ... on Incident { number } ... on Task { number } ... on Approval { number } ... on AlertGroup { number incident { id number } } } }`,
);

export const incidentQuery = graphql(
  `query BotIncident($number: String, $id: ID) { incident(number: $number, id: $id) { ...IncidentFields } }`,
  [incidentFields],
);

export const incidentsQuery = graphql(
  `query BotIncidents($filter: IncidentFilter, $first: Int) {
    incidents(filter: $filter, first: $first) { totalCount nodes { id number title severity status startedAt system { name } } } }`,
);

export const incidentAcknowledge = graphql(
  `mutation BotIncidentAcknowledge($input: IncidentAcknowledgeInput!) {
    incidentAcknowledge(input: $input) { incident { ...IncidentFields } userErrors { ...ErrorFields } } }`,
  [errorFields, incidentFields],
);

export const incidentRelease = graphql(
  `mutation BotIncidentRelease($input: IncidentReleaseInput!) {
    incidentRelease(input: $input) { incident { ...IncidentFields } userErrors { ...ErrorFields } } }`,
  [errorFields, incidentFields],
);

export const incidentResolve = graphql(
  `mutation BotIncidentResolve($input: IncidentResolveInput!) {
    incidentResolve(input: $input) { incident { ...IncidentFields } userErrors { ...ErrorFields } } }`,
  [errorFields, incidentFields],
);

export const incidentReopen = graphql(
  `mutation BotIncidentReopen($input: IncidentReopenInput!) {
    incidentReopen(input: $input) { incident { ...IncidentFields } userErrors { ...ErrorFields } } }`,
  [errorFields, incidentFields],
);

export const incidentNoteAdd = graphql(
  `mutation BotIncidentNoteAdd($input: IncidentNoteAddInput!) {
    incidentNoteAdd(input: $input) { entry { id } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const silencesQuery = graphql(
  `query BotSilences($first: Int) { silences(first: $first) { totalCount nodes { ...SilenceFields } } }`,
  [silenceFields],
);

export const silenceQuery = graphql(
  `query BotSilence($number: String) { silence(number: $number) { ...SilenceFields } }`,
  [silenceFields],
);

export const silenceCreate = graphql(
  `mutation BotSilenceCreate($input: SilenceCreateInput!) {
    silenceCreate(input: $input) { matchedNow silence { ...SilenceFields } userErrors { ...ErrorFields } } }`,
  [errorFields, silenceFields],
);

export const silenceExtend = graphql(
  `mutation BotSilenceExtend($input: SilenceExtendInput!) {
    silenceExtend(input: $input) { silence { ...SilenceFields } userErrors { ...ErrorFields } } }`,
  [errorFields, silenceFields],
);

export const silenceExpire = graphql(
  `mutation BotSilenceExpire($input: SilenceExpireInput!) {
    silenceExpire(input: $input) { silence { ...SilenceFields } userErrors { ...ErrorFields } } }`,
  [errorFields, silenceFields],
);

export const incidentAssign = graphql(
  `mutation BotIncidentAssign($input: IncidentAssignInput!) {
    incidentAssign(input: $input) { incident { number assignee { displayName } } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const incidentMerge = graphql(
  `mutation BotIncidentMerge($input: IncidentMergeInput!) {
    incidentMerge(input: $input) { incident { number } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const incidentSplit = graphql(
  `mutation BotIncidentSplit($input: IncidentSplitInput!) {
    incidentSplit(input: $input) { incident { number } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const incidentSnooze = graphql(
  `mutation BotIncidentSnooze($input: IncidentSnoozeInput!) {
    incidentSnooze(input: $input) { incident { number snoozedUntil } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const incidentTicketLink = graphql(
  `mutation BotIncidentTicketLink($input: IncidentTicketLinkInput!) {
    incidentTicketLink(input: $input) { incident { number } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const incidentGroupsQuery = graphql(
  `query BotIncidentGroups($number: String, $id: ID) {
    incident(number: $number, id: $id) { id number alertGroups(first: 20) { totalCount nodes { id number title status } } } }`,
);

export const alertGroupsQuery = graphql(
  `query BotAlertGroups($filter: AlertGroupFilter, $first: Int) {
    alertGroups(filter: $filter, first: $first) { totalCount
      nodes { id number title severity status firingCount totalCount reading startedAt system { name } incident { number } } } }`,
);

export const alertGroupQuery = graphql(
  `query BotAlertGroup($number: String!) {
    alertGroup(number: $number) { id number title severity status firingCount totalCount reading summary startedAt lastSeenAt
      commonLabels occurrences30d system { name } incident { number }
      alerts(first: 8) { totalCount nodes { name status labels } } } }`,
);

export const approvalsQuery = graphql(
  `query BotApprovals($filter: ApprovalFilter, $first: Int) {
    approvals(filter: $filter, first: $first) { totalCount nodes { id number status expiresAt action { title target risk } incident { number } } } }`,
);

export const approvalQuery = graphql(
  `query BotApproval($number: String, $id: ID) {
    approval(number: $number, id: $id) { ...ApprovalFields precondition viewerCanDecide } }`,
  [approvalFields],
);

export const approvalDecide = graphql(
  `mutation BotApprovalDecide($input: ApprovalDecideInput!) {
    approvalDecide(input: $input) { approval { ...ApprovalFields } userErrors { ...ErrorFields } } }`,
  [approvalFields, errorFields],
);

export const tasksQuery = graphql(
  `query BotTasks($filter: TaskFilter, $first: Int) {
    tasks(filter: $filter, first: $first) { totalCount nodes { id number title agentId status createdAt incident { number } } } }`,
);

export const taskQuery = graphql(
  `query BotTask($number: String, $id: ID) { task(number: $number, id: $id) { ...TaskFields } }`,
  [taskFields],
);

export const taskCreate = graphql(
  `mutation BotTaskCreate($input: TaskCreateInput!) {
    taskCreate(input: $input) { task { id number title status agentId } candidates { agentId name title description } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const workflowsQuery = graphql(
  `query BotWorkflows($filter: WorkflowFilter, $first: Int) {
    workflowDefinitions { name title description inputSchema }
    workflows(filter: $filter, first: $first) { totalCount nodes { id number title status createdAt } } }`,
);

export const workflowQuery = graphql(
  `query BotWorkflow($number: String, $id: ID) { workflow(number: $number, id: $id) { ...WorkflowFields } }`,
  [workflowFields],
);

export const workflowStart = graphql(
  `mutation BotWorkflowStart($input: WorkflowStartInput!) {
    workflowStart(input: $input) { workflow { id number title } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const workflowCancel = graphql(
  `mutation BotWorkflowCancel($input: WorkflowCancelInput!) {
    workflowCancel(input: $input) { workflow { id number } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const schedulesQuery = graphql(
  `query BotSchedules($first: Int) {
    schedules(first: $first) { totalCount nodes { id number title cron timeZone enabled agentId taskType workflowDefinition nextRunAt missedRuns version } } }`,
);

export const scheduleQuery = graphql(
  `query BotSchedule($number: String!) { schedule(number: $number) { id number title enabled version } }`,
);

export const scheduleCreate = graphql(
  `mutation BotScheduleCreate($input: ScheduleCreateInput!) {
    scheduleCreate(input: $input) { schedule { id number title nextRunAt timeZone } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const scheduleUpdate = graphql(
  `mutation BotScheduleUpdate($input: ScheduleUpdateInput!) {
    scheduleUpdate(input: $input) { schedule { id number enabled nextRunAt } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const scheduleDelete = graphql(
  `mutation BotScheduleDelete($input: ScheduleDeleteInput!) {
    scheduleDelete(input: $input) { deletedId userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const taskAnswer = graphql(
  `mutation BotTaskAnswer($input: TaskAnswerInput!) {
    taskAnswer(input: $input) { task { id number status } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const taskThreadsAwaited = graphql(
  `query BotTaskThreadsAwaited($workspace: String!) { taskThreadsAwaited(workspace: $workspace) { taskId channel thread } }`,
);

export const taskQuestions = graphql(
  `query BotTaskQuestions($id: ID!) { task(id: $id) { id number title status
    questions { known fields { name label reason schema answer } } } }`,
);

export const taskCancel = graphql(
  `mutation BotTaskCancel($input: TaskCancelInput!) {
    taskCancel(input: $input) { task { id number status } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const taskRetry = graphql(
  `mutation BotTaskRetry($input: TaskRetryInput!) {
    taskRetry(input: $input) { task { id number status } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const taskOutcomeResolve = graphql(
  `mutation BotTaskOutcomeResolve($input: TaskOutcomeResolveInput!) {
    taskOutcomeResolve(input: $input) { task { id number status } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const systemsQuery = graphql(
  `query BotSystems($filter: SystemFilter, $first: Int) {
    systems(filter: $filter, first: $first) { totalCount
      nodes { name displayName environment health { state message latencyMs statusCode checkedAt } } } }`,
);

export const systemQuery = graphql(
  `query BotSystem($name: String!) {
    system(name: $name) { name displayName environment configurationItem archived
      workload { kind namespace name } health { state message latencyMs statusCode checkedAt } } }`,
);

export const manualAsk = graphql(
  `mutation BotManualAsk($input: ManualAskInput!) {
    manualAsk(input: $input) { answer { ...ManualAnswerFields } userErrors { ...ErrorFields } } }`,
  [errorFields, manualAnswerFields],
);

export const manualAnswerQuery = graphql(
  `query BotManualAnswer($id: ID!) {
    manualAnswer(id: $id) { ...ManualAnswerFields more { ...CitationFields } owners { codes owner team } } }`,
  [citationFields, manualAnswerFields],
);

export const manualAnswerShare = graphql(
  `mutation BotManualAnswerShare($input: ManualAnswerShareInput!) {
    manualAnswerShare(input: $input) { answer { ...ManualAnswerFields } userErrors { ...ErrorFields } } }`,
  [errorFields, manualAnswerFields],
);

export const manualPassageQuery = graphql(
  `query BotManualPassage($id: ID!) {
    manualPassage(id: $id) { id section sectionPath page lineFrom lineTo position text
      before { text } after { text } manual { code title version revisedAt stale status } } }`,
);

export const manualFeedbackCreate = graphql(
  `mutation BotManualFeedbackCreate($input: ManualFeedbackCreateInput!) {
    manualFeedbackCreate(input: $input) { feedback { verdict } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const manualsQuery = graphql(
  `query BotManuals($first: Int) {
    manuals(first: $first) { totalCount nodes { code title version revisedAt stale visibility team } } }`,
);

export const manualUploadCreate = graphql(
  `mutation BotManualUploadCreate($input: ManualUploadCreateInput!) {
    manualUploadCreate(input: $input) { upload { id path } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const manualIngest = graphql(
  `mutation BotManualIngest($input: ManualIngestInput!) {
    manualIngest(input: $input) { ingest { id } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const manualIngestQuery = graphql(
  `query BotManualIngestState($id: ID!) {
    manualIngest(id: $id) { status totalFiles doneFiles
      files { path status message manual { code title visibility } } } }`,
);

export const manualGapReport = graphql(
  `mutation BotManualGapReport($input: ManualGapReportInput!) {
    manualGapReport(input: $input) { gap { number } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const manualGapsQuery = graphql(
  `query BotManualGaps {
    manualGaps(first: 20) { totalCount nodes { number question
      reportedBy { __typename ... on User { displayName } ... on ApiKey { name } ... on Automation { name } } } } }`,
);

export const viewerUpdate = graphql(
  `mutation BotViewerUpdate($input: ViewerUpdateInput!) {
    viewerUpdate(input: $input) { viewer { locale } userErrors { ...ErrorFields } } }`,
  [errorFields],
);

export const userChatLink = graphql(
  `mutation BotUserChatLink($input: UserChatLinkInput!) {
    userChatLink(input: $input) { user { id displayName roles } userErrors { ...ErrorFields } } }`,
  [errorFields],
);
