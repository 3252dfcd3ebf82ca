import { Link } from '../components/link.tsx';
import { Live } from '../components/live.tsx';
import { State } from '../components/state.tsx';
import { Table } from '../components/table.tsx';
import { useText } from '../language.ts';
import { incidentsQuery } from '../queries.ts';

/** All incidents, newest first. */
export function Incidents() {
  const { t, at } = useText();
  return (
    <Live query={incidentsQuery} variables={{}}>
      {(data) => (
        <Table
          title={`${t('incidents')} (${data.incidents.totalCount})`}
          columns={[t('number'), t('state'), t('severity'), t('title'), t('system'), t('started'), t('cause')]}
          empty={t('noIncidents')}
          rows={data.incidents.nodes.map((incident) => ({
            key: incident.id,
            cells: [
              <Link key="n" to={`/incidents/${incident.number}`}>
                {incident.number}
              </Link>,
              <State key="s" value={incident.status} />,
              <State key="v" value={incident.severity} />,
              incident.title,
              incident.system?.displayName ?? '–',
              at(incident.startedAt),
              incident.cause ?? '–',
            ],
          }))}
        />
      )}
    </Live>
  );
}
