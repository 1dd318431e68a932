import { CommanderError } from 'commander';
import { displayText } from '../lib/core/display-text.ts';
import { formatError, SwarmError } from '../lib/core/errors.ts';
import { readBuild } from '../lib/files/project.ts';
import { tellLook } from '../lib/host/look-file.ts';
import { createProgram } from './program.ts';

const USAGE = 2;
const UNREACHABLE = 3;

/** The codes of errors that mean that something can't be reached. */
const UNREACHABLE_CODES = new Set([
  'swarm/no-state',
  'swarm/not-running',
  'vault/unreadable',
  'irc/not-joined',
  'aws/unreachable',
  'market/chain-unreachable',
]);
const USAGE_CODES = new Set(['swarm/bad-option', 'core/bad-manifest', 'core/no-manifests']);

/** Runs a command line, given without the program's name, and gives the exit code. Errors go to stderr. */
export async function runProgram(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  // In a container KK_STATE names the state folder.
  const program = createProgram(
    (command) =>
      async (...given) => {
        exitCode = await command(...given);
      },
    process.env.KK_STATE || '.karmakadabra',
  );
  // A run on the sample is slower while nobody looks.
  program.hook('preAction', async (_, command) => {
    const { state } = command.opts();
    if (command.name() !== 'up' && typeof state === 'string') await tellLook(state);
  });
  try {
    if (args[0] === '--version') await printVersion();
    else await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

async function printVersion(): Promise<void> {
  const { version, commit } = await readBuild();
  process.stdout.write(`${[version, commit].filter((part) => part !== '').join(' ')}\n`);
}

/** Writes an error to stderr, without a stack trace, and gives the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof SwarmError) {
    process.stderr.write(
      `${error.message.split('\n').map(displayText).join('\n')}\n${displayText(error.next)} (${error.code})\n`,
    );
    if (USAGE_CODES.has(error.code)) return USAGE;
    return UNREACHABLE_CODES.has(error.code) ? UNREACHABLE : 1;
  }
  process.stderr.write(
    `${displayText(formatError(error))}\nThis should not happen: please report it with swarm.log.\n`,
  );
  if (process.env.KK_DEBUG !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}
