import { createServer } from 'node:http';
import { hardenServer } from '../http.ts';
import { createPayments } from './payments.ts';

// A small payment service to try the product on. It breaks for real when asked to, and a restart heals it.
const port = Number(process.env.SAMPLE_PORT ?? 8090);
const host = process.env.SAMPLE_HOST ?? '127.0.0.1';
if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error('SAMPLE_PORT is no port');

const server = createServer(createPayments({ crash: () => process.exit(1) }));
hardenServer(server);
server.on('error', (error) => {
  console.error(`payment-api: ${error.message}`);
  process.exit(1);
});
server.listen(port, host, () => console.log(`payment-api: listening on ${host}:${port}`));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    server.closeAllConnections();
    server.close(() => process.exit(0));
  });
}
