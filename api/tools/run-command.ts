import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { defineActionTool, type ToolPorts } from './tool.ts';

const args = z.strictObject({ command: z.string().min(1).max(100) });

function commandOf(name: string, ports: ToolPorts) {
  const command = ports.processes.commands().find((one) => one.name === name);
  if (command === undefined) throw new AppError('POLICY_REFUSED', `${name} is not an allowed command.`);
  return command;
}
const quoted = (word: string) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** Runs one command of the configured list. It counts no keys and cannot be asked afterwards: a lost answer is an unknown outcome. */
export const runCommand = defineActionTool<z.infer<typeof args>>({
  name: 'command.run',
  args,
  risk: 'high',
  timeoutMs: 60_000,
  honoursKey: false,
  describe: ({ command: name }, ports) => {
    const command = commandOf(name, ports);
    return {
      title: `Run ${name}`,
      target: `command/${name}`,
      command: command.argv.map(quoted).join(' '),
      effect: command.effect,
      undo: command.undo,
      diff: null,
      estimatedMs: null,
    };
  },
  precondition: async ({ command: name }, ports) => ({ command: commandOf(name, ports).argv.map(quoted).join(' ') }),
  perform: ({ command }, key, ports, signal) => ports.processes.runCommand(command, key, signal),
});
