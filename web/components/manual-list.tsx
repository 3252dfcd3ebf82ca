import { Alert, Button, FormControlLabel, MenuItem, Stack, Switch, TextField } from '@mui/material';
import { useDeferredValue, useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { useHeldKey } from '../key.ts';
import { useText } from '../language.ts';
import { manualsQuery } from '../manual-queries.ts';
import { passageAddress, RevisionMarks } from './citation.tsx';
import { Link } from './link.tsx';
import { State } from './state.tsx';
import { Table } from './table.tsx';

const statuses = ['READY', 'QUEUED', 'INDEXING', 'FAILED', 'ARCHIVED'] as const;
type Status = (typeof statuses)[number];
const isStatus = (value: string): value is Status => statuses.some((one) => one === value);

/** Which manuals there are, with what a person filters by. `turn` rises when files were added. */
export function ManualList({ turn }: { readonly turn: number }) {
  const { t, language } = useText();
  const held = useHeldKey();
  const [search, setSearch] = useState('');
  const [locale, setLocale] = useState<'' | 'KO' | 'EN'>('');
  const [status, setStatus] = useState<Status>('READY');
  const [onlyStale, setOnlyStale] = useState(false);
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const wanted = useDeferredValue(search.trim());
  const filter = {
    status: [status],
    ...(wanted === '' ? {} : { search: wanted }),
    ...(locale === '' ? {} : { locale }),
    ...(onlyStale ? { stale: true } : {}),
  };
  const [{ data, error }, again] = useQuery({
    query: manualsQuery,
    variables: { filter, after: cursors.at(-1) ?? null },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other files or another key mean another list
  useEffect(() => again({ requestPolicy: 'network-only' }), [turn, held, again]);
  const isFiltered = wanted !== '' || locale !== '' || onlyStale || status !== 'READY';
  const page = data?.manuals;
  return (
    <Stack spacing={2}>
      <Stack direction={{ xs: 'column', sm: 'row' }} spacing={1} sx={{ alignItems: { sm: 'center' } }}>
        <TextField
          size="small"
          label={t('filterText')}
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setCursors([]);
          }}
        />
        <TextField
          select
          size="small"
          label={t('languageOf')}
          value={locale}
          onChange={({ target }) => {
            setLocale(target.value === 'KO' || target.value === 'EN' ? target.value : '');
            setCursors([]);
          }}
          sx={{ minWidth: 140 }}
        >
          <MenuItem value="">{t('allLanguages')}</MenuItem>
          <MenuItem value="KO">한국어</MenuItem>
          <MenuItem value="EN">English</MenuItem>
        </TextField>
        <TextField
          select
          size="small"
          label={t('state')}
          value={status}
          onChange={({ target }) => {
            if (isStatus(target.value)) setStatus(target.value);
            setCursors([]);
          }}
          sx={{ minWidth: 140 }}
        >
          {statuses.map((one) => (
            <MenuItem key={one} value={one}>
              {t(`manual${one}`)}
            </MenuItem>
          ))}
        </TextField>
        <FormControlLabel
          control={<Switch checked={onlyStale} onChange={(event) => setOnlyStale(event.target.checked)} />}
          label={t('onlyStale')}
        />
      </Stack>
      {error ? (
        <Alert severity="warning" role="status">
          {error.networkError
            ? t('failed')
            : `${t('refused')}${error.graphQLErrors.map((one) => one.message).join('; ')}`}
        </Alert>
      ) : null}
      {page === undefined ? (
        error ? null : (
          <span role="status">{t('loading')}</span>
        )
      ) : (
        <Table
          title={`${t('allManuals')} (${page.totalCount})`}
          columns={[
            t('code'),
            t('title'),
            t('revision'),
            t('languageOf'),
            t('visibility'),
            t('keeper'),
            t('passages'),
            t('state'),
          ]}
          empty={isFiltered ? t('noMatch') : t('noManuals')}
          rows={page.nodes.map((one) => ({
            key: one.id,
            cells: [
              <Link key="c" underlined to={passageAddress(one.code, one.version, null)}>
                {one.code}
              </Link>,
              one.title,
              <RevisionMarks
                key="r"
                revision={one.version}
                revisedAt={one.revisedAt}
                stale={one.stale}
                outdated={false}
              />,
              one.locale === 'KO' ? '한국어' : language === 'ko' ? '영어' : 'English',
              `${t(`visibility${one.visibility}`)}${one.visibility === 'TEAM' ? ` ${one.team ?? ''}` : ''}`,
              [one.owner, one.team].filter(Boolean).join(', ') || '–',
              String(one.chunkCount),
              <State key="s" value={`MANUAL_${one.status}`} />,
            ],
          }))}
        />
      )}
      {page && (page.pageInfo.hasNextPage || cursors.length > 0) ? (
        <Stack direction="row" spacing={1}>
          <Button disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
            {t('previousPage')}
          </Button>
          <Button
            disabled={!page.pageInfo.hasNextPage}
            onClick={() => page.pageInfo.endCursor && setCursors([...cursors, page.pageInfo.endCursor])}
          >
            {t('nextPage')}
          </Button>
        </Stack>
      ) : null}
    </Stack>
  );
}
