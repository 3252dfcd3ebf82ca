import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { newDashboard } from './dashboard.ts';
import { graph, number } from './panels.ts';

const rate = '$__rate_interval';

/** What the agents do: how many tasks, how well, how long, and what the language model has to do with it. */
export function agentPerformance(): DashboardBuilder {
  return newDashboard({
    uid: 'agentic-agents',
    title: 'Agent Performance',
    about: 'Tasks of the eight agents: number, success, duration, and calls of the language model.',
  })
    .withRow(new RowBuilder('Now'))
    .withPanel(
      number({
        title: 'Tasks, 24 h',
        about: 'Tasks that ended in the last 24 hours.',
        unit: 'short',
        lines: [{ expr: 'sum(increase(agent_tasks_total[24h]))', legend: 'tasks' }],
      }),
    )
    .withPanel(
      number({
        title: 'Success rate, 24 h',
        about: 'Share of the ended tasks that succeeded.',
        unit: 'percentunit',
        lines: [
          {
            expr: 'sum(increase(agent_tasks_successful_total[24h])) / (sum(increase(agent_tasks_total[24h])) > 0)',
            legend: 'success',
          },
        ],
      }),
    )
    .withPanel(
      number({
        title: 'Language model calls, 24 h',
        about: 'Calls of the language model, failed ones too.',
        unit: 'short',
        lines: [{ expr: 'sum(increase(agentic_llm_calls_total[24h]))', legend: 'calls' }],
      }),
    )
    .withPanel(
      number({
        title: 'Waiting to be begun',
        about: 'Tasks in the queue.',
        unit: 'short',
        red: 50,
        lines: [{ expr: 'max(agentic_queue_depth)', legend: 'tasks' }],
      }),
    )
    .withPanel(
      number({
        title: 'Approvals waiting',
        about: 'Approvals that wait for a person.',
        unit: 'short',
        red: 20,
        lines: [{ expr: 'max(agentic_approvals_pending)', legend: 'approvals' }],
      }),
    )
    .withPanel(
      number({
        title: 'Outcome unknown',
        about: 'Changes of which a person has to say whether they happened.',
        unit: 'short',
        red: 1,
        lines: [{ expr: 'max(agentic_effects_unknown)', legend: 'changes' }],
      }),
    )
    .withRow(new RowBuilder('Tasks'))
    .withPanel(
      graph({
        title: 'Tasks per agent',
        about: 'Ended tasks a minute.',
        unit: 'short',
        width: 12,
        lines: [{ expr: `sum by (agent_type) (rate(agent_tasks_total[${rate}])) * 60`, legend: '{{agent_type}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Success rate per agent',
        about: 'Share of the tasks of the last hour that succeeded; agents without a task are left out.',
        unit: 'percentunit',
        width: 12,
        max: 1,
        lines: [
          {
            expr: 'sum by (agent_type) (increase(agent_tasks_successful_total[1h])) / (sum by (agent_type) (increase(agent_tasks_total[1h])) > 0)',
            legend: '{{agent_type}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Mean duration per agent',
        about: 'From start to end, waiting for people included.',
        unit: 's',
        width: 12,
        lines: [
          {
            expr: `sum by (agent_type) (rate(agent_task_duration_seconds_sum[${rate}])) / (sum by (agent_type) (rate(agent_task_duration_seconds_count[${rate}])) > 0)`,
            legend: '{{agent_type}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: '95th percentile of the duration per agent',
        about: 'Nineteen of twenty tasks took less.',
        unit: 's',
        width: 12,
        lines: [
          {
            expr: `histogram_quantile(0.95, sum by (le, agent_type) (rate(agent_task_duration_seconds_bucket[${rate}])))`,
            legend: '{{agent_type}}',
          },
        ],
      }),
    )
    .withRow(new RowBuilder('Language model'))
    .withPanel(
      graph({
        title: 'Calls',
        about: 'Calls a minute, by outcome.',
        unit: 'short',
        lines: [{ expr: `sum by (outcome) (rate(agentic_llm_calls_total[${rate}])) * 60`, legend: '{{outcome}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Tokens',
        about: 'Tokens a minute, by kind.',
        unit: 'short',
        lines: [{ expr: `sum by (kind) (rate(agentic_llm_tokens_total[${rate}])) * 60`, legend: '{{kind}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Duration of a call',
        about: 'Half and nineteen of twenty calls took less.',
        unit: 's',
        lines: [
          {
            expr: `histogram_quantile(0.5, sum by (le) (rate(agentic_llm_duration_seconds_bucket[${rate}])))`,
            legend: '50 %',
          },
          {
            expr: `histogram_quantile(0.95, sum by (le) (rate(agentic_llm_duration_seconds_bucket[${rate}])))`,
            legend: '95 %',
          },
        ],
      }),
    )
    .withRow(new RowBuilder('People'))
    .withPanel(
      graph({
        title: 'Commands',
        about: 'Commands of people a minute, by outcome.',
        unit: 'short',
        width: 12,
        lines: [{ expr: `sum by (outcome) (rate(agentic_commands_total[${rate}])) * 60`, legend: '{{outcome}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Waiting for people',
        about: 'Approvals to be decided, and changes whose outcome has to be found out.',
        unit: 'short',
        width: 12,
        lines: [
          { expr: 'max(agentic_approvals_pending)', legend: 'approvals' },
          { expr: 'max(agentic_effects_unknown)', legend: 'outcome unknown' },
        ],
      }),
    );
}
