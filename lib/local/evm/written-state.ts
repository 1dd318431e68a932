import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { SwarmError } from '../../core/errors.ts';
import { callRpc } from './rpc.ts';
import { parseState } from './state-file.ts';

/** anvil writes its state each second; a large one takes a few. */
const WRITTEN_MS = 60_000;
const LOOK_MS = 100;

/**
 * Reads the state file of a running chain as soon as it holds every block that the chain has now. Without a chain that answers,
 * the file as it is.
 * @returns undefined where there is no such file.
 * @throws SwarmError `local/chain-not-written`, and the reason of the signal.
 */
export async function readWrittenState(
  stateFile: string,
  rpcUrl: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const isThere = await stat(stateFile).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const head = await callRpc(rpcUrl, 'eth_blockNumber', []).catch(() => undefined);
  const deadline = performance.now() + WRITTEN_MS;
  for (let seenMs = 0; performance.now() < deadline; await delay(LOOK_MS, undefined, { signal })) {
    const found = await stat(stateFile).catch(() => undefined);
    if (found === undefined || found.mtimeMs === seenMs) continue;
    seenMs = found.mtimeMs;
    const bytes = await readFile(stateFile);
    const state = parseState(bytes.toString('utf8'));
    if (state !== undefined && Number(state.best_block_number) >= Number(head ?? 0)) return bytes;
    // Read while it was written: it is whole a moment later, and may have the same time.
    seenMs = 0;
  }
  throw new SwarmError({
    code: 'local/chain-not-written',
    disposition: 'retry',
    message: `The embedded chain has not written its state to ${stateFile} within ${WRITTEN_MS / 1000} s`,
    next: 'Run it again, or stop the swarm first with swarm-ops stop.',
  });
}
