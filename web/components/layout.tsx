import { Alert, AppBar, Box, Button, Container, Stack, Toolbar, Typography } from '@mui/material';
import { type ReactNode, useContext } from 'react';
import { LanguageContext, useText } from '../language.ts';
import type { TextKey } from '../texts.ts';
import { Link } from './link.tsx';

const places: readonly (readonly [string, TextKey])[] = [
  ['/', 'incidents'],
  ['/approvals', 'approvals'],
  ['/tasks', 'tasks'],
  ['/manuals', 'manuals'],
  ['/systems', 'systems'],
  ['/agents', 'agents'],
  ['/status', 'status'],
];

/** Frame of every page: where one is, where one can go, in which language. */
export function Layout({ path, children }: { readonly path: string; readonly children: ReactNode }) {
  const { t } = useText();
  const { toggle } = useContext(LanguageContext);
  const current = (to: string) => (to === '/' ? path === '/' || path.startsWith('/incidents') : path.startsWith(to));
  return (
    <>
      <Box
        component="a"
        href="#content"
        sx={{
          position: 'absolute',
          left: -9999,
          '&:focus': { left: 8, top: 8, zIndex: 2000, bgcolor: 'background.paper', p: 1 },
        }}
      >
        {t('skip')}
      </Box>
      <AppBar position="sticky" color="default" elevation={1}>
        <Toolbar sx={{ gap: 3, flexWrap: 'wrap' }}>
          <Typography variant="h6" component="p" sx={{ fontWeight: 700 }}>
            Agentic AI
          </Typography>
          <Stack
            component="nav"
            direction="row"
            spacing={2}
            aria-label="Console"
            sx={{ flexGrow: 1, flexWrap: 'wrap' }}
          >
            {places.map(([to, key]) => (
              <Link key={to} to={to} current={current(to)}>
                {t(key)}
              </Link>
            ))}
            <a href="/slack" style={{ color: 'inherit' }}>
              {t('slack')}
            </a>
          </Stack>
          <Button size="small" variant="outlined" color="inherit" onClick={toggle}>
            {t('language')}
          </Button>
        </Toolbar>
      </AppBar>
      <Container component="main" id="content" maxWidth="lg" sx={{ py: 3 }}>
        {children}
        <Alert severity="info" variant="outlined" sx={{ mt: 4 }}>
          {t('readOnly')}
        </Alert>
      </Container>
    </>
  );
}
