import { Alert, CircularProgress, Stack } from '@mui/material';
import type { TadaDocumentNode } from 'gql.tada';
import { type ReactNode, useEffect } from 'react';
import { type AnyVariables, useQuery } from 'urql';
import { useText } from '../language.ts';

const REFRESH_MS = 3_000;

/** Runs a query, asks again every few seconds while the page is visible, and says so when there is nothing or no answer. */
export function Live<D, V extends AnyVariables>({
  query,
  variables,
  children,
}: {
  readonly query: TadaDocumentNode<D, V>;
  readonly variables: V;
  readonly children: (data: D) => ReactNode;
}) {
  const { t } = useText();
  const [result, again] = useQuery<D, V>({ query, variables });
  useEffect(() => {
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') again({ requestPolicy: 'network-only' });
    }, REFRESH_MS);
    return () => window.clearInterval(timer);
  }, [again]);
  const { data, error } = result;
  return (
    <Stack spacing={2}>
      {error ? (
        <Alert severity="warning" role="status">
          {error.networkError
            ? t('failed')
            : `${t('refused')}${error.graphQLErrors.map((one) => one.message).join('; ')}`}
        </Alert>
      ) : null}
      {data ? (
        children(data)
      ) : error ? null : (
        <Stack direction="row" spacing={1} role="status">
          <CircularProgress size={20} aria-hidden />
          <span>{t('loading')}</span>
        </Stack>
      )}
    </Stack>
  );
}
