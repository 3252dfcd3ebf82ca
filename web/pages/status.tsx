import { Typography } from '@mui/material';
import { Live } from '../components/live.tsx';
import { State } from '../components/state.tsx';
import { Table } from '../components/table.tsx';
import { useText } from '../language.ts';
import { statusQuery } from '../queries.ts';

/** Whether the product itself is well: dependencies, waiting messages, head of the audit chain. */
export function Status() {
  const { t, at } = useText();
  return (
    <Live query={statusQuery} variables={{}}>
      {(data) => (
        <>
          <Table
            title={`${t('status')}: ${data.health.ready ? t('ready') : t('notReady')} · ${data.health.version}`}
            columns={[t('dependency'), t('state'), t('result')]}
            empty="–"
            rows={data.health.dependencies.map((one) => ({
              key: one.name,
              cells: [
                one.name,
                <State key="s" value={one.state} />,
                one.message ?? (one.latencyMs === null ? '' : `${one.latencyMs} ms`),
              ],
            }))}
          />
          <Typography>
            {t('outbox')}: {data.health.outboxPending} · {t('started')}: {at(data.health.startedAt)}
          </Typography>
          <Typography>
            {t('audit')}: {data.auditHead.sequence} · {data.auditHead.hash.slice(0, 12)}
          </Typography>
        </>
      )}
    </Live>
  );
}
