import { AppError } from '../../../lib/errors.ts';
import type { LogsSource } from '../../ports/logs-source.ts';
import { readFiles } from './files.ts';
import { createLoki, type LokiOptions } from './loki.ts';

/** Logs where a system says they are: in Loki, or in files below the log folder. */
export function createLogsSource(options: {
  readonly loki: LokiOptions | null;
  readonly folder: string | null;
}): LogsSource & { close(): Promise<void> } {
  const loki = options.loki === null ? null : createLoki(options.loki);
  return {
    query(source, range, signal) {
      if (source.kind === 'files') {
        if (options.folder === null)
          throw new AppError('NOT_CONFIGURED', 'No folder of log files is set (LOGS_FOLDER).');
        return readFiles(options.folder, source, range, signal);
      }
      if (loki === null) throw new AppError('NOT_CONFIGURED', 'Loki is not configured (LOKI_URL).');
      return loki.query(source, range, signal);
    },
    close: async () => loki?.close(),
  };
}
