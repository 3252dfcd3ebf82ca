import { Alert, Box, List, ListItem, Stack, Typography } from '@mui/material';
import { useEffect, useRef } from 'react';
import { useQuery } from 'urql';
import { useText } from '../language.ts';
import { passageQuery } from '../manual-queries.ts';
import { passageAddress, RevisionMarks } from './citation.tsx';
import { Link } from './link.tsx';
import { Markdown } from './markdown.tsx';

interface RelatedPassage {
  readonly id: string;
  readonly position: number;
  readonly section: string;
  readonly manual: { readonly code: string; readonly title: string; readonly version: string | null };
}

/** Passages that speak of the same. */
export function Related({ passages }: { readonly passages: readonly RelatedPassage[] }) {
  const { t } = useText();
  return (
    <Box>
      <Typography component="h3" variant="subtitle2">
        {t('related')}
      </Typography>
      {passages.length === 0 ? (
        <Typography variant="body2" color="text.secondary">
          {t('noRelated')}
        </Typography>
      ) : (
        <List dense disablePadding>
          {passages.map((one) => (
            <ListItem key={one.id} disableGutters sx={{ overflowWrap: 'anywhere' }}>
              <Link underlined to={passageAddress(one.manual.code, one.manual.version, one.position)}>
                {one.manual.code} {one.manual.title} › {one.section}
              </Link>
            </ListItem>
          ))}
        </List>
      )}
    </Box>
  );
}

/** A passage as it stands in its document: what is before and behind it, the passage itself marked. */
export function PassageBeside({ id }: { readonly id: string }) {
  const { t } = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  const [{ data, error }] = useQuery({ query: passageQuery, variables: { id } });
  const passage = data?.manualPassage;
  // Whoever opened it by keyboard or listens to it goes on there.
  useEffect(() => {
    if (passage?.id === id) heading.current?.focus();
  }, [passage?.id, id]);
  if (error) return <Alert severity="warning">{error.networkError ? t('failed') : t('notFound')}</Alert>;
  if (data && !passage) return <Alert severity="warning">{t('notFound')}</Alert>;
  if (!passage) return <span role="status">{t('loading')}</span>;
  const { manual } = passage;
  return (
    <Stack spacing={1.5}>
      <Typography
        component="h2"
        variant="h6"
        tabIndex={-1}
        ref={heading}
        sx={{ outline: 'none', overflowWrap: 'anywhere' }}
      >
        {t('original')}: {manual.code} {manual.title}
      </Typography>
      <RevisionMarks
        revision={manual.version}
        revisedAt={manual.revisedAt}
        stale={manual.stale}
        outdated={manual.status === 'ARCHIVED'}
      />
      <Link underlined to={passageAddress(manual.code, manual.version, passage.position)}>
        {t('openOriginal')}
      </Link>
      <Box sx={{ overflowWrap: 'anywhere' }}>
        {passage.before ? <Faded text={passage.before.text} /> : null}
        <PassageText passage={passage} isCited />
        {passage.after ? <Faded text={passage.after.text} /> : null}
      </Box>
      <Related passages={passage.related} />
    </Stack>
  );
}

const Faded = ({ text }: { readonly text: string }) => (
  <Box sx={{ color: 'text.secondary', px: 1.5, fontSize: '0.9rem' }}>
    <Markdown text={text} />
  </Box>
);

/** One passage of a document with its lines and page; the cited one is framed and says so in words. */
export function PassageText({
  passage,
  isCited,
}: {
  readonly passage: {
    readonly section: string;
    readonly page: number | null;
    readonly lineFrom: number;
    readonly lineTo: number;
    readonly text: string;
  };
  readonly isCited: boolean;
}) {
  const { t } = useText();
  return (
    <Box
      sx={
        isCited
          ? { border: 2, borderColor: 'primary.main', borderRadius: 1, px: 1.5, py: 0.5, bgcolor: 'action.hover' }
          : { px: 1.5 }
      }
    >
      <Typography variant="caption" color="text.secondary">
        {isCited ? `▸ ${t('cited')} · ` : ''}
        {passage.section} · {t('lines')} {passage.lineFrom}–{passage.lineTo}
        {passage.page === null ? '' : ` · ${passage.page} ${t('pageNumber')}`}
      </Typography>
      <Markdown text={passage.text} />
    </Box>
  );
}
