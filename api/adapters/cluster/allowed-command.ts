import { execFile } from 'node:child_process';
import { AppError } from '../../../lib/errors.ts';
import { redactSecrets } from '../../../lib/redact.ts';
import type { AllowedCommand, ChangeAnswer } from '../../ports/cluster.ts';

/** Runs one command of the list, without a shell. A command that could not be started was refused; one cut off at the limit is an exception. */
export function runAllowedCommand(
  commands: readonly AllowedCommand[],
  name: string,
  signal: AbortSignal,
): Promise<ChangeAnswer> {
  const command = commands.find((candidate) => candidate.name === name);
  const [program, ...args] = command?.argv ?? [];
  if (program === undefined) return Promise.resolve({ accepted: false, answer: `${name} is not an allowed command.` });
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { signal, maxBuffer: 256_000, env: { PATH: process.env.PATH ?? '/usr/bin:/bin' } },
      (error, stdout, stderr) => {
        const words = redactSecrets(`${stdout}\n${stderr}`.trim()).slice(0, 1_000);
        if (error === null) return resolve({ accepted: true, answer: words === '' ? 'Exit code 0.' : words });
        if (typeof error.code === 'number')
          return resolve({ accepted: false, answer: `Exit code ${error.code}. ${words}`.trim() });
        if (error.code === 'ENOENT' || error.code === 'EACCES')
          return resolve({ accepted: false, answer: `The command cannot be started (${error.code}).` });
        reject(new AppError('UPSTREAM_UNAVAILABLE', 'The command was cut off before it ended.', { cause: error }));
      },
    );
  });
}
