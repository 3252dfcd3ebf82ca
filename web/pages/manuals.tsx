import { Stack, Typography } from '@mui/material';
import { AskManuals } from '../components/ask-manuals.tsx';
import { useText } from '../language.ts';

/** Asking the manuals, the list of them, and adding new ones. */
export function Manuals() {
  const { t } = useText();
  return (
    <Stack spacing={3}>
      <Typography variant="h5" component="h1">
        {t('manuals')}
      </Typography>
      <AskManuals />
    </Stack>
  );
}
