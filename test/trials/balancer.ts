import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

/** What stands before several copies of one service, as a Service of Kubernetes does. */
export interface Balancer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Passes each connection to the next port that accepts it; a connection to a process that dies breaks, as it would. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  let turn = 0;
  const server: Server = createServer((client) => {
    client.on('error', () => client.destroy());
    const attempt = (left: number) => {
      const port = ports[turn++ % ports.length] ?? 0;
      const upstream = connect({ port, host: '127.0.0.1' });
      let connected = false;
      upstream.once('connect', () => {
        connected = true;
        client.pipe(upstream).pipe(client);
        client.once('close', () => upstream.destroy());
        upstream.once('close', () => client.destroy());
      });
      upstream.once('error', () => {
        if (!connected && left > 1) attempt(left - 1);
        else client.destroy();
      });
    };
    attempt(ports.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    stop: async () => {
      server.close();
    },
  };
}
