import { randomInt } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import getPort from 'get-port';
import type { Address } from 'viem';
import { z } from 'zod';
import { embeddedChain } from '../core/chains.ts';
import { type AnvilAddress, type AnvilProcess, spawnAnvil } from './evm/anvil-process.ts';
import { openLoopbackDoor } from './evm/loopback-door.ts';
import { endOrphan, forgetProcess, rememberProcess } from './evm/orphan.ts';
import { callRpc } from './evm/rpc.ts';
import { copyState, prepareState } from './evm/state-file.ts';

/** The options of the embedded chain. */
export interface AnvilOptions {
  /** Where the chain is kept. Its folder must exist; copies and a process file go beside it. */
  readonly stateFile: string;
  /** A free one if absent or 0. */
  readonly port?: number;
  /** The addresses that get ETH for gas. */
  readonly funded: readonly Address[];
  readonly chainId?: number;
  /** The state's size at which the chain is restarted without old empty blocks and traces, unless it needs that much. */
  readonly compactBytes?: number;
  /** The memory at which the chain is restarted, unless it needs half of that when it is new. */
  readonly maxResidentBytes?: number;
  readonly log: (line: string) => void;
}

/** A chain on this machine, for its programs and not for web pages. After a crash it is restarted on the same port with its saved state. */
export interface Anvil {
  readonly rpcUrl: string;
  readonly port: number;
  readonly chainId: number;
  /** The process that serves it now. */
  readonly pid: () => number;
  /** Ends it within 2 s with its state written. Safe to repeat. */
  readonly close: () => Promise<void>;
}

/** A process of the chain, with the size of its state when it started and the least memory that it was seen to have, in bytes. */
interface Running {
  readonly process: AnvilProcess;
  readonly startBytes: number;
  leastResidentBytes: number;
}

/** The minimum balance of an account: 1,000 ETH, in wei. */
const GAS_MONEY = 10n ** 21n;
const COPY_EVERY_MS = 3_000;
const COMPACT_BYTES = 8 * 2 ** 20;
/** With each block anvil takes more memory, also for an empty one: about as much as the state has. */
const MAX_RESIDENT_BYTES = 256 * 2 ** 20;
/** How long a restart waits for the state to be written, in milliseconds. */
const WRITTEN_MS = 30_000;
/** How many blocks are made for the transactions that wait when it is restarted; one is usual. */
const MAX_LAST_BLOCKS = 10;
const MAX_RESTART_DELAY_MS = 5_000;

