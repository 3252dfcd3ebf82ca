import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { newDashboard } from './dashboard.ts';
import { graph, number } from './panels.ts';

const rate = '$__rate_interval';
const doors = 'path!~"/(livez|readyz|metrics)"';
const requestQuantile = (q: number) =>
  `histogram_quantile(${q}, sum by (le) (rate(http_request_duration_seconds_bucket[${rate}])))`;

/** Whether the product is well: machine, requests, record, queues and the road to Slack. */
export function systemHealth(): DashboardBuilder {
  return newDashboard({
    uid: 'agentic-health',
    title: 'System Health',
    about: 'CPU and memory, response time, error rate, active users; below them the record, the queues and Slack.',
  })
    .withRow(new RowBuilder('Now'))
    .withPanel(
      number({
        title: 'API processes',
        about: 'API processes that Prometheus reaches.',
        unit: 'short',
        lines: [{ expr: 'sum(up{job="agentic-api"})', legend: 'up' }],
      }),
    )
    .withPanel(
      number({
        title: 'Workers',
        about: 'Workers whose beat is young.',
        unit: 'short',
        lines: [{ expr: 'max(agentic_executors_alive)', legend: 'alive' }],
      }),
    )
    .withPanel(
      number({
        title: 'Bots',
        about: 'Bots that Prometheus reaches.',
        unit: 'short',
        lines: [{ expr: 'sum(up{job="agentic-bot"})', legend: 'up' }],
      }),
    )
    .withPanel(
      number({
        title: 'Active users',
        about: 'People who did something in the last 15 minutes.',
        unit: 'short',
        lines: [{ expr: 'max(agentic_users_active)', legend: 'people' }],
      }),
    )
    .withPanel(
      number({
        title: 'Error rate',
        about: 'Share of the requests of the last 5 minutes that failed.',
        unit: 'percentunit',
        red: 0.05,
        lines: [
          {
            expr: '(sum(rate(http_requests_total{status=~"5.."}[5m])) or vector(0)) / sum(rate(http_requests_total[5m]))',
            legend: 'errors',
          },
        ],
      }),
    )
    .withPanel(
      number({
        title: 'Firing alerts',
        about: 'Alerts about the product and the watched systems, the watchdog left out.',
        unit: 'short',
        red: 1,
        lines: [{ expr: 'count(ALERTS{alertstate="firing",alertname!="Watchdog"}) or vector(0)', legend: 'alerts' }],
      }),
    )
    .withRow(new RowBuilder('Machine and processes'))
    .withPanel(
      graph({
        title: 'CPU',
        about: 'Use of all processors of the machine.',
        unit: 'percent',
        max: 100,
        red: 80,
        lines: [{ expr: 'system_cpu_usage_percent', legend: '{{instance}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Memory',
        about: 'Use of the memory of the machine.',
        unit: 'percent',
        max: 100,
        red: 90,
        lines: [{ expr: 'system_memory_usage_percent', legend: '{{instance}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Memory of the processes',
        about: 'Resident memory.',
        unit: 'bytes',
        lines: [{ expr: 'process_resident_memory_bytes{job=~"agentic-.+"}', legend: '{{job}} {{instance}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'CPU of the processes',
        about: 'Cores in use.',
        unit: 'short',
        lines: [
          { expr: `rate(process_cpu_seconds_total{job=~"agentic-.+"}[${rate}])`, legend: '{{job}} {{instance}}' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Event loop',
        about: 'How late turns of the event loop come, one in a hundred later.',
        unit: 's',
        lines: [{ expr: 'nodejs_eventloop_lag_p99_seconds{job=~"agentic-.+"}', legend: '{{job}} {{instance}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Active users',
        about: 'People who did something in the last 15 minutes.',
        unit: 'short',
        lines: [{ expr: 'max(agentic_users_active)', legend: 'people' }],
      }),
    )
    .withRow(new RowBuilder('Requests'))
    .withPanel(
      graph({
        title: 'API response time',
        about: 'Half, nineteen of twenty and ninety-nine of a hundred requests took less.',
        unit: 's',
        lines: [
          { expr: requestQuantile(0.5), legend: '50 %' },
          { expr: requestQuantile(0.95), legend: '95 %' },
          { expr: requestQuantile(0.99), legend: '99 %' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Requests',
        about: 'Requests a second by status, health checks and scrapes left out.',
        unit: 'reqps',
        lines: [{ expr: `sum by (status) (rate(http_requests_total{${doors}}[${rate}]))`, legend: '{{status}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Error rate',
        about: 'Share of requests answered with a 5xx.',
        unit: 'percentunit',
        red: 0.05,
        lines: [
          {
            expr: `(sum(rate(http_requests_total{status=~"5.."}[${rate}])) or vector(0)) / sum(rate(http_requests_total[${rate}]))`,
            legend: 'errors',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'GraphQL operations',
        about: 'The five most frequent operations, a second.',
        unit: 'reqps',
        width: 12,
        lines: [
          {
            expr: `topk(5, sum by (operation) (rate(agentic_graphql_requests_total[${rate}])))`,
            legend: '{{operation}}',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Slowest GraphQL operations',
        about: 'Nineteen of twenty calls took less; the five slowest operations.',
        unit: 's',
        width: 12,
        lines: [
          {
            expr: `topk(5, histogram_quantile(0.95, sum by (le, operation) (rate(agentic_graphql_duration_seconds_bucket[${rate}]))))`,
            legend: '{{operation}}',
          },
        ],
      }),
    )
    .withRow(new RowBuilder('Record and queues'))
    .withPanel(
      graph({
        title: 'Database connections',
        about: 'Connections to the database of the product.',
        unit: 'short',
        red: 240,
        lines: [{ expr: 'max(database_connections_active)', legend: 'connections' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Waiting',
        about: 'Accepted deliveries, tasks and messages that wait.',
        unit: 'short',
        lines: [
          { expr: 'max(agentic_inbox_pending)', legend: 'inbox' },
          { expr: 'max(agentic_queue_depth)', legend: 'tasks' },
          { expr: 'max(agentic_outbox_pending)', legend: 'outbox' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Age of the oldest',
        about: 'How long the oldest delivery and the oldest message have waited.',
        unit: 's',
        red: 120,
        lines: [
          { expr: 'max(agentic_inbox_oldest_seconds)', legend: 'inbox' },
          { expr: 'max(agentic_outbox_oldest_seconds)', legend: 'outbox' },
        ],
      }),
    )
    .withRow(new RowBuilder('Slack and alerts'))
    .withPanel(
      graph({
        title: 'Slack acknowledgement',
        about: 'Ninety-nine of a hundred deliveries were acknowledged faster. Slack waits three seconds.',
        unit: 's',
        red: 3,
        lines: [
          {
            expr: `histogram_quantile(0.99, sum by (le) (rate(agentic_slack_ack_seconds_bucket[${rate}])))`,
            legend: '99 %',
          },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Messages',
        about: 'Messages of the outbox a minute, by what became of them.',
        unit: 'short',
        lines: [{ expr: `sum by (result) (rate(agentic_slack_deliveries_total[${rate}])) * 60`, legend: '{{result}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Slowed down by Slack',
        about: 'Calls a minute that Slack refused for their pace.',
        unit: 'short',
        lines: [
          { expr: `sum by (method) (rate(agentic_slack_ratelimited_total[${rate}])) * 60`, legend: '{{method}}' },
        ],
      }),
    )
    .withPanel(
      graph({
        title: 'Alert posts',
        about: 'Posts of alert senders a minute, by outcome.',
        unit: 'short',
        width: 12,
        lines: [{ expr: `sum by (outcome) (rate(agentic_alert_posts_total[${rate}])) * 60`, legend: '{{outcome}}' }],
      }),
    )
    .withPanel(
      graph({
        title: 'Refused requests',
        about: 'Requests in the name of Slack that were refused, a minute, by reason.',
        unit: 'short',
        width: 12,
        lines: [{ expr: `sum by (reason) (rate(agentic_slack_refused_total[${rate}])) * 60`, legend: '{{reason}}' }],
      }),
    );
}
