import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, makeSwarmBox, PROJECT, type Started, type SwarmBox } from '../support/swarm.ts';

const PATIENCE_MS = 60_000;
const PLANTED = 'planted-password-of-the-hub';

describe('the program of an agent’s container, before anything that it stands on is there', () => {
  let box: SwarmBox;
  const at = (...parts: readonly string[]): string => join(box.root, ...parts);
  const environment = (changes: Readonly<Record<string, string>> = {}) => ({
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    KK_AGENT: 'kk-0xyuls',
    KK_SECRET_FILE: at('secret.json'),
    // Nothing listens there.
    KK_VAULT_REMOTE: 'https://127.0.0.1:1/vault.git',
    KK_IRC: 'ircs://127.0.0.1:1',
    KK_HUB_CA: at('hub-ca.pem'),
    KK_BUCKET: 'kk-deliveries',
    KK_PREFIX: 'agents/kk-0xyuls/',
    KK_DEPLOYMENT: at('deployment.json'),
    KK_RPC: 'http://127.0.0.1:1',
    KK_STATE: at('unit'),
    ...changes,
  });
  const start = (changes?: Readonly<Record<string, string>>, command = 'agent'): Started =>
    box.start(process.execPath, [box.program, command], environment(changes));
  const writeSecret = (changes: object = {}) =>
    writeFile(
      at('secret.json'),
      JSON.stringify({
        apiVersion: 'karmakadabra/v1',
        kind: 'AgentSecret',
        name: 'kk-0xyuls',
        privateKey: generatePrivateKey(),
        deliverySeed: 'ab'.repeat(32),
        hub: { account: 'kk-0xyuls', password: PLANTED },
        ...changes,
      }),
    );
  const waitsFor = (what: string) =>
    eventually(`it waits for ${what}`, PATIENCE_MS, async () => {
      const text = await readFile(at('unit', 'beat.json'), 'utf8').catch(() => '');
      return text.includes(`"waitsFor":"${what}"`) ? true : undefined;
    });

  beforeEach(async () => {
    box = await makeSwarmBox();
  });
  afterEach(() => box.cleanUp());

  it('waits for one after the other, tells its health check so, and ends well at SIGTERM', async () => {
    const unit = start();
    await waitsFor('its secret');
    await writeSecret();
    await waitsFor('the hub’s certificate');
    const health = await box.start(process.execPath, [box.program, 'beat-check'], environment()).ended;
    expect([health.exitCode, health.stdout]).toEqual([1, 'kk-0xyuls waits for the hub’s certificate\n']);
    await writeFile(at('hub-ca.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    await waitsFor('the chain');
    process.kill(unit.pid, 'SIGTERM');
    const { exitCode, stdout, stderr } = await unit.ended;
    expect([exitCode, stderr.replace(/^\(node:.*\n(?:.*\n)*$/m, '')]).toEqual([0, '']);
    expect(stdout).toContain('waiting for its secret');
    expect(stdout).toContain(`there is no file ${at('secret.json')} yet`);
    expect(stdout).not.toContain(PLANTED);
  });

  it('refuses a second process in the same state folder', async () => {
    const first = start();
    await waitsFor('its secret');
    const second = await start().ended;
    expect([second.exitCode, second.stderr]).toEqual([
      75,
      expect.stringContaining(`is in use by process ${first.pid}`),
    ]);
    expect(first.isOver()).toBe(false);
  });

  it.each([
    ['a variable that is wrong', { KK_AGENT: 'nobody', KK_BUCKET: '' }, {}, ['KK_AGENT', 'KK_BUCKET is not set']],
    [
      'an agent that is not there',
      { KK_AGENT: 'kk-nobody', KK_PREFIX: 'agents/kk-nobody/' },
      {},
      ['There is no agent kk-nobody'],
    ],
    ['a secret of somebody else', {}, { name: 'kk-validator' }, ['it is the secret of "kk-validator"']],
    ['a secret that is not whole', {}, { hub: undefined, deliverySeed: 'short' }, ['hub', 'deliverySeed']],
  ])('ends with code 78 and says what to do: %s', async (_, changes, secret, said) => {
    await writeSecret(secret);
    const { exitCode, stderr, stdout } = await start(changes).ended;
    expect(exitCode, stderr).toBe(78);
    for (const words of said) expect(stderr).toContain(words);
    expect(stdout + stderr).not.toContain(PLANTED);
  });

  it('ends with code 78 when the wallet in the secret is not the manifest’s', async () => {
    const privateKey = generatePrivateKey();
    const [mine, other] = [privateKeyToAddress(privateKey), privateKeyToAddress(generatePrivateKey())];
    const folder = at('agents', 'kk-0xyuls');
    await mkdir(folder, { recursive: true });
    const manifest = await readFile(join(PROJECT, 'agents/kk-0xyuls/manifest.yaml'), 'utf8');
    await writeFile(
      join(folder, 'manifest.yaml'),
      manifest.replace(/(wallet:\n {4}index: \d+)/, `$1\n    address: "${other}"`),
    );
    await writeFile(join(folder, 'SOUL.md'), '# Somebody\n');
    await writeSecret({ privateKey });
    const { exitCode, stderr } = await start({ KK_AGENTS: at('agents') }).ended;
    expect([exitCode, stderr]).toEqual([78, expect.stringContaining(`holds the wallet ${mine}`)]);
    expect(stderr.toLowerCase()).toContain(other.toLowerCase());
  });

  it('ends with code 78 when the RPC serves another chain', async () => {
    const rpc = await rpcOf(1);
    try {
      await writeSecret();
      await writeFile(at('hub-ca.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
      const contract = `0x${'1'.repeat(40)}`;
      await writeFile(
        at('deployment.json'),
        JSON.stringify({ chainId: 84532, escrow: contract, token: contract, fromBlock: 0 }),
      );
      const { exitCode, stderr } = await start({ KK_RPC: `http://127.0.0.1:${rpc.port}` }).ended;
      expect([exitCode, stderr]).toEqual([
        78,
        expect.stringContaining('serves chain 1, and this container belongs to chain 84532'),
      ]);
    } finally {
      rpc.server.close();
    }
  });
});

/** An RPC that only knows its chain's id. */
async function rpcOf(chainId: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    incoming.on('end', () => {
      const asked: unknown = JSON.parse(body);
      const answer = ({ id }: { id: number }) => ({ jsonrpc: '2.0', id, result: `0x${chainId.toString(16)}` });
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end(JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked as { id: number })));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
