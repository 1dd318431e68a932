import { createInterface } from 'node:readline/promises';
import { SwarmError } from '../../lib/core/errors.ts';

/**
 * Asks at the terminal whether to go on.
 * @returns false when the answer is not yes.
 * @throws SwarmError `swarm/not-confirmed` where nobody can be asked.
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new SwarmError({
      code: 'swarm/not-confirmed',
      disposition: 'stop',
      message: 'There is no terminal to ask whether to go on',
      next: 'Look at the plan with --dry-run, then run it with --yes. Nothing was changed.',
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } finally {
    prompt.close();
  }
}
