import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Delivery } from './delivery.ts';
import { answer } from './doors.ts';
import { type Fault, Faults } from './faults.ts';
import { HttpDelivery } from './http-delivery.ts';
import type { Fields } from './json.ts';
import { lookAtChannel } from './local-doors.ts';
import { type Channel, type LocalSlackOptions, resolveOptions } from './options.ts';
import { RateLimits } from './rate-limits.ts';
import { SocketMode } from './socket-mode.ts';
import { Store } from './store.ts';
import { Tickets } from './tickets.ts';
import { Views } from './views.ts';
import type { Change, RecordedCall, Workspace } from './workspace.ts';

/** A running stand-in for a Slack workspace. */
export interface LocalSlack {
  /** http://host:port */
  readonly url: string;
  /** What `clientOptions.slackApiUrl` of Bolt takes. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  /** Web API calls so far, oldest first, the last 5,000. */
  readonly calls: readonly RecordedCall[];
  /** Open Socket Mode connections. */
  connectionCount(): number;
  /** All messages of a channel with metadata, and the private ones of a person. */
  messages(channel: string, user?: string): Fields[];
  addFault(fault: Fault): void;
  clearFaults(): void;
  setRateLimits(enabled: boolean, factor?: number): void;
  /** Delivers an event of one's own making; answers its event_id. */
  sendEvent(event: Fields): string;
  /** Delivers over signed HTTP to this address from now on, or over Socket Mode again. */
  deliverTo(eventsUrl: string | undefined): void;
  /** Events that are not acknowledged yet. */
  pendingEvents(): number;
  saveChannel(channel: Channel): void;
  newTrigger(user: string): string;
  newResponseUrl(target: { channel: string; user: string; messageTs?: string }): string;
  /** Asks Socket Mode connections to reconnect. */
  refreshConnections(reason?: 'warning' | 'refresh_requested' | 'link_disabled', count?: number): void;
  /** Breaks Socket Mode connections without a word. */
  cutConnections(): void;
  stop(): Promise<void>;
}

/** Starts a local Slack workspace and resolves when it accepts connections. */
export async function startLocalSlack(given: LocalSlackOptions = {}): Promise<LocalSlack> {
  const options = resolveOptions(given);
  const listeners = new Set<(change: Change) => void>();
  const tell = (change: Change) => {
    for (const listener of listeners) listener(change);
  };
  const store = new Store(options, (channel) => tell({ type: 'channel', channel }));
  const faults = new Faults();
  const rateLimits = new RateLimits({ enabled: options.rateLimits, factor: options.rateLimitFactor, now: options.now });
  const socketMode = new SocketMode(options);
  const overHttp = (url: string) => new HttpDelivery({ ...options, url });
  let http = options.eventsUrl === undefined ? undefined : overHttp(options.eventsUrl);
  const delivery = new Delivery({ transport: () => http ?? socketMode, store, faults, options });

  const server = createServer(
    { keepAliveTimeout: 65_000 },
    (request, response) => void answer(workspace, request, response),
  );
  server.on('upgrade', (request, socket, head) => socketMode.upgrade(request, socket, head));
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  const port = isAddress(address) ? address.port : options.port;
  const shownHost = ['0.0.0.0', '::'].includes(options.host) ? '127.0.0.1' : options.host;
  const url = `http://${shownHost}:${port}`;

  const workspace: Workspace = {
    options,
    store,
    views: new Views(options, (user) => tell({ type: 'views', user })),
    tickets: new Tickets(options.now),
    faults,
    rateLimits,
    delivery,
    calls: [],
    uploads: new Map(),
    listeners,
    statuses: new Map(),
    baseUrl: () => url,
    newSocketUrl: () => `${url.replace('http', 'ws')}/link/?ticket=${socketMode.newTicket()}&app_id=A0AGENT`,
  };
  delivery.resume();

  return {
    url,
    apiUrl: `${url}/api/`,
    botToken: options.botToken,
    appToken: options.appToken,
    signingSecret: options.signingSecret,
    calls: workspace.calls,
    connectionCount: () => socketMode.connectionCount,
    messages: (channel, user) => lookAtChannel(workspace, channel, user),
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    setRateLimits: (enabled, factor = 1) => Object.assign(rateLimits, { enabled, factor }),
    sendEvent: (event) => delivery.event(event),
    deliverTo: (eventsUrl) => {
      http = eventsUrl === undefined ? undefined : overHttp(eventsUrl);
    },
    pendingEvents: () => store.pendingEvents.size,
    saveChannel: (channel) => store.saveChannel(channel),
    newTrigger: (user) => workspace.tickets.newTrigger(user),
    newResponseUrl: (target) => `${url}/response/${workspace.tickets.newResponse(target)}`,
    refreshConnections: (reason, count) => socketMode.refresh(reason, count),
    cutConnections: () => socketMode.cut(),
    async stop() {
      delivery.stop();
      http?.stop();
      await socketMode.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      store.close();
    },
  };
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
