import { Box, Button, LinearProgress, List, ListItem, Typography } from '@mui/material';
import { type DragEvent, useId, useRef, useState } from 'react';
import { useHeldKey } from '../key.ts';
import { useText } from '../language.ts';
import { type FileProgress, uploadManuals } from '../upload-manuals.ts';
import { KeyForm } from './key-form.tsx';
import { Section } from './section.tsx';

const accepted = '.md,.markdown,.html,.htm,.pdf,.docx,.txt,text/*,application/pdf';
const mostFiles = 50;

/** Adding manuals: drop files or choose them; each tells how it goes and, when it is not taken, why. */
export function AddManuals({ onDone }: { readonly onDone: () => void }) {
  const { t } = useText();
  const held = useHeldKey();
  const chooser = useRef<HTMLInputElement>(null);
  const hint = useId();
  const [files, setFiles] = useState<readonly FileProgress[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [isOver, setOver] = useState(false);

  const add = (list: FileList | null) => {
    const chosen = [...(list ?? [])].slice(0, mostFiles);
    if (chosen.length === 0 || isBusy) return;
    setBusy(true);
    void uploadManuals(chosen, setFiles).finally(() => {
      setBusy(false);
      onDone();
    });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  };
  return (
    <Section title={t('uploadTitle')}>
      <KeyForm />
      {held === null ? null : (
        <Box
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
          sx={{
            mt: 2,
            p: 3,
            border: 2,
            borderStyle: 'dashed',
            borderColor: isOver ? 'primary.main' : 'divider',
            borderRadius: 1,
            textAlign: 'center',
          }}
        >
          <Typography id={hint} gutterBottom>
            {t('uploadHint')}
          </Typography>
          <Button
            variant="contained"
            disabled={isBusy}
            aria-describedby={hint}
            onClick={() => chooser.current?.click()}
          >
            {t('chooseFiles')}
          </Button>
          <input
            ref={chooser}
            type="file"
            multiple
            hidden
            accept={accepted}
            onChange={(event) => {
              add(event.target.files);
              event.target.value = '';
            }}
          />
        </Box>
      )}
      <List dense aria-live="polite" aria-busy={isBusy} disablePadding sx={{ mt: files.length > 0 ? 2 : 0 }}>
        {files.map((file) => (
          <FileLine key={file.name} file={file} />
        ))}
      </List>
    </Section>
  );
}

const marks = {
  ADDED: '✅',
  CHANGED: '✅',
  UNCHANGED: '✅',
  REFUSED: '⚠️',
  waiting: '⏳',
  sending: '⏳',
  reading: '⏳',
} as const;
const words = {
  ADDED: 'fileADDED',
  CHANGED: 'fileCHANGED',
  UNCHANGED: 'fileUNCHANGED',
  REFUSED: 'fileREFUSED',
  waiting: 'fileWaiting',
  sending: 'fileSending',
  reading: 'fileReading',
} as const;

function FileLine({ file }: { readonly file: FileProgress }) {
  const { t } = useText();
  const { problem } = file;
  return (
    <ListItem disableGutters sx={{ display: 'block', overflowWrap: 'anywhere' }}>
      <span aria-hidden>{marks[file.state]} </span>
      {file.name}: {t(words[file.state])}
      {file.code === null ? '' : ` · ${file.code}`}
      {problem === null ? '' : ` · ${typeof problem === 'string' ? problem : t(problem.key)}`}
      {file.state === 'sending' ? (
        <LinearProgress variant="determinate" value={file.sent * 100} aria-label={file.name} />
      ) : null}
    </ListItem>
  );
}
