import { Alert, Box, Stack, Typography } from '@mui/material';
import { useText } from '../language.ts';
import { Citation, type CitationData } from './citation.tsx';

/** What the API answered to a question. */
export interface AnswerData {
  readonly id: string;
  readonly question: string;
  readonly mode: 'PASSAGES' | 'WRITTEN' | 'NOT_FOUND';
  readonly note: 'NO_MODEL' | 'MODEL_FAILED' | 'NOTHING_SUPPORTED' | 'MODEL_SILENT' | null;
  readonly degraded: string | null;
  readonly droppedClaims: number;
  readonly sentences: readonly { readonly text: string; readonly evidenceRefs: readonly number[] }[];
  readonly citations: readonly CitationData[];
  readonly nearest: readonly CitationData[];
  readonly more: readonly CitationData[];
}

/** A written answer with its [n], or the passages themselves, or the plain word that the manuals do not say. */
export function ManualAnswer({
  answer,
  open,
  onOpen,
}: {
  readonly answer: AnswerData;
  readonly open: string | null;
  readonly onOpen: (id: string) => void;
}) {
  const { t } = useText();
  const list = (items: readonly CitationData[]) => (
    <Stack component="ol" spacing={2} sx={{ p: 0, m: 0 }}>
      {items.map((one) => (
        <Citation
          key={one.ref}
          citation={one}
          isOpen={one.passage !== null && one.passage.id === open}
          onOpen={onOpen}
        />
      ))}
    </Stack>
  );
  const notFound = answer.mode === 'NOT_FOUND';
  return (
    <Stack spacing={2}>
      <Typography component="h3" variant="subtitle1" sx={{ fontWeight: 600 }}>
        {notFound ? t('notFoundTitle') : answer.sentences.length > 0 ? t('answerTitle') : t('quotedTitle')}
      </Typography>
      {answer.sentences.length > 0 ? (
        <Box component="ol" sx={{ m: 0, pl: 3 }}>
          {answer.sentences.map((one) => (
            <li key={one.text}>
              {one.text}{' '}
              {one.evidenceRefs.map((ref) => (
                <a key={ref} href={`#c${ref}`} style={{ color: 'inherit' }}>
                  [{ref}]
                </a>
              ))}
            </li>
          ))}
        </Box>
      ) : null}
      {answer.note === null ? null : (
        <Alert severity="info" variant="outlined">
          {t(`note${answer.note}`)}
        </Alert>
      )}
      {answer.degraded === null ? null : (
        <Alert severity="warning" variant="outlined">
          {t('degraded')}: {answer.degraded}
        </Alert>
      )}
      {answer.sentences.length > 0 || answer.droppedClaims > 0 ? (
        <Typography variant="body2" color="text.secondary">
          {[
            ...(answer.sentences.length > 0 ? [t('written')] : []),
            ...(answer.droppedClaims > 0 ? [`${answer.droppedClaims} ${t('dropped')}`] : []),
          ].join(' · ')}
        </Typography>
      ) : null}
      {notFound && answer.nearest.length > 0 ? (
        <Box>
          <Typography component="h4" variant="subtitle2" gutterBottom>
            {t('nearest')}
          </Typography>
          {list(answer.nearest)}
        </Box>
      ) : null}
      {list(answer.citations)}
      {answer.more.length > 0 ? (
        <Box component="details">
          <Box component="summary" sx={{ cursor: 'pointer', mb: 1 }}>
            {t('moreResults')} ({answer.more.length})
          </Box>
          {list(answer.more)}
        </Box>
      ) : null}
    </Stack>
  );
}
