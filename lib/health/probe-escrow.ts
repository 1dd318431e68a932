import type { Address } from 'viem';
import type { ChainView } from '../core/chain.ts';
import { sumAtomic } from '../core/money.ts';
import type { VaultIndex } from '../core/vault.ts';
import { escrowAbi } from '../market/contracts/escrow-abi.ts';
import type { MarketHost } from '../market/market-host.ts';
import { allTrades } from '../market/notes/trade-pairs.ts';
import { readTokenBalance } from '../market/token/token.ts';

/** What the escrow holds and owes, in atomic units, and which trades it should have ended. */
export interface EscrowFacts {
  readonly balanceAtomic: bigint;
  readonly heldAtomic: bigint;
  readonly creditedAtomic: bigint;
  readonly overdue: readonly string[];
}

/** A trade is overdue this many seconds after its deadline, so that everybody has a beat to act. */
const OVERDUE_GRACE_SECONDS = 60;

/**
 * Compares what the escrow holds with what it owes for open trades and to these accounts.
 * @throws SwarmError `market/chain-unreachable`
 */
export async function probeEscrow(
  { client, index, deployment }: MarketHost,
  accounts: readonly Address[],
  vault: VaultIndex,
  chain: ChainView,
): Promise<EscrowFacts> {
  const { escrow, token } = deployment;
  const [balanceAtomic, book, credits] = await Promise.all([
    readTokenBalance(client, token, escrow),
    index.refresh({ force: true }),
    Promise.all(
      accounts.map((account) =>
        client.readContract({ address: escrow, abi: escrowAbi, functionName: 'creditOf', args: [account] }),
      ),
    ),
  ]);
  return {
    balanceAtomic,
    heldAtomic: sumAtomic([...book.trades.values()].filter(isOpen).map(({ amountAtomic }) => amountAtomic)),
    creditedAtomic: sumAtomic(credits),
    overdue: allTrades(vault, chain).flatMap(({ id, chain: trade }) =>
      trade !== undefined && isOpen(trade) && chain.blockTime > trade.deadline + OVERDUE_GRACE_SECONDS
        ? [id.slice(0, 10)]
        : [],
    ),
  };
}

function isOpen({ state }: { readonly state: string }): boolean {
  return state === 'opened' || state === 'revealed';
}
