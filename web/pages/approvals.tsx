import { Alert, Typography } from '@mui/material';
import { ApprovalFacts } from '../components/approval-facts.tsx';
import { Link } from '../components/link.tsx';
import { Live } from '../components/live.tsx';
import { Section } from '../components/section.tsx';
import { useText } from '../language.ts';
import { approvalsQuery } from '../queries.ts';

/** All approvals, newest first; deciding happens where the person is known. */
export function Approvals() {
  const { t, at } = useText();
  return (
    <Live query={approvalsQuery} variables={{}}>
      {(data) => (
        <>
          <Typography variant="h5" component="h1">
            {t('approvals')} ({data.approvals.totalCount})
          </Typography>
          {data.approvals.nodes.length === 0 ? (
            <Alert severity="success" variant="outlined" icon={false}>
              {t('noApprovals')}
            </Alert>
          ) : null}
          {data.approvals.nodes.map((approval) => (
            <Section key={approval.id} title={`${approval.number} · ${at(approval.decidedAt ?? approval.expiresAt)}`}>
              <ApprovalFacts approval={approval} />
              {approval.incident ? (
                <Link to={`/incidents/${approval.incident.number}`}>{approval.incident.number}</Link>
              ) : null}
            </Section>
          ))}
        </>
      )}
    </Live>
  );
}
