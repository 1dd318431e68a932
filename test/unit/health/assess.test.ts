import { describe, expect, it } from 'vitest';
import { assess, type HealthProbes } from '../../../lib/health/assess.ts';

const blind = { ok: false, why: 'not looked at' } as const;
const unseen: HealthProbes = {
  now: 0,
  process: blind,
  agents: blind,
  vault: blind,
  channel: blind,
  escrow: blind,
  treasury: { ok: true, value: undefined },
};
type Bank = NonNullable<Extract<HealthProbes['treasury'], { readonly ok: true }>['value']>;
const bank: Bank = { address: '0xba', shortAtomic: 0n, waiting: 0, refused: [], errors: [] };
const treasuryOf = (value: Bank) =>
  assess({ ...unseen, treasury: { ok: true, value } }).find(({ name }) => name === 'treasury');

describe('the health of the treasury', () => {
  it('is assessed where one has looked', () => {
    expect(assess(unseen).some(({ name }) => name === 'treasury')).toBe(false);
    expect(treasuryOf(bank)?.status).toBe('ok');
    expect(assess({ ...unseen, treasury: blind }).at(-1)).toMatchObject({ name: 'treasury', status: 'unreachable' });
  });

  it('says how much is missing and where it goes, and whom the token refuses', () => {
    const short = treasuryOf({ ...bank, shortAtomic: 1_500_000n, waiting: 3 });
    expect(short).toMatchObject({ status: 'degraded', next: expect.stringContaining('1.50 USDC or more to 0xba') });
    const refused = treasuryOf({ ...bank, refused: ['kk-fan'] });
    expect(refused).toMatchObject({ status: 'degraded', detail: expect.stringContaining('kk-fan') });
    expect(treasuryOf({ ...bank, errors: ['the clock is wrong'] })).toMatchObject({
      status: 'degraded',
      detail: 'the clock is wrong',
    });
  });
});
