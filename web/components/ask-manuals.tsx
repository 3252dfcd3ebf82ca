import { Alert, Box, Button, Paper, Stack, TextField, Typography } from '@mui/material';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useAddress } from '../address.ts';
import { client } from '../api.ts';
import { useText } from '../language.ts';
import { askMutation } from '../manual-queries.ts';
import { type AnswerData, ManualAnswer } from './manual-answer.tsx';
import { PassageBeside } from './passage.tsx';

/** The question field, the answer under it, and the original beside it. The question stands in the address, so that it can be sent on. */
export function AskManuals() {
  const { t, language } = useText();
  const { search } = useAddress();
  const wanted = new URLSearchParams(search).get('q') ?? '';
  const [question, setQuestion] = useState(wanted);
  const [answer, setAnswer] = useState<AnswerData | null>(null);
  /** What the API said against it; empty when it did not answer at all. */
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const turn = useRef(0);

  useEffect(() => {
    setQuestion(wanted);
    setOpen(null);
    setAnswer(null);
    setProblem(null);
    if (wanted === '') return;
    const own = ++turn.current;
    setAsking(true);
    const input = {
      question: wanted,
      locale: language === 'ko' ? ('KO' as const) : ('EN' as const),
      idempotencyKey: crypto.randomUUID(),
    };
    void client
      .mutation(askMutation, { input })
      .toPromise()
      .then(({ data, error }) => {
        // An older answer does not take the place of a newer question.
        if (own !== turn.current) return;
        setAsking(false);
        const refused = data?.manualAsk.userErrors[0]?.message;
        if (error || refused !== undefined) setProblem(error?.networkError ? '' : (refused ?? error?.message ?? ''));
        else setAnswer(data?.manualAsk.answer ?? null);
      });
    return () => {
      turn.current++;
      setAsking(false);
    };
    // A change of the page's language asks again: the answer follows it.
  }, [wanted, language]);

  const ask = (event: FormEvent) => {
    event.preventDefault();
    const text = question.trim();
    if (text === '') return;
    window.history.pushState(null, '', `/manuals?q=${encodeURIComponent(text)}`);
    window.dispatchEvent(new PopStateEvent('popstate'));
  };

  return (
    <Box>
      <Stack component="form" role="search" direction={{ xs: 'column', sm: 'row' }} spacing={1} onSubmit={ask}>
        <TextField
          fullWidth
          size="small"
          label={t('question')}
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
          slotProps={{ htmlInput: { maxLength: 1_000, enterKeyHint: 'search' } }}
        />
        <Button type="submit" variant="contained" disabled={question.trim() === ''}>
          {t('ask')}
        </Button>
      </Stack>
      <Box aria-live="polite" aria-busy={isAsking} sx={{ mt: 2 }}>
        {isAsking ? <Typography role="status">{t('asking')}</Typography> : null}
        {problem === null ? null : (
          <Alert severity="warning">{problem === '' ? t('failed') : `${t('refused')}${problem}`}</Alert>
        )}
      </Box>
      {answer === null ? null : (
        <Box
          sx={{
            display: 'grid',
            gap: 2,
            gridTemplateColumns: {
              xs: 'minmax(0, 1fr)',
              md: open === null ? 'minmax(0, 1fr)' : 'minmax(0, 1fr) minmax(0, 1fr)',
            },
            alignItems: 'start',
          }}
        >
          <Paper component="section" variant="outlined" aria-label={t('answerTitle')} sx={{ p: 2 }}>
            <ManualAnswer answer={answer} open={open} onOpen={setOpen} />
          </Paper>
          {open === null ? null : (
            <Paper
              component="aside"
              variant="outlined"
              aria-label={t('original')}
              sx={{ p: 2, position: { md: 'sticky' }, top: { md: 80 } }}
            >
              <PassageBeside id={open} />
            </Paper>
          )}
        </Box>
      )}
    </Box>
  );
}
