import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ChainTrade } from '../../lib/core/chain.ts';
import { createRestBook } from '../../lib/heartbeat/rest-book.ts';
import { archiveOnce } from '../../lib/host/archive/archive-once.ts';
import { archiveSettings } from '../../lib/host/archive/archive-settings.ts';
import { recordsOf, totalsOf } from '../../lib/host/machine/count-trades.ts';
import { noteKinds } from '../../lib/host/note-kinds.ts';
import { type BuyerTradeNote, buyerTradeKind } from '../../lib/market/notes/buyer-trade-note.ts';
import { type SellerTradeNote, sellerTradeKind } from '../../lib/market/notes/seller-trade-note.ts';
import { tradePath } from '../../lib/market/notes/trade-note.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { createGit } from '../../lib/vault/git.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { makeTrade, SETTLED, TIMES, WALLETS } from './archive-vault.ts';
import { git, makeRemote } from './git.ts';
import { chainOf } from './snapshot.ts';
import { BUYER, SELLER } from './trade-notes.ts';
import { append, aWrite, openTestVault, put, remove } from './vault.ts';

const AGENTS = Array.from({ length: 24 }, (_, at) => `kk-a${String(at).padStart(2, '0')}`);
const TRADES_A_DAY = 6;
const DAY_SECONDS = 86_400;
const FIRST_DAY = Date.parse('2027-02-01T00:00:00Z') / 1000;

/** What a day of a swarm in fast motion cost. Times in milliseconds. */
export interface DayCost {
  /** From a write to an index that has it. */
  readonly headMs: number;
  /** What a command takes to read the vault. */
  readonly lookMs: number;
  readonly heapBytes: number;
  /** Notes of trades that are not archived. */
  readonly notes: number;
  /** Bytes of the notes' own files. */
  readonly noteBytes: number;
}

/** What days in fast motion left. */
export interface Grown {
  readonly days: readonly DayCost[];
  readonly commits: number;
  readonly restingCommits: number;
  readonly archiveCommits: number;
  /** Bytes on disk without the notes' own files: the clone's and the remote's git, spool and index. */
  readonly overheadBytes: number;
  /** Bytes of the git folder of a new clone of all of the history. */
  readonly cloneBytes: number;
}

/**
 * Runs the vault of a host through days: 24 agents rest once a day, two trade, offers come and go, and each month is archived once it
 * is over. Only the vault is real: its writer, reader, index, archive and repositories.
 * @throws Error when a fold over the trades forgets one of them.
 */
export async function growVault(folder: string, days: number): Promise<Grown> {
  const remote = await makeRemote(folder);
  const index = { folder: path.join(folder, 'index'), code: 'test' };
  const vault = await openTestVault(folder, remote, 'host', { kinds: noteKinds, index, isRemoteOwn: true });
  const costs: DayCost[] = [];
  const chain: ChainTrade[] = [];
  const work = path.join(folder, 'host', 'vault');
  try {
    for (let day = 0; day < days; day += 1) {
      const cost = await liveADay({ vault, remote, index, chain }, day);
      costs.push({ ...cost, noteBytes: await bytesIn(work, '.git') });
      if (process.env.KK_SHOW_DAYS !== undefined) console.log(day, JSON.stringify(costs.at(-1)));
    }
  } finally {
    await vault.close();
  }
  const subjects = (await git(remote, 'log', '--format=%s', 'main')).split('\n');
  const overheadBytes = (await bytesIn(folder)) - (await bytesIn(work, '.git'));
  const clone = path.join(folder, 'clone');
  await git(folder, 'clone', '--quiet', '--no-local', '--bare', remote, clone);
  return {
    days: costs,
    commits: subjects.length,
    restingCommits: subjects.filter((subject) => subject.endsWith(' agents rest')).length,
    archiveCommits: subjects.filter((subject) => subject.startsWith('Archive ')).length,
    overheadBytes,
    cloneBytes: await bytesIn(clone),
  };
}

interface GrowingWorld {
  readonly vault: Vault;
  readonly remote: string;
  readonly index: { readonly folder: string; readonly code: string };
  /** All trades that ever were, as the chain has them. */
  readonly chain: ChainTrade[];
}

async function liveADay(world: GrowingWorld, day: number): Promise<Omit<DayCost, 'noteBytes'>> {
  const { vault, remote, index, chain } = world;
  const beganAt = FIRST_DAY + day * DAY_SECONDS;
  const date = new Date(beganAt * 1000).toISOString().slice(0, 10);
  const trades = Array.from({ length: TRADES_A_DAY }, (_, at) =>
    makeTrade(day * TRADES_A_DAY + at, { ...SETTLED, ago: TIMES.until - beganAt - at * 600 }),
  );
  for (const trade of trades) if (trade.chain !== undefined) chain.push(trade.chain);
  const notes = trades.flatMap(({ buyer, seller }) => [
    ...(buyer ? [noteOf(buyer, encodeNote(buyerTradeKind, buyer))] : []),
    ...(seller ? [noteOf(seller, encodeNote(sellerTradeKind, seller))] : []),
  ]);
  const writes = [
    ...[BUYER, SELLER].map((name) =>
      aWrite(name, ...notes.filter(({ owner }) => owner === name).map(({ operation }) => operation)),
    ),
    ...trades.map(({ id }, at) => {
      const name = AGENTS[(day + at * 5) % AGENTS.length] ?? '';
      return aWrite(
        name,
        put(`agents/${name}/page-${day}-${at}.md`, `Page of day ${day}\n`.repeat(10)),
        remove(`agents/${name}/page-${day - AGENTS.length}-${at}.md`),
        append(`agents/${name}/log/${date.slice(0, 7)}/${date}-${name}.md`, `- saw ${id}\n`),
      );
    }),
  ];
  const rests: string[] = [];
  const book = createRestBook({
    vault: {
      write: (write) => {
        rests.push(write.id);
        return vault.write(write);
      },
    },
    uuid: () => crypto.randomUUID(),
    onError: (error) => {
      throw error;
    },
  });
  for (const name of AGENTS) book.hold(name, [put(`agents/${name}/state.md`, `rests on day ${day}\n`.repeat(30))], 120);
  const startMs = performance.now();
  await Promise.all([...writes.map((write) => vault.write(write)), book.flush()]);
  await Promise.all([...writes.map(({ id }) => id), ...rests].map((id) => vault.landed(id)));
  const view = chainOf({ blockTime: beganAt + DAY_SECONDS - 1 }, chain);
  const all = await vault.read();
  const headMs = performance.now() - startMs;
  const { completed } = totalsOf(recordsOf(all, view));
  if (completed !== chain.length) throw new Error(`${completed} of ${chain.length} trades are known on day ${day}`);
  const lookedMs = performance.now();
  const seen = (await readRepository(remote, { kinds: noteKinds, index })).notes(buyerTradeKind).length;
  const lookMs = performance.now() - lookedMs;
  const kept = all.notes(buyerTradeKind).length;
  if (seen !== kept) throw new Error(`a command sees ${seen} of ${kept} notes`);
  await archiveOnce({
    git: createGit(remote),
    readVault: vault.read,
    readChain: async () => view,
    readWallets: async () => WALLETS,
    settings: archiveSettings('month'),
  });
  return { headMs, lookMs, heapBytes: process.memoryUsage().heapUsed, notes: kept };
}

function noteOf(note: BuyerTradeNote | SellerTradeNote, text: string) {
  return { owner: note.owner, operation: put(tradePath(note.owner, note.requestedAt, note.id), text) };
}

async function bytesIn(folder: string, without?: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === without) continue;
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesIn(at);
    else bytes += (await stat(at).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}
