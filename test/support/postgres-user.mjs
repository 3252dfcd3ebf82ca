// A process that uses the embedded server of a home until it is told to stop by SIGTERM, or killed. Run with `node --import tsx`.
import { startEmbeddedPostgres } from '../../lib/launch/embedded-postgres.ts';

const [home = '', mode = ''] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${line}\n`);
const server = await startEmbeddedPostgres({ home, supervised: mode === 'supervised', log: say });
process.once('SIGTERM', async () => {
  say(`last=${await server.stop()}`);
  process.exit(0);
});
setInterval(() => undefined, 1_000);
say(`up port=${server.port} pid=${server.pid} adopted=${server.adopted} ${server.url}`);