/**
 * Starts the embedded chain: ends the process that a killed swarm left, repairs a truncated state file, starts anvil behind
 * a door that no web page gets through, funds the accounts, and restarts anvil after a crash until `close`.
 * @throws SwarmError `local/port-in-use`, `local/chain-in-use`, `local/chain-state-broken`, `local/chain-failed`, `local/no-anvil`
 */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const { chainId = embeddedChain.id, compactBytes = COMPACT_BYTES, log } = options;
  const { maxResidentBytes = MAX_RESIDENT_BYTES } = options;
  const stateFile = resolve(options.stateFile);
  await endOrphan(stateFile, log);
  const address = await hiddenAddress();
  const door = await openLoopbackDoor(options.port ?? 0, address);
  const { port } = door;
  const upstream = `http://${address.host}:${address.port}`;
  const rpcUrl = `http://127.0.0.1:${port}`;
  let isClosing = false;
  /** Lets callers go on, who wait while the chain is restarted as planned. */
  let goOn: (() => void) | undefined;
  let current = await begin().catch(async (cause: unknown) => {
    await door.close();
    throw cause;
  });
  await giveGasMoney(rpcUrl, options.funded).catch(async (cause: unknown) => {
    await Promise.all([current.process.end(), door.close()]);
    throw cause;
  });

  async function begin(): Promise<Running> {
    const startBytes = await prepareState(stateFile, log);
    const process = await spawnAnvil(stateFile, address, chainId);
    await rememberProcess(stateFile, process.pid);
    return { process, startBytes, leastResidentBytes: await residentBytes(process.pid) };
  }

  /** Why a restart would make the chain smaller; undefined if it wouldn't. */
  async function excess(): Promise<string | undefined> {
    const seen = current;
    const { size } = await stat(stateFile).catch(() => ({ size: 0 }));
    if (size >= Math.max(compactBytes, 2 * seen.startBytes)) return 'without its old empty blocks and traces';
    const resident = await residentBytes(seen.process.pid);
    // Reading a large state takes memory that is given back within seconds.
    seen.leastResidentBytes = Math.min(seen.leastResidentBytes, resident);
    return resident >= Math.max(maxResidentBytes, 2 * seen.leastResidentBytes) ? 'to free memory' : undefined;
  }

  /** Restarts the process whenever it ends, until `close`. */
  async function supervise(): Promise<void> {
    let delayMs = 0;
    while (!isClosing) {
      const startedAt = performance.now();
      const why = await current.process.ended;
      if (isClosing) return;
      if (goOn !== undefined) delayMs = 0;
      else {
        log(`The embedded chain ended (${why.split('\n', 1)[0]}); starting it again`);
        delayMs = performance.now() - startedAt > 60_000 ? 100 : Math.min(100 + delayMs * 2, MAX_RESTART_DELAY_MS);
      }
      for (;;) {
        await new Promise((wake) => setTimeout(wake, delayMs));
        if (isClosing) return;
        try {
          current = await begin();
          goOn?.();
          goOn = undefined;
          break;
        } catch (error) {
          log(`The embedded chain did not start again: ${error instanceof Error ? error.message : String(error)}`);
          delayMs = MAX_RESTART_DELAY_MS;
        }
      }
    }
  }

  let copiedMs = 0;
  let copying: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    copying = copying.then(tend).catch((error: unknown) => log(`The chain's state was not copied: ${String(error)}`));
  }, COPY_EVERY_MS);
  timer.unref();

  async function tend(): Promise<void> {
    if (isClosing) return;
    copiedMs = await copyState(stateFile, copiedMs);
    const why = await excess();
    if (why === undefined) return;
    log(`Restarting the embedded chain ${why}`);
    goOn = await door.hold();
    try {
      // What was taken and is not in a block yet is in no state that is written.
      for (let blocks = 0; blocks < MAX_LAST_BLOCKS && (await hasPending(upstream)); blocks += 1) {
        await callRpc(upstream, 'evm_mine', []);
      }
      await current.process.end(WRITTEN_MS);
    } catch (error) {
      goOn?.();
      goOn = undefined;
      throw error;
    }
  }

  const supervising = supervise();
  let closing: Promise<void> | undefined;
  return {
    rpcUrl,
    port,
    chainId,
    pid: () => current.process.pid,
    close: () => {
      closing ??= (async () => {
        isClosing = true;
        clearInterval(timer);
        await current.process.end();
        await Promise.all([supervising, copying]);
        // A restart may have been running when closing began.
        await current.process.end();
        await door.close();
        await forgetProcess(stateFile);
      })();
      return closing;
    },
  };
}

/** The memory that a process holds (proc(5), VmRSS), in bytes; 0 where the system doesn't say. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

async function hasPending(rpcUrl: string): Promise<boolean> {
  const { pending } = z.object({ pending: z.string() }).parse(await callRpc(rpcUrl, 'txpool_status', []));
  return Number(pending) > 0;
}

async function giveGasMoney(rpcUrl: string, addresses: readonly Address[]): Promise<void> {
  for (const address of addresses) {
    const balance = await callRpc(rpcUrl, 'eth_getBalance', [address, 'latest']);
    if (typeof balance === 'string' && BigInt(balance) >= GAS_MONEY / 2n) continue;
    await callRpc(rpcUrl, 'anvil_setBalance', [address, `0x${GAS_MONEY.toString(16)}`]);
  }
}

/**
 * Where the chain itself listens. It answers whatever Host it is called by, so only the door before it has an address that is
 * known: where the whole of 127.0.0.0/8 is this machine, the chain's is one of 16 million, on a port of 65 thousand.
 */
async function hiddenAddress(): Promise<AnvilAddress> {
  const parts = process.platform === 'linux' ? [randomInt(1, 255), randomInt(256), randomInt(1, 255)] : [0, 0, 1];
  const host = ['127', ...parts].join('.');
  return { host, port: await getPort({ host }) };
}
