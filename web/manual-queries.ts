import { graphql } from './api.ts';

export const citationParts = graphql(`
  fragment CitationParts on ManualCitation @_unmask {
    ref code title section sectionPath page lineFrom lineTo revision revisedAt stale outdated quote
    highlights { start end }
    passage { id position }
  }
`);

export const askMutation = graphql(
  `
    mutation ConsoleManualAsk($input: ManualAskInput!) {
      manualAsk(input: $input) {
        answer {
          id question mode note degraded droppedClaims
          sentences { text evidenceRefs }
          citations { ...CitationParts }
          nearest { ...CitationParts }
          more { ...CitationParts }
        }
        userErrors { code message }
      }
    }
  `,
  [citationParts],
);

export const passageQuery = graphql(`
  query ConsolePassage($id: ID!) {
    manualPassage(id: $id) {
      id position section sectionPath page lineFrom lineTo text
      before { id text }
      after { id text }
      manual { code title version revisedAt stale status }
      related(first: 5) { id position section manual { code title version } }
    }
  }
`);

export const manualQuery = graphql(`
  query ConsoleManual($code: String!, $revision: Int, $after: String) {
    manual(code: $code, revision: $revision) {
      id code title version revisedAt stale status fileName chunkCount
      systems { name }
      passages(first: 50, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { id position section sectionPath page lineFrom lineTo text }
      }
    }
    newest: manual(code: $code) { version }
  }
`);

export const relatedQuery = graphql(`
  query ConsoleRelated($id: ID!) {
    manualPassage(id: $id) { id related(first: 5) { id position section manual { code title version } } }
  }
`);

export const manualsQuery = graphql(`
  query ConsoleManuals($filter: ManualFilter, $after: String) {
    manuals(first: 50, after: $after, filter: $filter) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id code title locale version revisedAt stale status visibility team owner chunkCount error systems { name } }
    }
  }
`);

export const uploadCreateMutation = graphql(`
  mutation ConsoleUploadCreate($input: ManualUploadCreateInput!) {
    manualUploadCreate(input: $input) { upload { id path } userErrors { code message } }
  }
`);

export const ingestMutation = graphql(`
  mutation ConsoleManualIngest($input: ManualIngestInput!) {
    manualIngest(input: $input) { ingest { id } userErrors { code message } }
  }
`);

export const ingestQuery = graphql(`
  query ConsoleManualIngestState($id: ID!) {
    manualIngest(id: $id) { status totalFiles doneFiles files { path status message manual { code title } } }
  }
`);
