import { Alert, Button, Stack, TextField, Typography } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { holdKey, useHeldKey } from '../key.ts';
import { useText } from '../language.ts';

/** Asks for the key a person works with. It is never stored: not in the address, not in the browser, only in this page's memory. */
export function KeyForm() {
  const { t } = useText();
  const held = useHeldKey();
  const [typed, setTyped] = useState('');
  if (held !== null)
    return (
      <Stack direction="row" spacing={1} sx={{ alignItems: 'center', flexWrap: 'wrap', rowGap: 1 }}>
        <Typography role="status">{t('keyHeld')}</Typography>
        <Button size="small" onClick={() => holdKey(null)}>
          {t('forgetKey')}
        </Button>
      </Stack>
    );
  const use = (event: FormEvent) => {
    event.preventDefault();
    holdKey(typed);
    setTyped('');
  };
  return (
    <Stack spacing={1}>
      <Alert severity="info" variant="outlined">
        {t('keyNeeded')}
      </Alert>
      <Stack component="form" direction={{ xs: 'column', sm: 'row' }} spacing={1} onSubmit={use}>
        <TextField
          size="small"
          fullWidth
          type="password"
          label={t('keyLabel')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
          slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none', 'data-1p-ignore': true } }}
        />
        <Button type="submit" variant="outlined" disabled={typed.trim() === ''} sx={{ whiteSpace: 'nowrap' }}>
          {t('useKey')}
        </Button>
      </Stack>
    </Stack>
  );
}
