import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessManifest } from '../../../lib/core/check-manifest.ts';
import { SwarmError } from '../../../lib/core/errors.ts';
import { nickOf, ROLES } from '../../../lib/core/manifest.ts';
import { checkManifest } from '../../support/check-manifest.ts';

const FILE = 'agents/kk-test/manifest.yaml';

/** A manifest as YAML gives it, with some part of `spec` replaced. */
function manifest(spec: Record<string, unknown> = {}, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    apiVersion: 'karmakadabra/v1',
    kind: 'Agent',
    metadata: { name: 'kk-test', description: 'A test.' },
    spec: {
      role: 'buyer',
      wallet: { index: 99 },
      buys: [{ product: 'soul', maxPrice: '0.09' }],
      budget: { daily: '0.50', reserve: '0.05' },
      schedule: {},
      ...spec,
    },
    ...rest,
  };
}

/** The one error's message. */
function refusal(value: unknown): string {
  try {
    checkManifest(value, FILE);
  } catch (error) {
    expect(error).toBeInstanceOf(SwarmError);
    expect(error).toMatchObject({ code: 'core/bad-manifest', disposition: 'stop' });
    expect(error instanceof SwarmError && error.next.length > 0).toBe(true);
    return error instanceof Error ? error.message : '';
  }
  return expect.fail('the manifest was accepted');
}

describe('a right manifest', () => {
  it('comes with amounts in atomic units and defaults filled in', () => {
    const { spec, metadata } = checkManifest(manifest(), FILE);
    expect(spec.buys[0]).toMatchObject({ maxPrice: 90_000n, unit: 'piece', perDay: 10, onlyTopics: false });
    expect(spec.budget).toEqual({ daily: 500_000n, reserve: 50_000n });
    expect(spec.channels).toEqual(['#karmakadabra']);
    expect(metadata.name).toBe('kk-test');
  });

  it('says which nick it uses', () => {
    expect(nickOf(checkManifest(manifest(), FILE))).toBe('kk-test');
    const named = manifest({}, { metadata: { name: 'kk-test', nick: 'kkt', description: 'A test.' } });
    expect(nickOf(checkManifest(named, FILE))).toBe('kkt');
  });
});

describe('a wrong manifest', () => {
  it('with a float price is told to quote it, with the value that stands there', () => {
    const message = refusal(manifest({ sells: [{ product: 'soul', price: 0.05 }] }));
    expect(message).toContain(`${FILE}: spec.sells[0].price: 0.05 is an unquoted number`);
    expect(message).toContain('write it as a quoted string: "0.05"');
  });

  it('with any number as a price is never accepted', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer()), (price) => {
        expect(refusal(manifest({ sells: [{ product: 'soul', price }] }))).toContain('quoted string');
      }),
    );
  });

  it('with an unknown role is told the roles', () => {
    const message = refusal(manifest({ role: 'wizard' }));
    expect(message).toContain('spec.role: "wizard"');
    for (const role of ROLES) expect(message).toContain(role);
  });

  it('with an unknown key is told the key that was probably meant, or all that there are', () => {
    const typo = refusal(manifest({ buys: [{ product: 'soul', maxPrice: '0.09', onlytopic: true }] }));
    expect(typo).toContain('spec.buys[0]: unknown key "onlytopic"; did you mean onlyTopics?');
    expect(refusal(manifest({}, { colour: 'red' }))).toContain('known here: apiVersion, kind, metadata, spec');
  });

  it('is told all of its errors at once', () => {
    const message = refusal(manifest({ role: 'wizard', wallet: { index: -1 }, budget: { daily: 2 } }));
    for (const path of ['spec.role', 'spec.wallet.index', 'spec.budget.daily', 'spec.budget.reserve: is missing']) {
      expect(message).toContain(path);
    }
    expect(message).toContain('4 errors in 1 manifest');
  });

  it('that contradicts itself is refused', () => {
    const soul = { product: 'soul', price: '0.08' };
    expect(refusal(manifest({ sells: [soul, soul] }))).toContain('spec.sells[1].product: "soul" occurs twice');
    expect(refusal(manifest({ sells: [{ ...soul, price: '0' }] }))).toContain('must be above zero');
    expect(refusal(manifest({ budget: { daily: '0.10', reserve: '0.20' } }))).toContain('must not exceed budget.daily');
    expect(refusal(manifest({ buys: [{ product: 'soul', maxPrice: '1', onlyTopics: true }] }))).toContain('one topic');
  });

  it.each(['kk-treasury', 'kk-ops', 'kk-steward'])('may not take the name of a part of the swarm: %s', (name) => {
    const named = { ...manifest({}), metadata: { name, description: 'An impostor.' } };
    expect(refusal(named)).toContain('is reserved for a service of the swarm');
  });

  it('of any shape at all gives errors and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const verdict = assessManifest(value, FILE);
        expect(verdict.ok).toBe(false);
        if (!verdict.ok) expect(verdict.errors.length).toBeGreaterThan(0);
      }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('role', 'wallet', 'sells', 'buys', 'budget'), fc.anything()),
        (spec) => {
          const verdict = assessManifest(manifest(spec), FILE);
          if (!verdict.ok) for (const { detail } of verdict.errors) expect(detail).not.toContain('\n');
        },
      ),
    );
  });
});
