import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { CssBaseline, createTheme, ThemeProvider } from '@mui/material';
import { StrictMode, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'urql';
import { client } from './api.ts';
import { Layout } from './components/layout.tsx';
import { LanguageContext, storedLanguage } from './language.ts';
import { Page } from './pages/page.tsx';
import type { Language } from './texts.ts';

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
const cache = createCache({ key: 'css', nonce, prepend: true });
const theme = createTheme({
  colorSchemes: { light: true, dark: true },
  typography: { fontFamily: 'system-ui, "Noto Sans KR", "Noto Sans CJK KR", sans-serif' },
});

function Console() {
  const [language, setLanguage] = useState<Language>(storedLanguage);
  const [path, setPath] = useState(window.location.pathname);
  useEffect(() => {
    const moved = () => setPath(window.location.pathname);
    window.addEventListener('popstate', moved);
    return () => window.removeEventListener('popstate', moved);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
    window.localStorage.setItem('language', language);
  }, [language]);
  const chosen = useMemo(
    () => ({ language, toggle: () => setLanguage((now) => (now === 'en' ? 'ko' : 'en')) }),
    [language],
  );
  return (
    <LanguageContext.Provider value={chosen}>
      <Layout path={path}>
        <Page path={path} />
      </Layout>
    </LanguageContext.Provider>
  );
}

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CacheProvider value={cache}>
        <ThemeProvider theme={theme}>
          <CssBaseline />
          <Provider value={client}>
            <Console />
          </Provider>
        </ThemeProvider>
      </CacheProvider>
    </StrictMode>,
  );
}
