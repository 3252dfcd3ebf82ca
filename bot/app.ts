import { randomUUID } from 'node:crypto';
import os from 'node:os';
import type { Logger } from '../lib/log.ts';
import { createRegistry } from '../lib/metrics.ts';
import { loadActions } from './action.ts';
import { answerAlerts } from './alerts/door.ts';
import { loadSources } from './alerts/load.ts';
import { createRepeats } from './alerts/repeats.ts';
import { createApi, subscribe } from './api.ts';
import { createAwaited } from './awaited.ts';
import { sentence } from './blocks/answers.ts';
import { makeScene } from './blocks/scene.ts';
import { loadCommands } from './command.ts';
import type { BotConfig } from './config.ts';
import { startDelivery } from './delivery.ts';
import { loadEvents } from './event.ts';
import { type HandleOptions, handle, notAcceptedText } from './handle.ts';
import { startHttpServer } from './http-server.ts';
import { createBotMetrics } from './metrics.ts';
import { notificationReady } from './operations.ts';
import { createReceiver } from './receive.ts';
import { connectSocketMode, makeTake, type SlackConnection } from './slack-app.ts';
import { createSlackClient } from './slack-client.ts';
import { createSlackDoor } from './slack-door.ts';
import { type Locale, texts } from './texts.ts';

export interface RunningBot {
  readonly port: number;
  stop(): Promise<void>;
}

const longestMemory = 5_000;

/** Makes, connects and starts the bot; reads from top to bottom. It starts while the api or Slack is away and says so on /readyz. */
export async function startBot(config: BotConfig, log: Logger): Promise<RunningBot> {
  const [commands, actions, events, sources] = await Promise.all([
    loadCommands(),
    loadActions(),
    loadEvents(),
    loadSources(),
  ]);
  const registry = createRegistry();
  const metrics = createBotMetrics(registry, {
    nouns: [...commands.all.map(({ name }) => name), 'guess'],
    sources: [...sources.keys()],
  });
  const worker = `bot:${os.hostname().slice(0, 40)}:${process.pid}:${randomUUID().slice(0, 8)}`;
  let isStopping = false;
  let apiAnswers = false;
  let self: { readonly user: string; readonly team: string } | null = null;
  const locales = new Map<string, Locale>();

  const apiOptions = {
    url: config.API_URL,
    key: config.BOT_API_KEY,
    log,
    onAnswer: (reachable: boolean) => {
      if (reachable !== apiAnswers) log.info({ reachable }, 'whether the api answers has changed');
      apiAnswers = reachable;
    },
  };
  const api = createApi(apiOptions);
  const slack = createSlackClient({
    token: config.SLACK_BOT_TOKEN,
    apiUrl: config.SLACK_API_URL,
    log,
    onLimited: (method) => metrics.limited.inc({ method }),
  });

  const handling: HandleOptions = {
    api,
    slack,
    log,
    metrics,
    commands,
    actions,
    events,
    consoleUrl: config.CONSOLE_URL,
    linkHosts: config.LINK_HOSTS,
    self: () => self?.user ?? null,
    rememberLocale: (user, locale) => {
      if (locales.size > longestMemory) locales.clear();
      locales.set(user, locale);
    },
  };
  const showPrivately = async (user: string, channel: string | null, text: string): Promise<void> => {
    const shown = channel === null ? null : await slack.ephemeral({ channel }, user, sentence(text));
    if (shown?.ok === true) return;
    const direct = await slack.openDirect(user);
    if (direct.ok) await slack.post({ channel: direct.value }, sentence(text), null, false);
  };
  const receiver = createReceiver({
    api,
    log,
    metrics,
    worker,
    handle: (inbound) => handle(handling, inbound),
    tellLater: (inbound) => {
      const channel = 'channel' in inbound ? inbound.channel : null;
      const locale = locales.get(inbound.user);
      const text =
        locale === undefined ? `${texts.EN.keptForLater}\n${texts.KO.keptForLater}` : texts[locale].keptForLater;
      return showPrivately(inbound.user, channel, text);
    },
  });
  const take = makeTake({
    receiver,
    log,
    metrics,
    self: () => self?.user ?? null,
    isAwaited: createAwaited(api),
    notAccepted: (user) => notAcceptedText(locales.get(user) ?? null),
    showNotAccepted: showPrivately,
  });

  const socket: SlackConnection | null =
    config.SLACK_MODE === 'socket' && config.SLACK_APP_TOKEN !== undefined
      ? connectSocketMode({
          botToken: config.SLACK_BOT_TOKEN,
          appToken: config.SLACK_APP_TOKEN,
          apiUrl: config.SLACK_API_URL,
          take,
          log,
        })
      : null;
  const missing = (): readonly string[] => [
    ...(isStopping ? ['stopping'] : []),
    ...(apiAnswers ? [] : ['api']),
    ...(self === null ? ['slack'] : []),
    ...(socket === null || socket.isConnected() ? [] : ['socket mode']),
  ];
  const repeats = createRepeats({ keptMs: 600_000, most: 5_000, now: () => performance.now() });
  const http = await startHttpServer({
    host: config.BOT_HOST,
    port: config.BOT_PORT,
    log,
    registry,
    missing,
    alerts: (source, request, response) =>
      answerAlerts({ api, log, metrics, token: config.ALERTS_TOKEN, sources, repeats }, source, request, response),
    slack:
      config.SLACK_MODE === 'http' && config.SLACK_SIGNING_SECRET !== undefined
        ? createSlackDoor({ secret: config.SLACK_SIGNING_SECRET, metrics, take })
        : null,
  });
  log.info({ port: http.port, mode: config.SLACK_MODE, worker }, 'the bot listens');

  /** Nothing is sent before the workspace is known: it says which accounts may be mentioned. */
  let delivery: ReturnType<typeof startDelivery> | null = null;
  let unsubscribe: (() => void) | null = null;
  const connect = async (): Promise<void> => {
    for (let attempt = 0; !isStopping; attempt++) {
      const answer = await slack.whoAmI();
      if (answer.ok) {
        self = answer.value;
        break;
      }
      log.warn(
        { kind: answer.kind, error: 'error' in answer ? answer.error : null },
        'Slack does not know the bot yet',
      );
      await new Promise((resolve) => setTimeout(resolve, Math.min(15_000, 300 * 2 ** Math.min(attempt, 6))).unref());
    }
    if (isStopping || self === null) return;
    const { team } = self;
    delivery = startDelivery({
      api,
      slack,
      log,
      metrics,
      worker,
      workspace: () => team,
      scene: (notification) =>
        makeScene({
          locale: notification.locale,
          workspace: notification.address?.workspace ?? team,
          consoleUrl: config.CONSOLE_URL,
          linkHosts: config.LINK_HOSTS,
          now: new Date(),
        }),
    });
    unsubscribe = subscribe(apiOptions, notificationReady, () => delivery?.wake());
    await socket?.start();
  };
  void connect();

  return {
    port: http.port,
    async stop() {
      isStopping = true;
      unsubscribe?.();
      // Hear nothing new, finish what was heard, hand back what was claimed, then close the door.
      await socket?.stop();
      await Promise.all([receiver.stop(), delivery?.stop()]);
      await http.stop();
    },
  };
}
