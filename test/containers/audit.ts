import type { Hex } from 'viem';
import { z } from 'zod';
import { sumAtomic } from '../../lib/core/money.ts';
import { auditChain, type ChainAudit } from '../support/chain-audit.ts';
import type { VaultAudit } from '../support/vault-audit.ts';
import { openTrades } from './open-trades.ts';
import { addressOf, unitOf } from './units.ts';
import { volumeFile } from './volumes.ts';
import type { ContainerWorld } from './world.ts';

type Notes = Pick<VaultAudit, 'bought' | 'sold' | 'unreadable'>;

const deployment = z.object({ escrow: z.string(), token: z.string() });

/** What the chain of the swarm says, read through its gate. */
export async function auditSwarmChain(world: ContainerWorld): Promise<ChainAudit> {
  const chain = await unitOf(world, 'chain');
  const market = deployment.parse(JSON.parse(await volumeFile(world, 'deployment', 'deployment.json')));
  return auditChain(`http://${addressOf(chain)}:8545`, market);
}

/** What doesn't add up between the chain and both sides' notes; empty when nothing was lost, and nothing done twice. */
export function discrepancies(chain: ChainAudit, vault: Notes): readonly string[] {
  const bought = new Set(vault.bought.map(({ id }) => id));
  const sold = new Set(vault.sold.map(({ id }) => id));
  const ids = [...chain.trades.keys()];
  return [
    ...ids.filter((id) => !bought.has(id)).map((id) => `${id} is on chain, and its buyer has no note of it`),
    ...ids.filter((id) => !sold.has(id)).map((id) => `${id} is on chain, and its seller has no note of it`),
    ...repeated(chain, vault),
  ];
}

/** What must not be at any moment, also while a trade is between two notes: money or goods twice, or a note that can't be read. */
export function repeated(chain: ChainAudit, { bought, unreadable }: Notes): readonly string[] {
  const trades = [...chain.trades.values()];
  const held = sumAtomic(openTrades(chain).map(({ amountAtomic }) => amountAtomic));
  const notes = new Map(bought.map((note) => [note.id, note]));
  const requests = [...notes.values()]
    .filter(({ id }) => chain.trades.has(id as Hex))
    .map(({ owner, offer }) => `${owner} ${offer}`);
  return [
    ...trades.filter(({ openings }) => openings !== 1).map(({ id, openings }) => `${id} was opened ${openings} times`),
    ...trades.filter(({ payouts, refunds }) => payouts + refunds > 1).map(({ id }) => `${id} was paid out twice`),
    ...requests.filter((one, i) => requests.indexOf(one) !== i).map((one) => `${one} was bought twice`),
    ...(held === chain.escrowBalanceAtomic
      ? []
      : [`the escrow holds ${chain.escrowBalanceAtomic}, its open trades ${held}`]),
    ...unreadable.map((path) => `${path} can't be read`),
  ];
}

/** Trades that notes call settled and the chain doesn't. A note may be late, never early. */
export function premature(chain: ChainAudit, vault: Pick<VaultAudit, 'bought' | 'sold'>): readonly string[] {
  return [...vault.bought, ...vault.sold]
    .filter(({ closed }) => closed?.state === 'settled')
    .filter(({ id }) => (chain.trades.get(id as Hex)?.payouts ?? 0) === 0)
    .map(({ owner, id }) => `${owner} calls ${id} settled`);
}
