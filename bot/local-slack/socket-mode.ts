import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Fields, fieldsOf, parseJson, textOf } from './json.ts';
import { APP_ID } from './options.ts';
import type { Attempt, DeliveryType, Transport } from './transport.ts';

const TICKET_LIFE_MS = 30_000;
const PING_EVERY_MS = 10_000;
const MAX_CONNECTIONS = 10;
const CLOSE_AFTER_REFRESH_MS = 10_000;
const CLOSE_PATIENCE_MS = 300;

interface Connection {
  readonly socket: WebSocket;
  readonly waiting: Map<string, (attempt: Attempt) => void>;
  /** Told to go: gets nothing new. */
  isLeaving: boolean;
  isAlive: boolean;
}

/** Slack's end of Socket Mode: each envelope goes to one open connection, in turn. */
export class SocketMode implements Transport {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 1_000_000 });
  readonly #tickets = new Map<string, number>();
  readonly #connections: Connection[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #ackTimeoutMs: number;
  readonly #lifetimeMs: number;
  #next = 0;

  constructor(options: { ackTimeoutMs: number; connectionLifetimeMs: number }) {
    this.#ackTimeoutMs = options.ackTimeoutMs;
    this.#lifetimeMs = options.connectionLifetimeMs;
    const pings = setInterval(() => this.#pingAll(), PING_EVERY_MS);
    pings.unref();
    this.#timers.add(pings);
  }

  get connectionCount(): number {
    return this.#connections.length;
  }

  /** A single-use address for one connection. */
  newTicket(): string {
    const ticket = randomUUID();
    this.#tickets.set(ticket, Date.now() + TICKET_LIFE_MS);
    return ticket;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const ticket = url.searchParams.get('ticket') ?? '';
    const validUntil = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (!url.pathname.startsWith('/link') || validUntil === undefined || validUntil < Date.now()) {
      socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket));
  }

  /** Sends one envelope to the next open connection and waits for its acknowledgement. */
  send(type: DeliveryType, payload: Fields, retry?: { attempt: number; reason: string }): Promise<Attempt> {
    const open = this.#connections.filter(
      (candidate) => !candidate.isLeaving && candidate.socket.readyState === candidate.socket.OPEN,
    );
    const connection = open[this.#next++ % Math.max(1, open.length)];
    if (!connection) return Promise.resolve({ ok: false, reason: 'connection_failed' });
    const envelopeId = randomUUID();
    return new Promise((resolve) => {
      const finish = (attempt: Attempt) => {
        clearTimeout(timer);
        this.#timers.delete(timer);
        connection.waiting.delete(envelopeId);
        resolve(attempt);
      };
      const timer = setTimeout(() => finish({ ok: false, reason: 'timeout' }), this.#ackTimeoutMs);
      this.#timers.add(timer);
      connection.waiting.set(envelopeId, finish);
      connection.socket.send(
        JSON.stringify({
          envelope_id: envelopeId,
          type,
          accepts_response_payload: type !== 'events_api',
          payload,
          ...(type === 'events_api' ? { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' } : {}),
        }),
      );
    });
  }

  /** Asks connections to reconnect, as Slack does before it recycles a server. */
  refresh(
    reason: 'warning' | 'refresh_requested' | 'link_disabled' = 'refresh_requested',
    count = Number.POSITIVE_INFINITY,
  ): void {
    for (const connection of this.#connections.slice(0, count)) this.#refreshOne(connection, reason);
  }

  /** Cuts connections without a word, as a broken network does. */
  cut(): void {
    for (const connection of [...this.#connections]) connection.socket.terminate();
  }

  /** Closes every connection in good order, and without mercy after a moment. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const open = [...this.#connections];
    for (const connection of open)
      for (const finish of [...connection.waiting.values()]) finish({ ok: false, reason: 'connection_failed' });
    await Promise.all(
      open.map(
        ({ socket }) =>
          new Promise<void>((resolve) => {
            const timer = setTimeout(() => socket.terminate(), CLOSE_PATIENCE_MS);
            socket.once('close', () => {
              clearTimeout(timer);
              resolve();
            });
            socket.close(1001);
          }),
      ),
    );
    this.#server.close();
  }

  #accept(socket: WebSocket): void {
    if (this.#connections.length >= MAX_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: {} }));
      socket.close();
      return;
    }
    const connection: Connection = { socket, waiting: new Map(), isLeaving: false, isAlive: true };
    this.#connections.push(connection);
    const refresh = setTimeout(() => this.#refreshOne(connection, 'refresh_requested'), this.#lifetimeMs);
    const warning = setTimeout(
      () => this.#refreshOne(connection, 'warning'),
      Math.max(0, this.#lifetimeMs - CLOSE_AFTER_REFRESH_MS),
    );
    refresh.unref();
    warning.unref();
    socket.on('pong', () => {
      connection.isAlive = true;
    });
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => this.#acknowledge(connection, data.toString()));
    socket.on('close', () => {
      clearTimeout(refresh);
      clearTimeout(warning);
      const index = this.#connections.indexOf(connection);
      if (index >= 0) this.#connections.splice(index, 1);
      for (const finish of [...connection.waiting.values()]) finish({ ok: false, reason: 'connection_failed' });
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#connections.length,
        connection_info: { app_id: APP_ID },
        debug_info: { host: 'local-slack', approximate_connection_time: Math.round(this.#lifetimeMs / 1000) },
      }),
    );
  }

  #acknowledge(connection: Connection, text: string): void {
    const message = fieldsOf(parseJson(text));
    const finish = connection.waiting.get(textOf(message.envelope_id) ?? '');
    finish?.({ ok: true, payload: message.payload });
  }

  #refreshOne(connection: Connection, reason: string): void {
    if (connection.socket.readyState !== connection.socket.OPEN) return;
    connection.isLeaving = reason !== 'warning';
    connection.socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local-slack' } }));
    if (!connection.isLeaving) return;
    const timer = setTimeout(() => connection.socket.close(), CLOSE_AFTER_REFRESH_MS);
    timer.unref();
    connection.socket.once('close', () => clearTimeout(timer));
  }

  #pingAll(): void {
    for (const connection of [...this.#connections]) {
      if (!connection.isAlive) {
        connection.socket.terminate();
        continue;
      }
      connection.isAlive = false;
      connection.socket.ping();
    }
  }
}
