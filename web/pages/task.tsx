import { Alert, Box, Stack, Typography } from '@mui/material';
import { EvidenceList } from '../components/evidence-list.tsx';
import { Link } from '../components/link.tsx';
import { Live } from '../components/live.tsx';
import { Section } from '../components/section.tsx';
import { State } from '../components/state.tsx';
import { Table } from '../components/table.tsx';
import { useText } from '../language.ts';
import { taskQuery } from '../queries.ts';

/** One task: its steps as they were done, its evidence, its input and result. */
export function Task({ number }: { readonly number: string }) {
  const { t, at } = useText();
  return (
    <Live query={taskQuery} variables={{ number }}>
      {({ task }) =>
        task === null ? (
          <Alert severity="warning">{t('notFound')}</Alert>
        ) : (
          <Stack spacing={2}>
            <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
              <Typography variant="h5" component="h1">
                {task.number} · {task.title}
              </Typography>
              <State value={task.status} />
            </Stack>
            <Typography>
              {t('agent')}: {task.agentId} · {t('started')}: {at(task.createdAt)} · {t('ended')}: {at(task.finishedAt)}{' '}
              {task.incident ? (
                <Link to={`/incidents/${task.incident.number}`}>
                  {task.incident.number} {task.incident.title}
                </Link>
              ) : null}
            </Typography>
            {task.error ? (
              <Alert severity="error">
                {task.error.message} {task.error.kept} {task.error.nextStep}
              </Alert>
            ) : null}
            <Table
              title={t('steps')}
              columns={[t('title'), t('state'), t('result'), t('started'), t('ended')]}
              empty="–"
              rows={task.steps.nodes.map((step) => ({
                key: step.id,
                cells: [
                  step.title,
                  <State key="s" value={step.status} />,
                  step.summary ?? '',
                  at(step.startedAt),
                  at(step.finishedAt),
                ],
              }))}
            />
            <Section title={t('evidence')}>
              <EvidenceList items={task.evidence.nodes} />
            </Section>
            <Section title={`${t('params')} / ${t('result')}`}>
              <Box component="pre" sx={{ whiteSpace: 'pre-wrap', m: 0 }}>
                {JSON.stringify({ params: task.params, result: task.result }, null, 2)}
              </Box>
            </Section>
          </Stack>
        )
      }
    </Live>
  );
}
