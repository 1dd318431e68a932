import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import type { ChainView } from '../core/chain.ts';
import type { AgentName } from '../core/ids.ts';
import { systemClock } from '../core/time.ts';
import type { VaultIndex, VaultReader } from '../core/vault.ts';
import { deleteUnneeded } from '../delivery/goods-retention.ts';
import { openGoodsStore } from '../delivery/goods-store.ts';
import type { ObjectStore } from '../delivery/object-store.ts';
import { deleteExpired } from '../delivery/retention.ts';
import { isEnded } from '../market/notes/ended.ts';
import { offerKind } from '../market/notes/offer-note.ts';
import { allTrades } from '../market/notes/trade-pairs.ts';
import type { StateFolder } from './state-folder.ts';

/** What is trimmed. */
export interface TrimParts {
  readonly folder: Pick<StateFolder, 'agent' | 'spool'>;
  /** One store for each prefix with deliveries. */
  readonly stores: readonly ObjectStore[];
  /** The agents whose goods are on this disk. */
  readonly residents: readonly AgentName[];
  /** The whole vault: agents in quarantine keep their goods. */
  readonly vault: VaultReader;
  readonly readChain: () => Promise<ChainView>;
  /** Whether what remains has to wait for the next time. */
  readonly isStopping: () => boolean;
  readonly debug: (line: string) => void;
}

/** What a rule removed. */
interface Trimmed {
  readonly count: number;
  readonly bytes: number;
}

/** What of a swarm's files goes when. Each rule is safe to repeat and to cut short at any time. */
interface TrimRule {
  readonly what: string;
  /** How much or how long is kept. */
  readonly kept: string;
  readonly why: string;
  readonly trim: (parts: TrimParts) => Promise<Trimmed>;
}

/** A package is kept this long after its last upload, in seconds: longer than any trade lasts. */
const PACKAGE_SECONDS = 24 * 3600;
/** A package of a trade that both sides closed is kept this long, in seconds, for who looks at what just happened. */
const CLOSED_PACKAGE_SECONDS = 600;
/** Of the goods that an agent's offers don't need, as what it bought, the newest so many bytes are kept. */
const OTHER_GOODS_BYTES = 32 * 2 ** 20;
/** Goods that no offer needs are kept this long, in milliseconds: they may be on their way into an offer or a note. */
const GOODS_MS = 3_600_000;
/** How many declined writes are kept for people to look at. */
const REJECTED_WRITES = 1000;

/**
 * The rules, all in one place. What its owner bounds while it writes isn't here:
 *
 * | what | kept | where |
 * |---|---|---|
 * | `swarm.log` | two files of 10 MiB | `log-file.ts` |
 * | the vault's clone and bare repository | packed every 200 pushes; what nothing refers to for a day | `lib/vault/tidy.ts` |
 * | the spool's receipts | the newest 10,000 to 20,000 | `lib/vault/spool.ts` |
 * | the index of notes | at most twice what the vault has | `lib/vault/known-notes.ts` |
 * | the chain | transactions and the newest 400 empty blocks, in four copies | `lib/local/evm.ts` |
 */
const TRIM_RULES: readonly TrimRule[] = [
  {
    what: 'packages',
    kept: '10 minutes once both sides closed the trade, else 24 hours after the last upload',
    why: 'a buyer fetches before it pays, and what it got is in its own goods',
    trim: trimPackages,
  },
  {
    what: 'goods',
    kept: 'what offers sell and were made from; of the other goods of each agent the newest 32 MiB; all for an hour',
    why: 'open offers are delivered and replayed from them, and people open what was bought lately; what is sold no longer is needed by nobody',
    trim: trimGoods,
  },
  {
    what: 'declined writes',
    kept: 'the newest 1,000',
    why: 'people look for the cause in the newest',
    trim: trimRejected,
  },
];

/** Applies all rules, one after the other, and reports what went. @throws nothing: an error is reported, and the other rules apply. */
export async function trimAll(parts: TrimParts): Promise<void> {
  for (const { what, trim } of TRIM_RULES) {
    if (parts.isStopping()) return;
    try {
      const { count, bytes } = await trim(parts);
      if (count > 0) parts.debug(`trimmed ${count} ${what}, ${(bytes / 2 ** 20).toFixed(1)} MiB`);
    } catch (error) {
      parts.debug(`could not trim ${what}: ${error instanceof Error ? error.message : 'unknown error'}`);
    }
  }
}

async function trimPackages({ stores, vault, readChain, isStopping }: TrimParts): Promise<Trimmed> {
  const [index, chain] = await Promise.all([vault.read(), readChain().catch(() => undefined)]);
  // Without the chain nobody knows what has ended.
  const ended = chain === undefined ? [] : allTrades(index, chain).filter((trade) => isEnded(trade, chain.blockTime));
  const done = new Set<string>(ended.map(({ id }) => id));
  let [count, bytes] = [0, 0];
  for (const store of stores) {
    if (isStopping()) break;
    const deleted = await deleteExpired(store, {
      olderThanSeconds: PACKAGE_SECONDS,
      isDone: (trade) => done.has(trade),
      doneAfterSeconds: CLOSED_PACKAGE_SECONDS,
      clock: systemClock,
    });
    count += deleted.length;
    bytes += deleted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }
  return { count, bytes };
}

async function trimGoods({ folder, residents, vault, isStopping }: TrimParts): Promise<Trimmed> {
  const olderThanMs = Date.now() - GOODS_MS;
  const index = await vault.read();
  let [count, bytes] = [0, 0];
  for (const name of residents) {
    if (isStopping()) break;
    // Of an agent whose notes can't all be read nobody knows what it offers.
    if (index.problems.some(({ path }) => path.startsWith(`agents/${name}/`))) continue;
    const deleted = await deleteUnneeded(await openGoodsStore(folder.agent(name)), {
      offered: offeredGoods(index, name),
      otherBytes: OTHER_GOODS_BYTES,
      olderThanMs,
    });
    count += deleted.length;
    bytes += deleted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }
  return { count, bytes };
}

function offeredGoods(index: VaultIndex, name: AgentName): ReadonlySet<Hex> {
  return new Set(index.notes(offerKind, name).flatMap(({ data }) => [data.contentDigest, ...data.inputs]));
}

async function trimRejected({ folder }: TrimParts): Promise<Trimmed> {
  const rejected = join(folder.spool, 'rejected');
  // Named by their number, which grows.
  const names = (await readdir(rejected).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const old = names.slice(0, Math.max(0, names.length - REJECTED_WRITES));
  let bytes = 0;
  for (const name of old) {
    bytes += (await stat(join(rejected, name)).catch(() => undefined))?.size ?? 0;
    await rm(join(rejected, name), { force: true });
  }
  return { count: old.length, bytes };
}
