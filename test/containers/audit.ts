import type { Hex } from 'viem';
import { z } from 'zod';
import { sumAtomic } from '../../lib/core/money.ts';
import { auditChain, type ChainAudit } from '../support/chain-audit.ts';
import type { VaultAudit } from '../support/vault-audit.ts';
import { addressOf, unitOf } from './units.ts';
import { volumeFile } from './volumes.ts';
import type { ContainerWorld } from './world.ts';

const deployment = z.object({ escrow: z.string(), token: z.string() });

/** What the chain of the swarm says, read through its gate. */
export async function auditSwarmChain(world: ContainerWorld): Promise<ChainAudit> {
  const chain = await unitOf(world, 'chain');
  const market = deployment.parse(JSON.parse(await volumeFile(world, 'deployment', 'deployment.json')));
  return auditChain(`http://${addressOf(chain)}:8545`, market);
}

/** What doesn't add up between the chain and both sides' notes; empty when nothing was lost, and nothing done twice. */
export function discrepancies(
  chain: ChainAudit,
  vault: Pick<VaultAudit, 'bought' | 'sold' | 'unreadable'>,
): readonly string[] {
  const bought = new Map(vault.bought.map((note) => [note.id, note]));
  const sold = new Map(vault.sold.map((note) => [note.id, note]));
  const trades = [...chain.trades.values()];
  const ended = ({ payouts, refunds }: (typeof trades)[number]): boolean => payouts + refunds > 0;
  const held = sumAtomic(trades.filter((trade) => !ended(trade)).map(({ amountAtomic }) => amountAtomic));
  const requests = [...bought.values()]
    .filter(({ id }) => chain.trades.has(id as Hex))
    .map(({ owner, offer }) => `${owner} ${offer}`);
  return [
    ...trades.filter(({ id }) => !bought.has(id)).map(({ id }) => `${id} is on chain, and its buyer has no note of it`),
    ...trades.filter(({ id }) => !sold.has(id)).map(({ id }) => `${id} is on chain, and its seller has no note of it`),
    ...trades.filter(({ openings }) => openings !== 1).map(({ id, openings }) => `${id} was opened ${openings} times`),
    ...trades.filter(({ payouts, refunds }) => payouts + refunds > 1).map(({ id }) => `${id} was paid out twice`),
    ...requests.filter((one, i) => requests.indexOf(one) !== i).map((one) => `${one} was bought twice`),
    ...(held === chain.escrowBalanceAtomic
      ? []
      : [`the escrow holds ${chain.escrowBalanceAtomic}, its open trades ${held}`]),
    ...vault.unreadable.map((path) => `${path} can't be read`),
  ];
}

/** Trades that notes call settled and the chain doesn't. A note may be late, never early. */
export function premature(chain: ChainAudit, vault: Pick<VaultAudit, 'bought' | 'sold'>): readonly string[] {
  return [...vault.bought, ...vault.sold]
    .filter(({ closed }) => closed?.state === 'settled')
    .filter(({ id }) => (chain.trades.get(id as Hex)?.payouts ?? 0) === 0)
    .map(({ owner, id }) => `${owner} calls ${id} settled`);
}
