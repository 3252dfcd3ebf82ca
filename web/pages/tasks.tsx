import { Link } from '../components/link.tsx';
import { Live } from '../components/live.tsx';
import { State } from '../components/state.tsx';
import { Table } from '../components/table.tsx';
import { useText } from '../language.ts';
import { tasksQuery } from '../queries.ts';

/** All tasks, newest first. */
export function Tasks() {
  const { t, at } = useText();
  return (
    <Live query={tasksQuery} variables={{}}>
      {(data) => (
        <Table
          title={`${t('tasks')} (${data.tasks.totalCount})`}
          columns={[t('number'), t('state'), t('title'), t('agent'), t('incidents'), t('started'), t('ended')]}
          empty={t('noTasks')}
          rows={data.tasks.nodes.map((task) => ({
            key: task.id,
            cells: [
              <Link key="n" to={`/tasks/${task.number}`}>
                {task.number}
              </Link>,
              <State key="s" value={task.status} />,
              task.title,
              task.agentId,
              task.incident ? (
                <Link key="i" to={`/incidents/${task.incident.number}`}>
                  {task.incident.number}
                </Link>
              ) : (
                '–'
              ),
              at(task.createdAt),
              at(task.finishedAt),
            ],
          }))}
        />
      )}
    </Live>
  );
}
