import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startAnvil } from '../../lib/local/evm.ts';
import { buildProgram } from '../../scripts/testing/built-program.ts';
import { freePort } from './free-port.ts';
import { TEST_MNEMONIC } from './test-accounts.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where tests ask for what they share. */
    services: string;
  }
}

/** Something that runs until the tests are over, and where to find it. */
interface Service {
  readonly place: string;
  readonly stop: () => Promise<void>;
}

/** A machine with ten times the work that it can do still starts a server in this time. */
const START_MS = 180_000;

const KINDS: Readonly<Record<string, () => Promise<Service>>> = {
  anvil: startChain,
  moto: startMotoServer,
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
    mnemonic: TEST_MNEMONIC,
    accounts: 8,
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

/** moto's server (`pip install moto[server]`): the AWS API on loopback. */
async function startMotoServer(): Promise<Service> {
  const port = await freePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', detached: true });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  const place = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + START_MS;
  for (;;) {
    const answer = await fetch(`${place}/moto-api/`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return { place, stop };
    if (performance.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error('moto_server did not answer');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The program as images hold it, built once: it starts in a quarter of the time. Its place is its entry file. */
async function makeProgram(): Promise<Service> {
  const dir = await mkdtemp(join(tmpdir(), 'kk-program-'));
  return { place: await buildProgram(dir), stop: () => rm(dir, { recursive: true, force: true }) };
}
