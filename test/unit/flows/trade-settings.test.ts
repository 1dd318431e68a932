import { describe, expect, it } from 'vitest';
import { base, CHAINS } from '../../../lib/core/chains.ts';
import { type TradeSettings, tradeSettingsOf } from '../../../lib/flows/trade/settings.ts';

const DAY = 86_400;
const WEEK = 7 * DAY;
const all = CHAINS.map(({ name, id }): readonly [string, TradeSettings] => [name, tradeSettingsOf(id)]);

describe('the terms of trade', () => {
  it.each(CHAINS)('on $name are within what its escrow accepts', ({ id, escrow }) => {
    const { revealWindowSeconds, disputeWindowSeconds } = tradeSettingsOf(id);
    expect(revealWindowSeconds).toBeGreaterThanOrEqual(escrow.minRevealWindowSeconds);
    expect(disputeWindowSeconds).toBeGreaterThanOrEqual(escrow.minDisputeWindowSeconds);
    expect(revealWindowSeconds + disputeWindowSeconds).toBeLessThanOrEqual(WEEK);
  });

  it.each(all)('on %s leave room to act before each deadline', (_, settings) => {
    expect(settings.deadlineMarginSeconds * 2).toBeLessThan(settings.revealWindowSeconds);
    expect(settings.quoteBySeconds).toBeLessThan(settings.quoteLifeSeconds);
    // A URL that is renewed at half of its life outlives the wait for the next beat.
    expect(settings.urlLifeSeconds).toBeLessThanOrEqual(1800);
  });

  it('give a buyer a day to dispute where the money is real, also on a chain that nobody has heard of', () => {
    for (const chainId of [base.id, 1, 999_999]) {
      expect(tradeSettingsOf(chainId).disputeWindowSeconds).toBeGreaterThanOrEqual(DAY);
      expect(tradeSettingsOf(chainId).openDepth.type).toBe('confirmations');
    }
  });
});
