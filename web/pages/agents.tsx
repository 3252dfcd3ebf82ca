import { Stack, Typography } from '@mui/material';
import { Live } from '../components/live.tsx';
import { Section } from '../components/section.tsx';
import { useText } from '../language.ts';
import { agentsQuery } from '../queries.ts';

/** The agents and what each can do. */
export function Agents() {
  const { t } = useText();
  return (
    <Live query={agentsQuery} variables={{}}>
      {(data) => (
        <Stack spacing={2}>
          <Typography variant="h5" component="h1">
            {t('agents')} ({data.agents.length})
          </Typography>
          {data.agents.map((agent) => (
            <Section key={agent.agentId} title={`${agent.title} (${agent.agentId})`}>
              <Typography>{agent.description}</Typography>
              {agent.unavailableReason ? <Typography color="warning">{agent.unavailableReason}</Typography> : null}
              <ul aria-label={t('taskTypes')}>
                {agent.taskTypes.map((type) => (
                  <li key={type.name}>
                    <code>{type.name}</code> {type.title}: {type.description}
                  </li>
                ))}
              </ul>
            </Section>
          ))}
        </Stack>
      )}
    </Live>
  );
}
