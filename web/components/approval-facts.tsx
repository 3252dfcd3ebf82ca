import { Box, Stack, Typography } from '@mui/material';
import { useText } from '../language.ts';
import { State } from './state.tsx';

interface ApprovalFactsProps {
  readonly approval: {
    readonly number: string;
    readonly status: string;
    readonly required: number;
    readonly policy: string;
    readonly endReason: string | null;
    readonly action: {
      readonly title: string;
      readonly command: string;
      readonly target: string;
      readonly effect: string;
      readonly undo: string | null;
      readonly risk: string;
      readonly outcome: string;
    };
    readonly decisions: readonly {
      readonly approved: boolean;
      readonly reason: string | null;
      readonly at: string;
      readonly by: { readonly displayName: string };
    }[];
  };
}

/** What was asked for, exactly, and who said what. */
export function ApprovalFacts({ approval }: ApprovalFactsProps) {
  const { t, at } = useText();
  const { action } = approval;
  return (
    <Stack spacing={1} sx={{ mb: 2 }}>
      <Stack direction="row" spacing={1} sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography component="h3" sx={{ fontWeight: 600 }}>
          {approval.number} · {action.title}
        </Typography>
        <State value={approval.status} />
        <State value={action.outcome} />
      </Stack>
      <Box component="pre" sx={{ m: 0, p: 1, overflowX: 'auto', bgcolor: 'action.hover', borderRadius: 1 }}>
        {action.command}
      </Box>
      <Typography variant="body2">
        {t('target')}: {action.target} · {t('effect')}: {action.effect} · {t('undo')}: {action.undo ?? '–'} ·{' '}
        {t('policy')}: {approval.policy} ({approval.required})
      </Typography>
      {approval.decisions.map((decision) => (
        <Typography variant="body2" key={`${decision.at}${decision.by.displayName}`}>
          {t('decidedBy')}: {decision.by.displayName} {decision.approved ? '✅' : '⛔'} {at(decision.at)}{' '}
          {decision.reason ?? ''}
        </Typography>
      ))}
      {approval.endReason ? <Typography variant="body2">{approval.endReason}</Typography> : null}
    </Stack>
  );
}
