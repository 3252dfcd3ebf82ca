import { Box, Button, Chip, Stack, Typography } from '@mui/material';
import type { FragmentOf } from 'gql.tada';
import { useText } from '../language.ts';
import type { citationParts } from '../manual-queries.ts';
import { Link } from './link.tsx';
import { Marked } from './marked.tsx';

export type CitationData = FragmentOf<typeof citationParts>;

/** The console's address of a passage. */
export function passageAddress(code: string, version: string | number | null, position: number | null): string {
  const page = `/manuals/${encodeURIComponent(code)}${version === null ? '' : `?revision=${version}`}`;
  return position === null ? page : `${page}#p${position}`;
}

/** Revision, date and what is old about it: words, not colour alone. */
export function RevisionMarks({
  revision,
  revisedAt,
  stale,
  outdated,
}: {
  readonly revision: string | number | null;
  readonly revisedAt: string | null;
  readonly stale: boolean;
  readonly outdated: boolean;
}) {
  const { t } = useText();
  return (
    <Stack direction="row" spacing={1} sx={{ flexWrap: 'wrap', alignItems: 'center', rowGap: 0.5 }}>
      <Typography variant="body2" color="text.secondary">
        {revision === null ? '' : `${t('revision')} ${revision} · `}
        {revisedAt === null ? t('undated') : `${t('revisedOn')} ${revisedAt.slice(0, 10)}`}
      </Typography>
      {stale ? <Chip size="small" color="warning" variant="outlined" label={`⚠ ${t('oldRevision')}`} /> : null}
      {outdated ? <Chip size="small" color="warning" variant="outlined" label={`⚠ ${t('outdated')}`} /> : null}
    </Stack>
  );
}

/** One quoted passage with its place, and the way to the original. */
export function Citation({
  citation,
  isOpen,
  onOpen,
}: {
  readonly citation: CitationData;
  readonly isOpen: boolean;
  readonly onOpen: (id: string) => void;
}) {
  const { t } = useText();
  const { passage } = citation;
  return (
    <Box
      component="li"
      id={`c${citation.ref}`}
      sx={{ listStyle: 'none', borderLeft: 3, borderColor: isOpen ? 'primary.main' : 'transparent', pl: 1.5, py: 0.5 }}
    >
      <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
        [{citation.ref}]{' '}
        <Link underlined to={passageAddress(citation.code, citation.revision, passage?.position ?? null)}>
          {citation.code} {citation.title}
        </Link>{' '}
        <Typography component="span" color="text.secondary">
          › {citation.sectionPath.join(' › ')}
          {citation.page === null ? '' : ` · ${citation.page} ${t('pageNumber')}`}
        </Typography>
      </Typography>
      <RevisionMarks {...citation} />
      <Box sx={{ my: 0.5 }}>
        <Marked text={citation.quote} ranges={citation.highlights} />
      </Box>
      {passage === null ? null : (
        <Button size="small" aria-pressed={isOpen} onClick={() => onOpen(passage.id)}>
          {t('showOriginal')}
        </Button>
      )}
    </Box>
  );
}
