import type { ChainConfig } from '../chain/chain-config.ts';
import type { EscrowSettings } from './verify-escrow.ts';

/** The windows of a chain's escrow, by its configuration. */
export function escrowSettingsOf({ escrow }: ChainConfig): EscrowSettings {
  return { minRevealWindow: escrow.minRevealWindowSeconds, minDisputeWindow: escrow.minDisputeWindowSeconds };
}
