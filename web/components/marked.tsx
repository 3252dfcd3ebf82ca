import { Box } from '@mui/material';
import type { ReactNode } from 'react';

/** Outside text as it is, with ranges of it marked. Nothing in it becomes markup. */
export function Marked({
  text,
  ranges,
}: {
  readonly text: string;
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { start, end } of ranges) {
    if (start < at || end > text.length) continue;
    parts.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>);
    at = end;
  }
  parts.push(text.slice(at));
  return (
    <Box
      component="blockquote"
      sx={{
        m: 0,
        pl: 2,
        borderLeft: 4,
        borderColor: 'divider',
        whiteSpace: 'pre-wrap',
        overflowWrap: 'anywhere',
        '& mark': { bgcolor: 'warning.light', color: 'warning.contrastText', borderRadius: 0.5, px: 0.25 },
      }}
    >
      {parts}
    </Box>
  );
}
