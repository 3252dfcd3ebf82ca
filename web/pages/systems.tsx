import { Live } from '../components/live.tsx';
import { State } from '../components/state.tsx';
import { Table } from '../components/table.tsx';
import { useText } from '../language.ts';
import { systemsQuery } from '../queries.ts';

/** Registered systems with their last health reading. */
export function Systems() {
  const { t, at } = useText();
  return (
    <Live query={systemsQuery} variables={{}}>
      {(data) => (
        <Table
          title={`${t('systems')} (${data.systems.totalCount})`}
          columns={[t('system'), t('health'), t('result'), t('checked'), t('target')]}
          empty={t('noSystems')}
          rows={data.systems.nodes.map((system) => ({
            key: system.id,
            cells: [
              `${system.displayName} (${system.environment.toLowerCase()})`,
              <State key="h" value={system.health?.state ?? 'UNKNOWN'} />,
              system.health?.message ?? '–',
              at(system.health?.checkedAt),
              system.workload
                ? `${system.workload.kind} ${[system.workload.namespace, system.workload.name].filter(Boolean).join('/')}`
                : '–',
            ],
          }))}
        />
      )}
    </Live>
  );
}
