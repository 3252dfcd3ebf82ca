import pino from 'pino';

export type Logger = pino.Logger;

const secretFields = ['authorization', 'token', 'secret', 'password', 'apiKey', 'api_key', 'signingSecret', 'cookie'];

/** JSON lines to standard output. Fields with a secret's name are cut; messages are constants and variables go into fields. */
export function createLogger(options: { name: string; level?: string; destination?: pino.DestinationStream }): Logger {
  const settings: pino.LoggerOptions = {
    name: options.name,
    level: options.level ?? 'info',
    base: { name: options.name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
    formatters: { level: (label) => ({ level: label }) },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/** A logger whose every line carries the id that ties together what one request or task caused in all processes. */
export function correlated(log: Logger, correlationId: string): Logger {
  return log.child({ correlationId });
}
