import { privateKeyToAddress } from 'viem/accounts';
import { z } from 'zod';
import type { AuditedTrade, ChainAudit } from '../support/chain-audit.ts';
import type { Unit } from './units.ts';
import { volumeFile } from './volumes.ts';
import type { ContainerWorld } from './world.ts';

const secret = z.object({ privateKey: z.templateLiteral(['0x', z.string()]) });

/** The trades that are paid into the escrow and neither paid out nor back. */
export function openTrades(chain: ChainAudit): readonly AuditedTrade[] {
  return [...chain.trades.values()].filter(({ payouts, refunds }) => payouts + refunds === 0);
}

/** The containers of a trade's buyer and seller, by their wallets. */
export async function partiesOf(
  world: ContainerWorld,
  { buyer, seller }: AuditedTrade,
  agents: readonly Unit[],
): Promise<readonly Unit[]> {
  const wallets = await Promise.all(
    agents.map(async ({ service }) => {
      const text = await volumeFile(world, `secret-${service}`, 'secret.json');
      return privateKeyToAddress(secret.parse(JSON.parse(text)).privateKey).toLowerCase();
    }),
  );
  const parties = [buyer, seller].map((wallet) => wallet.toLowerCase());
  return agents.filter((_, index) => parties.includes(wallets[index] ?? ''));
}
