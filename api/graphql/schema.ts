import 'reflect-metadata';
import { createPubSub } from '@graphql-yoga/subscription';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { guard } from './guard.ts';
import { AlertResolver } from './resolvers/alerts.ts';
import { ApprovalResolver } from './resolvers/approvals.ts';
import { InboxResolver } from './resolvers/inbox.ts';
import { IncidentHandlingResolver } from './resolvers/incident-handling.ts';
import { IncidentResolver } from './resolvers/incidents.ts';
import { ManualAnswerResolver } from './resolvers/manual-answers.ts';
import { ManualResolver } from './resolvers/manuals.ts';
import { NotificationResolver } from './resolvers/notifications.ts';
import { RecordResolver } from './resolvers/record.ts';
import { ScheduleResolver } from './resolvers/schedules.ts';
import { SilenceResolver } from './resolvers/silences.ts';
import { SubscriptionResolver } from './resolvers/subscriptions.ts';
import { SystemResolver } from './resolvers/systems.ts';
import { TaskAnswerResolver } from './resolvers/task-answers.ts';
import { TaskResolver } from './resolvers/tasks.ts';
import { UserResolver } from './resolvers/users.ts';
import { WorkflowResolver } from './resolvers/workflows.ts';
import { HealthEvidenceView, ManualEvidenceView, MetricEvidenceView, OtherEvidenceView } from './types/evidence.ts';
import { ManualView } from './types/manual.ts';

let built: GraphQLSchema | undefined;

/** The API's schema, from its types and resolvers. Built once: its parts are registered by being loaded. */
export function buildApiSchema(): GraphQLSchema {
  built ??= buildSchemaSync({
    resolvers: [
      AlertResolver,
      ApprovalResolver,
      InboxResolver,
      IncidentResolver,
      ManualAnswerResolver,
      ManualResolver,
      IncidentHandlingResolver,
      NotificationResolver,
      RecordResolver,
      SilenceResolver,
      ScheduleResolver,
      SubscriptionResolver,
      SystemResolver,
      TaskAnswerResolver,
      TaskResolver,
      UserResolver,
      WorkflowResolver,
    ],
    orphanedTypes: [HealthEvidenceView, ManualEvidenceView, MetricEvidenceView, OtherEvidenceView, ManualView],
    globalMiddlewares: [guard],
    // Asked for by the builder and never used: every subscription brings its own stream.
    pubSub: createPubSub(),
    validate: false,
  });
  return built;
}

/** The schema as text, sorted, with its descriptions: the committed one says the same. */
export function printApiSchema(): string {
  return `${printSchema(lexicographicSortSchema(buildApiSchema()))}\n`;
}
