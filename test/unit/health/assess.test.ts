import { describe, expect, it } from 'vitest';
import { NO_ORDERS } from '../../../lib/core/orders.ts';
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
  orders: NO_ORDERS,
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

describe('what operators ordered', () => {
  const check = (orders: Partial<typeof NO_ORDERS>, name: string) =>
    assess({ ...unseen, orders: { ...NO_ORDERS, ...orders } }).find((one) => one.name === name);

  it('is no check where all is obeyed and nobody is shut out', () => {
    expect([check({}, 'signed notes'), check({}, 'quarantine')]).toEqual([undefined, undefined]);
  });

  it('names the note that is not obeyed, why, who changed it, what holds, and the next step', () => {
    const findings = [{ path: 'shared/config.md', why: 'unsigned', author: 'bob' }] as const;
    const { status, detail, next } = check({ findings }, 'signed notes') ?? {};
    expect(status).toBe('degraded');
    expect(detail).toMatch(/shared\/config\.md \(nobody signed it; last changed by bob\).*Obeyed: protocol 1/);
    expect(next).toContain('swarm-ops config set');
  });

  it('names who is in quarantine, since when, until when, by which key, and the next steps', () => {
    const one = { agent: 'kk-bad', reason: 'its key was stolen', since: 0, until: 86_400, by: ['SHA256:abc anna'] };
    const { detail, next } = check({ quarantined: new Map([['kk-bad', one]]) }, 'quarantine') ?? {};
    expect(detail).toBe(
      'kk-bad since 1970-01-01T00:00:00Z until 1970-01-02T00:00:00Z, by SHA256:abc anna: its key was stolen',
    );
    expect(next).toMatch(/swarm-ops quarantine kk-bad --release .*--confirm/);
    const lasting = check({ quarantined: new Map([['kk-bad', { ...one, until: undefined }]]) }, 'quarantine');
    expect(lasting?.detail).toContain('until it is released');
    expect(lasting?.next).not.toContain('--confirm');
  });
});
