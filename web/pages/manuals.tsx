import { Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { AddManuals } from '../components/add-manuals.tsx';
import { AskManuals } from '../components/ask-manuals.tsx';
import { ManualList } from '../components/manual-list.tsx';
import { useText } from '../language.ts';

/** Asking the manuals, the list of them, and adding new ones. */
export function Manuals() {
  const { t } = useText();
  const [turn, setTurn] = useState(0);
  return (
    <Stack spacing={3}>
      <Typography variant="h5" component="h1">
        {t('manuals')}
      </Typography>
      <AskManuals />
      <AddManuals onDone={() => setTurn((now) => now + 1)} />
      <ManualList turn={turn} />
    </Stack>
  );
}
