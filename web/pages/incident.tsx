import { Alert, Box, List, ListItem, ListItemText, Stack, Typography } from '@mui/material';
import { ApprovalFacts } from '../components/approval-facts.tsx';
import { EvidenceList } from '../components/evidence-list.tsx';
import { Link } from '../components/link.tsx';
import { Live } from '../components/live.tsx';
import { Markdown } from '../components/markdown.tsx';
import { Section } from '../components/section.tsx';
import { State } from '../components/state.tsx';
import { useText } from '../language.ts';
import { incidentQuery } from '../queries.ts';

type Claims = readonly { readonly text: string; readonly evidenceRefs: readonly number[] }[];

/** One incident: what happened, why, what was done about it, on whose word, and the evidence. */
export function Incident({ number }: { readonly number: string }) {
  const { t, at } = useText();
  const claims = (title: string, items: Claims) =>
    items.length === 0 ? null : (
      <Box>
        <Typography component="h3" sx={{ fontWeight: 600 }}>
          {title}
        </Typography>
        <ul>
          {items.map((claim) => (
            <li key={claim.text}>
              {claim.text}{' '}
              {claim.evidenceRefs.map((ref) => (
                <a key={ref} href={`#e${ref}`} style={{ color: 'inherit' }}>
                  [{ref}]
                </a>
              ))}
            </li>
          ))}
        </ul>
      </Box>
    );
  return (
    <Live query={incidentQuery} variables={{ number }}>
      {({ incident }) =>
        incident === null ? (
          <Alert severity="warning">{t('notFound')}</Alert>
        ) : (
          <Stack spacing={2}>
            <Stack direction="row" spacing={1} sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
              <Typography variant="h5" component="h1">
                {incident.number} · {incident.title}
              </Typography>
              <State value={incident.status} />
              <State value={incident.severity} />
            </Stack>
            <Typography>
              {t('system')}: {incident.system?.displayName ?? '–'} · {t('started')}: {at(incident.startedAt)} ·{' '}
              {t('ended')}: {at(incident.resolvedAt)}
            </Typography>
            {incident.cause ? (
              <Alert severity={incident.status === 'RESOLVED' ? 'success' : 'info'} variant="outlined" icon={false}>
                <strong>{t('cause')}</strong> {incident.cause}
                <br />
                <strong>{t('fix')}</strong> {incident.fix ?? '–'}
              </Alert>
            ) : null}
            {incident.finding ? (
              <Section
                title={`${t('finding')}: ${incident.finding.headline} (${t('confidence')}: ${incident.finding.confidence.toLowerCase()})`}
              >
                {claims(t('situation'), incident.finding.situation)}
                {claims(t('reasons'), incident.finding.reasons)}
                {claims(t('against'), incident.finding.against)}
                {claims(
                  t('notChecked'),
                  incident.finding.notChecked.map((text) => ({ text, evidenceRefs: [] })),
                )}
                {claims(
                  t('needed'),
                  incident.finding.needed.map((text) => ({ text, evidenceRefs: [] })),
                )}
              </Section>
            ) : null}
            {incident.approvals.nodes.length > 0 ? (
              <Section title={t('approvals')}>
                {incident.approvals.nodes.map((approval) => (
                  <ApprovalFacts key={approval.id} approval={approval} />
                ))}
              </Section>
            ) : null}
            <Section title={t('timeline')}>
              <List dense disablePadding aria-label={t('timeline')}>
                {incident.timeline.nodes.toReversed().map((entry) => (
                  <ListItem key={entry.id} disableGutters>
                    <ListItemText
                      primary={entry.text}
                      secondary={`${at(entry.at)} · ${entry.actor.__typename === 'User' ? entry.actor.displayName : entry.actor.name}`}
                    />
                  </ListItem>
                ))}
              </List>
            </Section>
            <Section title={t('evidence')}>
              <EvidenceList items={incident.evidence.nodes} />
            </Section>
            <Section title={t('alerts')}>
              <List dense disablePadding>
                {incident.alertGroups.nodes.map((group) => (
                  <ListItem key={group.id} disableGutters>
                    <ListItemText
                      primary={`${group.number} · ${group.title} · ${group.firingCount}/${group.totalCount}`}
                      secondary={[group.reading, group.summary].filter(Boolean).join(' · ')}
                    />
                    <State value={group.status} />
                  </ListItem>
                ))}
              </List>
            </Section>
            <Section title={t('tasks')}>
              <List dense disablePadding>
                {incident.tasks.nodes.map((task) => (
                  <ListItem key={task.id} disableGutters secondaryAction={<State value={task.status} />}>
                    <Link to={`/tasks/${task.number}`}>
                      {task.number} · {task.title} · {task.agentId}
                    </Link>
                  </ListItem>
                ))}
              </List>
            </Section>
            {incident.report ? (
              <Section title={t('report')}>
                <Markdown text={incident.report} />
              </Section>
            ) : null}
          </Stack>
        )
      }
    </Live>
  );
}
