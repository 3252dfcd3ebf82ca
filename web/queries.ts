import { graphql } from './api.ts';

export const incidentsQuery = graphql(`
  query ConsoleIncidents($status: [IncidentStatus!]) {
    incidents(first: 50, filter: { status: $status }) {
      totalCount
      nodes { id number title status severity startedAt resolvedAt cause fix system { displayName } }
    }
  }
`);

export const incidentQuery = graphql(`
  query ConsoleIncident($number: String!) {
    incident(number: $number) {
      id number title status severity startedAt acknowledgedAt resolvedAt cause fix resolvedBy report
      acknowledgedBy { displayName }
      system { name displayName }
      timeline(first: 100) { nodes { id kind at text evidenceRefs actor { __typename ... on User { displayName } ... on ApiKey { name } ... on Automation { name } } } }
      evidence(first: 50) { nodes { __typename id ref title asked summary capturedAt digest url } }
      approvals(first: 20) { nodes { id number status required policy expiresAt decidedAt endReason action { title command target effect undo risk outcome } decisions { approved reason at by { displayName } } } }
      tasks(first: 20) { nodes { id number title status agentId } }
      alertGroups(first: 20) { nodes { id number title status severity firingCount totalCount summary reading runbookUrl } }
      finding { headline verdict confidence situation { text evidenceRefs } reasons { text evidenceRefs } against { text evidenceRefs } notChecked needed droppedClaims }
    }
  }
`);

export const tasksQuery = graphql(`
  query ConsoleTasks {
    tasks(first: 50) {
      totalCount
      nodes { id number title status agentId createdAt finishedAt incident { number } error { message nextStep } }
    }
  }
`);

export const taskQuery = graphql(`
  query ConsoleTask($number: String!) {
    task(number: $number) {
      id number title status agentId createdAt finishedAt analysisWritten params result
      incident { number title }
      error { message kept nextStep }
      steps(first: 50) { nodes { id title status tool summary startedAt finishedAt } }
      evidence(first: 50) { nodes { __typename id ref title asked summary capturedAt digest url } }
    }
  }
`);

export const approvalsQuery = graphql(`
  query ConsoleApprovals {
    approvals(first: 50) {
      totalCount
      nodes { id number status required policy eligible expiresAt decidedAt endReason incident { number } action { title command target effect undo risk outcome } decisions { approved reason at by { displayName } } }
    }
  }
`);

export const systemsQuery = graphql(`
  query ConsoleSystems {
    systems(first: 100) {
      totalCount
      nodes { id name displayName environment healthUrl workload { kind namespace name } health { state statusCode latencyMs message checkedAt } }
    }
  }
`);

export const agentsQuery = graphql(`
  query ConsoleAgents {
    agents { agentId title description available unavailableReason taskTypes { name title description maxRisk usesLanguageModel } }
  }
`);

export const statusQuery = graphql(`
  query ConsoleStatus {
    health { version ready startedAt outboxPending outboxOldest queueDepth dependencies { name state required latencyMs message } }
    auditHead { sequence hash anchoredAt }
  }
`);
