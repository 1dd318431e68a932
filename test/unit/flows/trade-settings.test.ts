import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type TradeSettings, tradeSettingsOf } from '../../../lib/flows/trade/settings.ts';
import { PRESETS } from '../../../lib/market/chain/presets.ts';

const DAY = 86_400;
const WEEK = 7 * DAY;
const BASE = 8453;
const preset = z.object({
  chainId: z.number(),
  escrow: z.object({ minRevealWindowSeconds: z.number(), minDisputeWindowSeconds: z.number() }),
});
const presets = Object.values(PRESETS).map((one) => preset.parse(one));
const all = [31_337, ...presets.map(({ chainId }) => chainId)].map((id): readonly [number, TradeSettings] => [
  id,
  tradeSettingsOf(id),
]);

describe('the terms of trade', () => {
  it.each(presets)('on chain $chainId are within what its escrow accepts', ({ chainId, escrow }) => {
    const { revealWindowSeconds, disputeWindowSeconds } = tradeSettingsOf(chainId);
    expect(revealWindowSeconds).toBeGreaterThanOrEqual(escrow.minRevealWindowSeconds);
    expect(disputeWindowSeconds).toBeGreaterThanOrEqual(escrow.minDisputeWindowSeconds);
    expect(revealWindowSeconds + disputeWindowSeconds).toBeLessThanOrEqual(WEEK);
  });

  it.each(all)('on chain %i leave room to act before each deadline', (_, settings) => {
    expect(settings.deadlineMarginSeconds * 2).toBeLessThan(settings.revealWindowSeconds);
    expect(settings.quoteBySeconds).toBeLessThan(settings.quoteLifeSeconds);
    // A URL that is renewed at half of its life outlives the wait for the next beat.
    expect(settings.urlLifeSeconds).toBeLessThanOrEqual(1800);
  });

  it('give a buyer a day to dispute where the money is real, also on a chain that nobody has heard of', () => {
    for (const chainId of [BASE, 1, 999_999]) {
      expect(tradeSettingsOf(chainId).disputeWindowSeconds).toBeGreaterThanOrEqual(DAY);
      expect(tradeSettingsOf(chainId).openDepth.type).toBe('confirmations');
    }
  });
});
