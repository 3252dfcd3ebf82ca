import { Link as MuiLink } from '@mui/material';
import type { MouseEvent, ReactNode } from 'react';

/** A link inside the console: no page load, but a real address for new tabs and bookmarks. */
export function Link({
  to,
  children,
  current,
  underlined,
}: {
  readonly to: string;
  readonly children: ReactNode;
  readonly current?: boolean;
  /** Inside a text, where colour alone would not tell it from words. */
  readonly underlined?: boolean;
}) {
  const go = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    window.history.pushState(null, '', to);
    window.dispatchEvent(new PopStateEvent('popstate'));
    window.scrollTo(0, 0);
  };
  return (
    <MuiLink
      href={to}
      onClick={go}
      color="inherit"
      underline={current || underlined ? 'always' : 'hover'}
      aria-current={current ? 'page' : undefined}
    >
      {children}
    </MuiLink>
  );
}
