import { spawn } from 'node:child_process';
import { SwarmError } from '../../core/errors.ts';
import { findAnvil } from './binary.ts';
import { callRpc } from './rpc.ts';

/** A running anvil. */
export interface AnvilProcess {
  readonly pid: number;
  /** Resolves to the reason, for people, when the process has ended. */
  readonly ended: Promise<string>;
  /** Ends it within 2 s, or another time; it writes its state first, and what a state takes longer to write is lost. */
  readonly end: (withinMs?: number) => Promise<void>;
}

/** Where anvil listens. */
export interface AnvilAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Starts anvil on a state file and waits until it answers.
 *
 * It makes a block a second, so that deadlines pass on an idle chain, and a block at once for a transaction. State
 * is written every second, so that a kill loses at most that. Old states are dropped from memory and never go to disk,
 * blocks with transactions stay (their events hold the keys). No account is unlocked.
 * @throws SwarmError `local/port-in-use`, `local/chain-failed`
 */
export async function spawnAnvil(
  stateFile: string,
  { host, port }: AnvilAddress,
  chainId: number,
): Promise<AnvilProcess> {
  const options = {
    host,
    port,
    'chain-id': chainId,
    accounts: 0,
    'block-time': 1,
    state: stateFile,
    'state-interval': 1,
    'prune-history': 64,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(findAnvil(), [...args, '--mixed-mining', '--no-cors', '--quiet'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Detached, so that Ctrl-C in the terminal doesn't end the chain before its users have finished.
    detached: true,
  });
  let errorText = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorText = (errorText + text).slice(-2_000);
  });
  let isOver = false;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(errorText.trim() || `it ended with ${signal ?? `code ${code}`}`));
  }).then((why) => {
    isOver = true;
    return why;
  });
  const endWithUs = (): void => void child.kill('SIGTERM');
  process.once('exit', endWithUs);
  void ended.then(() => process.off('exit', endWithUs));
  const end = async (withinMs = 1_500): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    await ended;
    clearTimeout(timer);
  };
  try {
    await untilReady(`http://${host}:${port}`, chainId, () => isOver);
  } catch (error) {
    await end();
    throw error;
  }
  if (isOver || child.pid === undefined) throw startFailed(await ended, port);
  return { pid: child.pid, ended, end };
}

async function untilReady(url: string, chainId: number, isOver: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!isOver()) {
    const answer = await callRpc(url, 'eth_chainId', [], 1_000).catch(() => undefined);
    // Another program may answer on this port while anvil is about to fail because the port is in use: check again.
    if (answer === `0x${chainId.toString(16)}` && !isOver()) return;
    if (performance.now() > deadline) throw startFailed('it did not answer in 15 s', Number(new URL(url).port));
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function startFailed(why: string, port: number): SwarmError {
  if (/address already in use/i.test(why)) {
    return new SwarmError({
      code: 'local/port-in-use',
      disposition: 'stop',
      message: `Port ${port} on 127.0.0.1 is in use, so the embedded chain can't listen there`,
      next: 'Stop what uses it, or choose another with --rpc-port.',
    });
  }
  return new SwarmError({
    code: 'local/chain-failed',
    disposition: 'stop',
    message: `The embedded chain did not start: ${why.split('\n', 1)[0]}`,
    next: 'If the error persists, start with a new state folder.',
  });
}
