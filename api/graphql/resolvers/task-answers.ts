import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { z } from 'zod';
import { answerTask } from '../../orchestrator/answer-task.ts';
import { once } from '../idempotency.ts';
import { keySchema, mutate, parseInput, rowId, userErrorsOf, words } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { awaitedThreads } from '../task-questions.ts';
import { TaskView } from '../types/task.ts';
import { TaskAnswerInput } from '../types/task-inputs.ts';
import { TaskAnswerPayload } from '../types/task-payloads.ts';
import { AwaitedThread } from '../types/task-question.ts';
import { viewOrNull } from '../types/view.ts';

const answerSchema = z.object({
  answers: z.record(z.string(), z.unknown()).nullish(),
  text: words(4_000).nullish(),
  idempotencyKey: keySchema,
});

/** Answers to what tasks ask. */
@Resolver()
export class TaskAnswerResolver {
  @Query(() => [AwaitedThread], { description: 'Threads of a workspace in which an answer is awaited.' })
  taskThreadsAwaited(
    @Ctx() ctx: RequestContext,
    @Arg('workspace', () => String) workspace: string,
  ): Promise<AwaitedThread[]> {
    need(ctx, 'TASK_READ');
    return awaitedThreads(ctx.deps.db, workspace);
  }

  @Mutation(() => TaskAnswerPayload)
  taskAnswer(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => TaskAnswerInput) input: TaskAnswerInput,
  ): Promise<TaskAnswerPayload> {
    return mutate<TaskAnswerPayload>(ctx, { operation: 'taskAnswer', input, empty: { task: null } }, async () => {
      need(ctx, 'TASK_WRITE');
      const given = parseInput(answerSchema, input);
      const id = rowId('Task', input.id);
      return once<TaskAnswerPayload>(ctx, {
        operation: 'taskAnswer',
        key: given.idempotencyKey,
        input,
        repeatable: true,
        first: async () => {
          const { task, userErrors } = await answerTask(ctx.deps, ctx.viewer, {
            id,
            answers: given.answers,
            text: given.text ?? null,
          });
          return {
            payload: { task: viewOrNull(task, TaskView), userErrors: userErrorsOf(userErrors) },
            kept: task === null || userErrors.length > 0 ? null : { task: task.id },
          };
        },
        again: async (kept) => ({
          task: viewOrNull(await ctx.load.task.load(kept.task ?? ''), TaskView),
          userErrors: [],
        }),
      });
    });
  }
}
