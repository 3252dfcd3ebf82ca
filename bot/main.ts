import { ConfigError } from '../lib/env.ts';
import { createLogger } from '../lib/log.ts';
import { createShutdown } from '../lib/shutdown.ts';
import { startBot } from './app.ts';
import { type BotConfig, readBotConfig } from './config.ts';

/** A wrong configuration is no crash: it is said once, by name, and not tried again. */
const exitConfig = 78;

function readOrExit(): BotConfig {
  try {
    return readBotConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(exitConfig);
  }
}

const config = readOrExit();
const log = createLogger({ name: 'bot', level: config.LOG_LEVEL });
const shutdown = createShutdown({ log });
process.on('unhandledRejection', (error) => {
  log.fatal({ err: error }, 'a failure nobody expected');
  void shutdown.stop('unhandled rejection', 1);
});
try {
  const bot = await startBot(config, log);
  shutdown.add('bot', () => bot.stop(), 12_000);
} catch (error) {
  log.fatal({ err: error }, 'the bot could not start');
  process.exit(1);
}
