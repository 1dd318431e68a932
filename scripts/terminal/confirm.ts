import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { SwarmError } from '../../lib/core/errors.ts';

/** What is asked before a command changes something. */
export interface Confirmation {
  /** As in `Restart 24 agents?` */
  readonly question: string;
  /** Printed when the answer is no, as in `Nothing was sent.` */
  readonly otherwise: string;
  /** Whether the command has `--dry-run`, to look at the plan first. */
  readonly hasDryRun?: boolean;
}

/**
 * Asks at the terminal whether to continue, and prints `otherwise` when the answer is not yes.
 * @throws SwarmError `swarm/not-confirmed` where there is no terminal: input from a pipe is not accepted as an answer.
 */
export async function confirm({ question, otherwise, hasDryRun = false }: Confirmation): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new SwarmError({
      code: 'swarm/not-confirmed',
      disposition: 'stop',
      message: `There is no terminal to ask: ${question}`,
      next: `${hasDryRun ? 'Look at the plan with --dry-run, then run' : 'Run'} it with --yes. ${otherwise}`,
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // Ctrl-C, Ctrl-D and a closed terminal count as no.
    const left = once(prompt, 'close').then(() => '');
    const answered = prompt.question(`${question} [y/N] `).catch((error: Error) => {
      if (error.name === 'AbortError') return '';
      throw error;
    });
    const answer = await Promise.race([answered, left]);
    if (/^y(?:es)?$/i.test(answer.trim())) return true;
    process.stderr.write(`${otherwise}\n`);
    return false;
  } finally {
    prompt.close();
  }
}
