import { describe, expect, it } from 'vitest';
import { CHAINS, chainOfId, chainRulesOf, embeddedChain, publicChains } from '../../../lib/core/chains.ts';

const DAY = 86_400;
const UNKNOWN = [1, 999_999];

describe('the records of chains', () => {
  it('are each of another number and name, with addresses in lower case', () => {
    expect(new Set(CHAINS.map(({ id }) => id)).size).toBe(CHAINS.length);
    expect(new Set(CHAINS.map(({ name }) => name)).size).toBe(CHAINS.length);
    for (const { id } of CHAINS) expect(chainOfId(id)?.id).toBe(id);
    for (const { network } of publicChains()) expect(network.usdc.address).toMatch(/^0x[0-9a-f]{40}$/);
  });

  it('give buyers a day to dispute where the money is real', () => {
    const real = publicChains().filter(({ network }) => network.isRealMoney);
    expect(real.length).toBeGreaterThan(0);
    for (const { escrow } of real) expect(escrow.minDisputeWindowSeconds).toBeGreaterThanOrEqual(DAY);
  });

  it('spare the nodes of every chain but the embedded one', () => {
    expect(embeddedChain.treasuryEverySeconds).toBe(2);
    for (const id of [...publicChains().map((chain) => chain.id), ...UNKNOWN]) {
      expect(chainRulesOf(id).treasuryEverySeconds).toBeGreaterThanOrEqual(60);
    }
  });

  it('take a chain that nobody has heard of for one with real money', () => {
    for (const id of UNKNOWN) {
      expect(chainOfId(id)).toBeUndefined();
      expect(chainRulesOf(id).trade.gasLimit).toBeDefined();
      expect(chainRulesOf(id).maxGasPriceWei).toBe(5_000_000_000n);
    }
  });
});
