import { isAppError } from '../../lib/errors.ts';
import { createDb } from '../db.ts';
import { verifyChain } from './verify.ts';
import { verifySettings } from './verify-settings.ts';

/** `npm run audit:verify [-- --no-anchor]`: 0 when the log is whole, 1 with the first bad row, 2 when it could not be read. */
async function main(): Promise<number> {
  const settings = verifySettings(process.env, { noAnchor: process.argv.includes('--no-anchor') });
  if ('missing' in settings) {
    process.stderr.write(`Set ${settings.missing.join(' and ')}, or start the product on this machine first.\n`);
    return 2;
  }
  const handle = createDb(settings.databaseUrl, { poolSize: 2, statementTimeoutMs: 120_000, program: 'audit-verify' });
  try {
    const verdict = await verifyChain(handle.db, settings.key, settings.anchorFile);
    if (!verdict.ok) {
      process.stdout.write(`BROKEN at entry ${verdict.seq} (${verdict.fault}): ${verdict.reason}\n`);
      process.stdout.write(`${verdict.entries} entries before it are whole.\n`);
      return 1;
    }
    const torn = verdict.unreadableAnchorLines > 0 ? `, ${verdict.unreadableAnchorLines} torn anchor lines` : '';
    const anchors = settings.anchorFile === null ? 'no anchor file' : `${verdict.anchors} anchors`;
    process.stdout.write(`The audit log is whole: ${verdict.entries} entries, ${anchors}${torn}.\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${isAppError(error) ? error.message : String(error)}\n`);
    return 2;
  } finally {
    await handle.close();
  }
}

process.exitCode = await main();
