import { Alert, Box, Button, Paper, Stack, Typography } from '@mui/material';
import { useEffect, useRef, useState } from 'react';
import { useQuery } from 'urql';
import { useAddress } from '../address.ts';
import { client } from '../api.ts';
import { RevisionMarks } from '../components/citation.tsx';
import { Link } from '../components/link.tsx';
import { PassageText, Related } from '../components/passage.tsx';
import { useText } from '../language.ts';
import { manualQuery, relatedQuery } from '../manual-queries.ts';

interface DocumentPassage {
  readonly id: string;
  readonly position: number;
  readonly section: string;
  readonly sectionPath: readonly string[];
  readonly page: number | null;
  readonly lineFrom: number;
  readonly lineTo: number;
  readonly text: string;
}

/** One manual as it was read: all its passages in order, the cited one marked, and what else speaks of the same. */
export function Manual({ code }: { readonly code: string }) {
  const { t } = useText();
  const { search, hash } = useAddress();
  const given = Number(new URLSearchParams(search).get('revision') ?? '');
  const revision = Number.isInteger(given) && given > 0 ? given : null;
  const wanted = /^#p(\d{1,6})$/.exec(hash)?.[1];
  const cited = wanted === undefined ? null : Number(wanted);
  const [{ data, error }] = useQuery({ query: manualQuery, variables: { code, revision, after: null } });
  const manual = data?.manual;
  const { passages, hasMore, more } = usePassages(manual ?? null, code, revision, cited);
  const shown = useRef<HTMLDivElement>(null);
  const target = passages.find((one) => one.position === cited);
  useEffect(() => {
    if (target !== undefined) shown.current?.scrollIntoView({ block: 'center' });
  }, [target]);
  if (error)
    return <Alert severity="warning">{error.networkError ? t('failed') : `${t('refused')}${error.message}`}</Alert>;
  if (data && !manual) return <Alert severity="warning">{t('notFound')}</Alert>;
  if (!manual) return <span role="status">{t('loading')}</span>;
  const isOld = manual.version !== null && data.newest !== null && data.newest.version !== manual.version;
  return (
    <Stack spacing={2}>
      <Link underlined to="/manuals">
        ← {t('manuals')}
      </Link>
      <Typography variant="h5" component="h1" sx={{ overflowWrap: 'anywhere' }}>
        {manual.code} · {manual.title}
      </Typography>
      <RevisionMarks revision={manual.version} revisedAt={manual.revisedAt} stale={manual.stale} outdated={isOld} />
      {isOld ? (
        <Alert severity="warning" variant="outlined">
          {t('thisIsOld')}
          <Link underlined to={`/manuals/${encodeURIComponent(code)}`}>
            {t('toNewest')}
          </Link>
        </Alert>
      ) : null}
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 2fr) minmax(0, 1fr)' },
          alignItems: 'start',
        }}
      >
        <Paper component="article" variant="outlined" sx={{ p: 2, overflowWrap: 'anywhere' }}>
          {passages.length === 0 ? <Typography>{t('passagesMissing')}</Typography> : null}
          <Stack spacing={1.5}>
            {passages.map((one) => (
              <Box
                key={one.id}
                id={`p${one.position}`}
                ref={one.position === cited ? shown : undefined}
                aria-current={one.position === cited ? 'location' : undefined}
              >
                <PassageText
                  passage={{ ...one, section: one.sectionPath.join(' › ') }}
                  isCited={one.position === cited}
                />
              </Box>
            ))}
          </Stack>
          {hasMore ? (
            <Button onClick={more} sx={{ mt: 2 }}>
              {t('morePassages')}
            </Button>
          ) : null}
        </Paper>
        {target === undefined ? null : (
          <Paper component="aside" variant="outlined" sx={{ p: 2, position: { md: 'sticky' }, top: { md: 80 } }}>
            <RelatedOf id={target.id} />
          </Paper>
        )}
      </Box>
    </Stack>
  );
}

function RelatedOf({ id }: { readonly id: string }) {
  const { t } = useText();
  const [{ data }] = useQuery({ query: relatedQuery, variables: { id } });
  return data?.manualPassage ? (
    <Related passages={data.manualPassage.related} />
  ) : (
    <span role="status">{t('loading')}</span>
  );
}

/** The passages read so far: page by page when asked, and at once as far as the cited one. */
function usePassages(
  manual: {
    readonly id: string;
    readonly passages: {
      readonly nodes: readonly DocumentPassage[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  } | null,
  code: string,
  revision: number | null,
  cited: number | null,
) {
  const [further, setFurther] = useState<{ id: string; nodes: readonly DocumentPassage[]; end: string | null }>({
    id: '',
    nodes: [],
    end: null,
  });
  const own = manual !== null && further.id === manual.id ? further : null;
  const passages = manual === null ? [] : [...manual.passages.nodes, ...(own?.nodes ?? [])];
  const info = manual?.passages.pageInfo;
  const end = own === null ? (info?.hasNextPage === true ? info.endCursor : null) : own.end;
  const more = () => {
    if (manual === null || end === null) return;
    void client
      .query(manualQuery, { code, revision, after: end })
      .toPromise()
      .then(({ data }) => {
        const next = data?.manual?.passages;
        if (next === undefined) return;
        setFurther({
          id: manual.id,
          nodes: [...(own?.nodes ?? []), ...next.nodes],
          end: next.pageInfo.hasNextPage ? next.pageInfo.endCursor : null,
        });
      });
  };
  const isMissing = cited !== null && end !== null && !passages.some((one) => one.position === cited);
  const key = `${manual?.id ?? ''} ${end ?? ''}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each page that is missing
  useEffect(() => {
    if (isMissing) more();
  }, [isMissing, key]);
  return { passages, hasMore: end !== null, more };
}
