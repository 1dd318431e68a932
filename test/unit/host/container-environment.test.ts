import { describe, expect, it } from 'vitest';
import { SwarmError } from '../../../lib/core/errors.ts';
import { readAgentEnvironment, readStewardEnvironment } from '../../../lib/host/container/container-environment.ts';

const ON_EC2 = {
  AWS_REGION: 'us-east-1',
  KK_AGENT: 'kk-karma-hello',
  KK_SECRET: 'karmakadabra/units/kk-karma-hello',
  KK_VAULT_REMOTE: 'https://hub:8443/vault.git',
  KK_IRC: 'ircs://hub:6697',
  KK_BUCKET: 'karmakadabra-deliveries-000000000000-us-east-1',
  KK_CORPUS: 'karmakadabra-corpus-000000000000-us-east-1',
  KK_PREFIX: 'agents/kk-karma-hello/',
  KK_CHAIN: 'eip155:84532',
  KK_RPC: 'https://sepolia.base.org',
  KK_ESCROW: `0x${'1'.repeat(40)}`,
  KK_TOKEN: `0x${'2'.repeat(40)}`,
  NODE_EXTRA_CA_CERTS: '/run/kk/hub-ca.pem',
};

function refusal(changes: Readonly<Record<string, string | undefined>>): string {
  try {
    readAgentEnvironment({ ...ON_EC2, ...changes });
  } catch (error) {
    if (error instanceof SwarmError && error.code === 'unit/bad-environment') return error.message;
  }
  return expect.fail('the environment was taken, or another error was thrown');
}

describe('the environment of the steward’s container', () => {
  it('names a bucket only where the steward has to tidy it', () => {
    const { KK_BUCKET, KK_AGENT: _, KK_PREFIX: __, ...rest } = ON_EC2;
    expect(readStewardEnvironment(rest).KK_BUCKET).toBeUndefined();
    expect(readStewardEnvironment({ ...rest, KK_BUCKET }).KK_BUCKET).toBe(KK_BUCKET);
    expect(() => readStewardEnvironment({ ...rest, KK_BUCKET: 'No Bucket' })).toThrow(SwarmError);
  });
});

describe('the environment of an agent’s container', () => {
  it('is what the infrastructure gives, with the rest at its default', () => {
    const read = readAgentEnvironment({ ...ON_EC2, KK_CORPUS_DIR: '' });
    expect([read.KK_BEAT_SECONDS, read.KK_CORPUS_DIR]).toEqual([undefined, undefined]);
    expect(read).toMatchObject({
      KK_AGENT: 'kk-karma-hello',
      KK_CHAIN: 84532,
      KK_IRC: { host: 'hub', port: 6697, tls: true },
      KK_STATE: '/state',
      KK_HUB_CA: '/run/kk/hub-ca.pem',
      KK_DAY_SECONDS: 86_400,
    });
  });

  it.each(['KK_AGENT', 'KK_VAULT_REMOTE', 'KK_IRC', 'KK_BUCKET', 'KK_PREFIX', 'AWS_REGION'])(
    'says that %s is not set, together with all else that is wrong',
    (name) => {
      for (const value of [undefined, '']) {
        const said = refusal({ [name]: value, KK_BEAT_SECONDS: 'often' });
        expect(said).toContain(`${name} is not set`);
        expect(said).toContain('KK_BEAT_SECONDS must be');
      }
    },
  );

  it('wants the RPC’s address, or the secret that holds it, and not both', () => {
    expect(refusal({ KK_RPC: undefined })).toContain('KK_RPC_SECRET');
    expect(refusal({ KK_RPC_SECRET: 'karmakadabra/units/rpc' })).toContain('not both');
    const kept = readAgentEnvironment({ ...ON_EC2, KK_RPC: undefined, KK_RPC_SECRET: 'karmakadabra/units/rpc' });
    expect([kept.KK_RPC, kept.KK_RPC_SECRET]).toEqual([undefined, 'karmakadabra/units/rpc']);
  });

  it('wants to be told where the contracts are, in one way or the other', () => {
    for (const name of ['KK_CHAIN', 'KK_ESCROW', 'KK_TOKEN']) {
      expect(refusal({ [name]: undefined })).toContain(`${name} is not set`);
      const elsewhere = { ...ON_EC2, [name]: undefined, KK_DEPLOYMENT: '/shared/deployment.json' };
      expect(readAgentEnvironment(elsewhere).KK_DEPLOYMENT).toBe('/shared/deployment.json');
    }
  });

  it('takes no line in the clear but to this machine, no prefix but the agent’s own, and repeats no value', () => {
    expect(refusal({ KK_VAULT_REMOTE: 'http://hub:8443/vault.git' })).toContain('KK_VAULT_REMOTE');
    expect(refusal({ KK_IRC: 'irc://hub:6667' })).toContain('KK_IRC');
    expect(readAgentEnvironment({ ...ON_EC2, KK_IRC: 'irc://127.0.0.1:6667' }).KK_IRC.tls).toBe(false);
    expect(refusal({ KK_PREFIX: 'agents/kk-validator/' })).toContain('agents/kk-karma-hello/');
    const planted = refusal({ KK_RPC: 'https://user:planted-key@rpc.example/planted-key' });
    expect(planted).toContain('KK_RPC');
    expect(planted).not.toContain('planted');
  });

  it('wants one secret, not two and not none', () => {
    expect(refusal({ KK_SECRET: undefined })).toContain('KK_SECRET');
    expect(refusal({ KK_SECRET_FILE: '/run/secrets/kk' })).toContain('both set');
  });
});
