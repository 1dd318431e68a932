import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, createPublicClient, decodeFunctionData, getAbiItem, type Hex, http, parseAbiItem } from 'viem';
import { startAnvil } from '../../lib/local/evm.ts';
import { escrowAbi } from '../../lib/market/contracts/escrow-abi.ts';

/** A trade as the escrow's own events tell it. Times are block times in seconds since 1970. */
export interface AuditedTrade {
  readonly id: Hex;
  readonly buyer: Address;
  readonly seller: Address;
  readonly amountAtomic: bigint;
  readonly openings: number;
  readonly payouts: number;
  readonly refunds: number;
  /** Until when the last step before the end was allowed. */
  readonly deadline: number;
  readonly endedAt: number | undefined;
}

/** What the chain says of the market, read without any of the market's own readers. */
export interface ChainAudit {
  readonly trades: ReadonlyMap<Hex, AuditedTrade>;
  /** Every movement of the token, in chain order. */
  readonly transfers: readonly { readonly from: Address; readonly to: Address; readonly amountAtomic: bigint }[];
  readonly escrowBalanceAtomic: bigint;
}

const EVENTS = [
  getAbiItem({ abi: escrowAbi, name: 'Opened' }),
  getAbiItem({ abi: escrowAbi, name: 'Revealed' }),
  getAbiItem({ abi: escrowAbi, name: 'Settled' }),
  getAbiItem({ abi: escrowAbi, name: 'Refunded' }),
] as const;
const TRANSFER = parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)');
const BALANCE_OF = parseAbiItem('function balanceOf(address) view returns (uint256)');

/** Reads a living chain from its first block on. */
export async function auditChain(
  rpcUrl: string,
  market: { readonly escrow: string; readonly token: string },
): Promise<ChainAudit> {
  const escrow = lower(market.escrow);
  const token = lower(market.token);
  const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 5 }) });
  const [events, transfers, escrowBalanceAtomic] = await Promise.all([
    client.getLogs({ address: escrow, events: EVENTS, fromBlock: 0n, strict: true }),
    client.getLogs({ address: token, event: TRANSFER, fromBlock: 0n, strict: true }),
    client.readContract({ address: token, abi: [BALANCE_OF], functionName: 'balanceOf', args: [escrow] }),
  ]);
  const trades = new Map<Hex, AuditedTrade>();
  const timeOf = blockTimes(async (blockNumber) => Number((await client.getBlock({ blockNumber })).timestamp));
  for (const log of events) {
    const id = log.args.tradeId;
    const before = trades.get(id);
    if (log.eventName === 'Opened') {
      const { amount, deadline } = log.args;
      const known = before ?? { payouts: 0, refunds: 0, openings: 0, endedAt: undefined };
      const parties = { buyer: lower(log.args.buyer), seller: lower(log.args.seller) };
      const terms = { id, ...parties, amountAtomic: amount, deadline: Number(deadline) };
      trades.set(id, { ...known, ...terms, openings: known.openings + 1 });
      continue;
    }
    if (before === undefined) throw new Error(`${log.eventName} of ${id}, which was never opened`);
    if (log.eventName === 'Revealed') {
      trades.set(id, { ...before, deadline: Number(log.args.deadline) });
      continue;
    }
    const endedAt = await timeOf(log.blockNumber);
    const end = log.eventName === 'Settled' ? { payouts: before.payouts + 1 } : { refunds: before.refunds + 1 };
    trades.set(id, { ...before, ...end, endedAt });
  }
  return {
    trades,
    transfers: transfers.map(({ args }) => ({
      from: lower(args.from),
      to: lower(args.to),
      amountAtomic: args.value,
    })),
    escrowBalanceAtomic,
  };
}

/** Reads the chain that a stopped swarm left in its state folder: from a copy, on a chain process of its own. */
export async function auditKeptChain(
  stateDir: string,
  market: { readonly escrow: string; readonly token: string },
): Promise<ChainAudit> {
  return onKeptChain(stateDir, (rpcUrl) => auditChain(rpcUrl, market));
}

/** The content that each trade was opened for, by the quote in the transaction of its opening. */
export async function contentsBought(stateDir: string, escrow: string): Promise<ReadonlyMap<Hex, Hex>> {
  return onKeptChain(stateDir, async (rpcUrl) => {
    const client = createPublicClient({ transport: http(rpcUrl, { retryCount: 5 }) });
    const openings = await client.getLogs({ address: lower(escrow), event: EVENTS[0], fromBlock: 0n, strict: true });
    const contents = new Map<Hex, Hex>();
    for (const hash of new Set(openings.map(({ transactionHash }) => transactionHash))) {
      const { input } = await client.getTransaction({ hash });
      const { functionName, args } = decodeFunctionData({ abi: escrowAbi, data: input });
      const items =
        functionName === 'openMany'
          ? args[0]
          : functionName === 'open' || functionName === 'openAndReveal'
            ? [args[0]]
            : [];
      for (const { quote } of items) contents.set(quote.tradeId, quote.contentRoot);
    }
    return contents;
  });
}

async function onKeptChain<Seen>(stateDir: string, look: (rpcUrl: string) => Promise<Seen>): Promise<Seen> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-audit-'));
  try {
    await cp(join(stateDir, 'chain'), dir, { recursive: true });
    await rm(join(dir, 'state.json.pid'), { force: true });
    const chain = await startAnvil({
      stateFile: join(dir, 'state.json'),
      funded: [],
      log: () => undefined,
    });
    try {
      return await look(chain.rpcUrl);
    } finally {
      await chain.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Sums the movements of the token that a condition picks. */
export function moved(audit: ChainAudit, picks: (transfer: ChainAudit['transfers'][number]) => boolean): bigint {
  return audit.transfers.filter(picks).reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n);
}

function blockTimes(read: (block: bigint) => Promise<number>): (block: bigint) => Promise<number> {
  const known = new Map<bigint, Promise<number>>();
  return (block) => {
    const time = known.get(block) ?? read(block);
    known.set(block, time);
    return time;
  };
}

function lower(address: string): Address {
  return address.toLowerCase() as Address;
}
