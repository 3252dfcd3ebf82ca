import { List, ListItem, ListItemText } from '@mui/material';
import { useText } from '../language.ts';

interface EvidenceItem {
  readonly id: string;
  readonly ref: number;
  readonly title: string;
  readonly asked: string;
  readonly summary: string;
  readonly capturedAt: string;
  readonly digest: string;
}

/** Stored tool replies by their number, with what was asked, when it was read and the start of the digest. */
export function EvidenceList({ items }: { readonly items: readonly EvidenceItem[] }) {
  const { t, at } = useText();
  return (
    <List dense disablePadding>
      {items.map((item) => (
        <ListItem key={item.id} id={`e${item.ref}`} disableGutters>
          <ListItemText
            primary={`[${item.ref}] ${item.title}: ${item.summary}`}
            secondary={`${t('asked')}: ${item.asked} · ${t('readAt')} ${at(item.capturedAt)} · ${t('digest')} ${item.digest.slice(0, 8)}`}
          />
        </ListItem>
      ))}
    </List>
  );
}
