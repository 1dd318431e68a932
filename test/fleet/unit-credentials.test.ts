import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createObjectStore } from '../../lib/delivery/object-store.ts';
import { presignDownload } from '../../lib/delivery/presign.ts';
import { makeUnitWorld } from '../support/container-world.ts';
import { makeSwarmBox } from '../support/swarm.ts';

const LIFE_SECONDS = 1500;

/** A broker of credentials that end so many seconds after each was asked for, the last for ever after. */
async function startBroker(lives: readonly number[]) {
  let asked = 0;
  const server: Server = createServer((_, outgoing) => {
    const life = lives[Math.min(asked++, lives.length - 1)] ?? 0;
    const Expiration = new Date(Date.now() + life * 1000).toISOString();
    outgoing.setHeader('content-type', 'application/json');
    outgoing.end(JSON.stringify({ AccessKeyId: `KEY${asked}`, SecretAccessKey: 'secret', Token: 'token', Expiration }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${port}/units/kk-a`);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, '');
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  return { asked: () => asked, close: () => server.close() };
}

describe('a URL that is signed with a container’s credentials', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** Signs twice, the second time with what was got for the first. */
  async function signTwice(lives: readonly number[]) {
    const broker = await startBroker(lives);
    const store = createObjectStore({ region: 'us-east-1', bucket: 'goods', prefix: 'agents/kk-a/' });
    try {
      const now = Math.floor(Date.now() / 1000);
      const options = { clock: () => now, lifeSeconds: LIFE_SECONDS };
      await presignDownload(store, 'agents/kk-a/x', options);
      return { ...(await presignDownload(store, 'agents/kk-a/x', options)), now, asked: broker.asked() };
    } finally {
      store.close();
      broker.close();
    }
  }

  it('lives as long as it says: credentials that end sooner are renewed first', async () => {
    const { expiresAt, now, asked, url } = await signTwice([LIFE_SECONDS - 600, 3600]);
    expect([expiresAt - now, asked]).toEqual([LIFE_SECONDS, 2]);
    expect(url).toContain('KEY2');
  });

  it('promises no more than the credentials that there are', async () => {
    const { expiresAt, now } = await signTwice([900]);
    expect(expiresAt - now).toBeGreaterThan(0);
    expect(expiresAt - now).toBeLessThanOrEqual(901 + 60);
  });
});

describe('an agent whose password is not the one that the hub knows', () => {
  it('says so and ends with code 78', { timeout: 400_000 }, async () => {
    const box = await makeSwarmBox();
    const world = await makeUnitWorld(box, 'kk-0xyuls', 5);
    try {
      const right = await readFile(world.secretFile, 'utf8');
      const secret = z.looseObject({}).parse(JSON.parse(right));
      const password = 'planted-wrong-password';
      await writeFile(world.secretFile, JSON.stringify({ ...secret, hub: { account: 'kk-0xyuls', password } }));
      world.start('hub');
      const { exitCode, stdout, stderr } = await world.start('agent').ended;
      expect([exitCode, stderr]).toEqual([78, expect.stringContaining('unit/hub-refused')]);
      expect(stdout + stderr).not.toContain(password);
    } finally {
      await world.close();
      await box.cleanUp();
    }
  });
});
