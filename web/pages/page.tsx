import { Alert } from '@mui/material';
import { useText } from '../language.ts';
import { Agents } from './agents.tsx';
import { Approvals } from './approvals.tsx';
import { Incident } from './incident.tsx';
import { Incidents } from './incidents.tsx';
import { Manual } from './manual.tsx';
import { Manuals } from './manuals.tsx';
import { Status } from './status.tsx';
import { Systems } from './systems.tsx';
import { Task } from './task.tsx';
import { Tasks } from './tasks.tsx';

/** The page of an address. */
export function Page({ path }: { readonly path: string }) {
  const { t } = useText();
  const [, place, number] = path.split('/');
  if (!place || (place === 'incidents' && !number)) return <Incidents />;
  if (place === 'incidents' && number) return <Incident number={decodeURIComponent(number)} />;
  if (place === 'tasks' && number) return <Task number={decodeURIComponent(number)} />;
  if (place === 'tasks') return <Tasks />;
  if (place === 'approvals') return <Approvals />;
  if (place === 'systems') return <Systems />;
  if (place === 'manuals' && number) return <Manual code={decodeURIComponent(number)} />;
  if (place === 'manuals') return <Manuals />;
  if (place === 'agents') return <Agents />;
  if (place === 'status') return <Status />;
  return <Alert severity="warning">{t('notFound')}</Alert>;
}
