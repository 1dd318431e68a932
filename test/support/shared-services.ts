import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startAnvil } from '../../lib/local/evm.ts';
import { buildProgram } from '../../scripts/testing/built-program.ts';
import { startMotoServer } from './moto-server.ts';
import { testAddresses } from './test-accounts.ts';

/** Something that runs until the tests are over, and where to find it. */
interface Service {
  readonly place: string;
  readonly stop: () => Promise<void>;
}

const KINDS: Readonly<Record<string, () => Promise<Service>>> = {
  anvil: startChain,
  moto: startAws,
  program: makeProgram,
};

/**
 * Vitest's global set-up: what costs much to start is started once a run, when a test first asks for it (see `shared`), and
 * ended after the last test. `/<kind>/<owner>` answers with the place of that owner's service.
 */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const started = new Map<string, Promise<Service>>();
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    const start = KINDS[name.split('/')[0] ?? ''];
    if (start === undefined) return void response.writeHead(404).end(`no service ${name}`);
    const service = started.get(name) ?? start();
    started.set(name, service);
    service.then(
      ({ place }) => response.end(place),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  provide('services', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return async () => {
    server.closeAllConnections();
    server.close();
    const all = await Promise.allSettled(started.values());
    await Promise.all(all.map((one) => (one.status === 'fulfilled' ? one.value.stop() : undefined)));
  };
}

/** A chain whose first eight accounts have gas money. Its place is its RPC. */
async function startChain(): Promise<Service> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-evm-'));
  const anvil = await startAnvil({
    stateFile: join(dir, 'chain.json'),
    funded: testAddresses(8),
    // A restart in the middle of a test would lose what waits to be mined.
    compactBytes: Number.POSITIVE_INFINITY,
    log: () => undefined,
  });
  const stop = async (): Promise<void> => {
    await anvil.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { place: anvil.rpcUrl, stop };
}

/** The AWS API on loopback. Its place is its endpoint. */
async function startAws(): Promise<Service> {
  const { port, close } = await startMotoServer();
  return { place: `http://127.0.0.1:${port}`, stop: close };
}

/** The program as images hold it, built once: it starts in a quarter of the time. Its place is its entry file. */
async function makeProgram(): Promise<Service> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-program-'));
  return { place: await buildProgram(dir), stop: () => rm(dir, { recursive: true, force: true }) };
}
