import { constants } from 'node:fs';
import { copyFile, open, readFile, rename, stat } from 'node:fs/promises';
import { z } from 'zod';
import { SwarmError } from '../../core/errors.ts';
import { writeDurably } from '../../files/durable.ts';

/** The part of anvil's state that matters here. The rest is passed on as it is. */
const chainState = z.looseObject({
  best_block_number: z.union([z.number(), z.string()]),
  blocks: z.array(z.looseObject({ header: z.looseObject({ number: z.string() }), transactions: z.array(z.unknown()) })),
  transactions: z.array(z.looseObject({ info: z.looseObject({}) })),
});
type ChainState = z.infer<typeof chainState>;

/** How many empty blocks are kept, for readers of recent blocks. */
const KEPT_BLOCKS = 400;

/** Files beside the state, newest first: anvil writes the state in place, so a kill can truncate it. */
function copiesOf(stateFile: string): readonly [string, string] {
  return [`${stateFile}.good`, `${stateFile}.good-1`];
}

/**
 * Prepares the state file for a start: restores the newest good copy if a kill truncated it, and removes old empty blocks
 * and the traces of transactions. With a block a second the blocks would be 150 MB a day, written
 * out every second, and traces, which no flag of anvil's turns off, are half of what is left. Anvil needs neither, and
 * every block with a transaction and every receipt stays, so that all events stay readable.
 * @returns the file's size in bytes; 0 for a new chain.
 * @throws SwarmError `local/chain-state-broken` when neither the state nor a copy can be read.
 */
export async function prepareState(stateFile: string, log: (line: string) => void): Promise<number> {
  const files = [stateFile, ...copiesOf(stateFile)];
  const broken: string[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const state = parseState(text);
    if (state === undefined) {
      broken.push(file);
      continue;
    }
    if (broken.length > 0) log(`The chain's state file is truncated; continuing from ${file}`);
    const compact = JSON.stringify(withoutTraces(withoutEmptyBlocks(state)));
    await writeDurably(stateFile, compact);
    return Buffer.byteLength(compact);
  }
  if (broken.length === 0) return 0;
  throw new SwarmError({
    code: 'local/chain-state-broken',
    disposition: 'stop',
    message: `The embedded chain's state can't be read: ${broken.join(', ')}`,
    next: 'Restore a copy of the state folder, or start again with swarm-ops reset.',
  });
}

/**
 * Copies the state file while anvil runs, if it changed since `lastMs` and nobody is writing it now. A copy that
 * turns out to be cut off at a start is passed over for the one before.
 * @returns the modification time (ms) of what was copied, or `lastMs`.
 */
export async function copyState(stateFile: string, lastMs: number): Promise<number> {
  const before = await stat(stateFile).catch(() => undefined);
  if (before === undefined || before.size === 0 || before.mtimeMs === lastMs) return lastMs;
  const [good, older] = copiesOf(stateFile);
  const draft = `${good}.new`;
  await copyFile(stateFile, draft, constants.COPYFILE_FICLONE);
  const after = await stat(stateFile);
  if (after.mtimeMs !== before.mtimeMs || after.size !== before.size || !(await endsAsObject(draft))) return lastMs;
  await rename(good, older).catch(() => undefined);
  await rename(draft, good);
  return before.mtimeMs;
}

/** Parses anvil's state; undefined for what is not one, as after a kill in the middle of a write. */
export function parseState(text: string): ChainState | undefined {
  try {
    return chainState.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function withoutEmptyBlocks(state: ChainState): ChainState {
  const head = Number(state.best_block_number);
  const blocks = state.blocks.filter(({ header, transactions }) => {
    const number = Number(header.number);
    return transactions.length > 0 || number === 0 || number > head - KEPT_BLOCKS;
  });
  return { ...state, blocks };
}

function withoutTraces(state: ChainState): ChainState {
  const transactions = state.transactions.map((transaction) =>
    'traces' in transaction.info ? { ...transaction, info: { ...transaction.info, traces: [] } } : transaction,
  );
  return { ...state, transactions };
}

async function endsAsObject(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, Math.max(0, size - 16));
    return buffer.subarray(0, bytesRead).toString().trimEnd().endsWith('}');
  } finally {
    await handle.close();
  }
}
