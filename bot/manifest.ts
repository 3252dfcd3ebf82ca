import type { CommandSet } from './session.ts';

const scopes = [
  'app_mentions:read',
  'channels:history',
  'channels:read',
  'chat:write',
  'commands',
  'files:read',
  'groups:history',
  'groups:read',
  'im:history',
  'im:write',
  'reactions:read',
  'users:read',
] as const;

/** The Slack manifest, made from the command files; manifest.json is compared with it by a test. */
export function makeManifest(commands: CommandSet) {
  const names = commands.all.map(({ name }) => name).filter((name) => name !== 'ask' && name !== 'help');
  const description = `Ask, or: ${names.join(', ')} (도움말: /agent 도움말)`;
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: {
      name: 'Agentic AI',
      description: 'IT operations: alerts, investigation, approvals, reports, manuals',
      background_color: '#1f2937',
    },
    features: {
      agent_view: {
        agent_description:
          'Ask about alerts, incidents, systems and manuals. Every answer shows its sources; nothing is changed without approval.',
        suggested_prompts: [
          { title: '지금 울리는 알림', message: '알림 목록' },
          { title: 'Open incidents', message: 'incident list' },
          { title: '매뉴얼 찾기', message: '매뉴얼 결제 재시작' },
          { title: 'My approvals', message: 'approve' },
        ],
      },
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      bot_user: { display_name: 'agent', always_online: true },
      slash_commands: [
        {
          command: '/agent',
          description: [...description].slice(0, 2_000).join(''),
          usage_hint: '[help | question | alert list | investigate <id> | manual <words>]',
          should_escape: true,
        },
      ],
    },
    oauth_config: { scopes: { bot: [...scopes] } },
    settings: {
      event_subscriptions: {
        bot_events: [
          'app_home_opened',
          'app_mention',
          'message.channels',
          'message.groups',
          'message.im',
          'reaction_added',
        ],
      },
      interactivity: { is_enabled: true },
      org_deploy_enabled: false,
      socket_mode_enabled: true,
      token_rotation_enabled: false,
    },
  };
}

/** The text of manifest.json. */
export function manifestText(commands: CommandSet): string {
  return `${JSON.stringify(makeManifest(commands), null, 2)}\n`;
}
