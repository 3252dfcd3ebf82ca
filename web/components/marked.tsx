import { Box } from '@mui/material';
import { createElement, Fragment, type ReactNode } from 'react';
import { type QuotePiece, quotePieces } from '../../lib/quote-pieces.ts';

/** Outside text as it is, with ranges of it marked. Nothing in it becomes markup. */
export function Marked({
  text,
  ranges,
}: {
  readonly text: string;
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}) {
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
        '& mark': { bgcolor: 'rgba(255, 193, 7, 0.35)', color: 'inherit', borderRadius: 0.5 },
        '& code': { bgcolor: 'action.hover', borderRadius: 0.5, px: 0.25 },
      }}
    >
      {/* Passed as arguments: the pieces have no identity of their own to key them by. */}
      {createElement(Fragment, null, ...quotePieces(text, ranges).map(draw))}
    </Box>
  );
}

function draw({ text, style }: QuotePiece): ReactNode {
  if (style === 'mark') return <mark>{text}</mark>;
  if (style === 'code') return <code>{text}</code>;
  return style === 'bold' ? <strong>{text}</strong> : text;
}
