import type { ChannelPort } from '../../lib/core/channel.ts';
import { idleWork } from '../../lib/core/facts.ts';
import type { Outcome, RunnableFlow } from '../../lib/core/flow.ts';
import { NO_ORDERS } from '../../lib/core/orders.ts';
import type { VaultWrite, WriteReceipt } from '../../lib/core/vault.ts';
import { createHeartbeat } from '../../lib/heartbeat/heartbeat.ts';
import type { HeartbeatPorts } from '../../lib/heartbeat/ports.ts';
import { createRestBook } from '../../lib/heartbeat/rest-book.ts';
import { memoryVault } from './memory-vault.ts';
import { budgetOf, chainOf, manifestOf, meOf, NOW, offerFact } from './snapshot.ts';

/** A flow that does one thing a beat. */
export function flowOf(name: string, perform: () => Promise<readonly Outcome[]>, wakeAt?: number): RunnableFlow {
  return { name, plan: () => ({ stepCount: 1, wakeAt, perform }) };
}

/** What a step of a flow came to. */
export function outcomeOf(changes: Partial<Outcome> = {}): Outcome {
  return { flow: 'test', what: 'did it', reason: 'it was time', operations: [], announcements: [], ...changes };
}

/** A heart in a world of memory: what it says and writes is kept, and its writes land when the test says so. */
export function heartInMemory(changes: Partial<HeartbeatPorts> = {}) {
  const vault = memoryVault();
  const said: string[] = [];
  const writes: VaultWrite[] = [];
  const logged: string[] = [];
  const landings = new Map<string, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  const channel: ChannelPort = {
    state: () => 'joined',
    say: (line) => said.push(line) > 0,
    drain: () => [],
    casemapping: () => 'ascii',
  };
  let time = NOW;
  let writeNumber = 0;
  const uuid = (): string => {
    writeNumber += 1;
    return `write-${writeNumber}`;
  };
  const write = async (given: VaultWrite): Promise<void> => {
    writes.push(given);
    vault.apply(given.operations);
  };
  const throwIt = (error: unknown): void => {
    throw error;
  };
  const rests = createRestBook({ vault: { write }, uuid, onError: throwIt });
  const ports: HeartbeatPorts = {
    me: meOf(manifestOf('kk-me', { role: 'seller' })),
    vault: {
      read: async () => vault.index(),
      write,
      landed: (id) =>
        new Promise<WriteReceipt>((resolve, reject) => {
          landings.set(id, { resolve: () => resolve({ id, commit: 'c', saved: [] }), reject });
        }),
    },
    rests,
    readChain: async () => chainOf({ blockTime: time }),
    channel,
    nicks: new Map(),
    readMarket: async () => ({
      market: {
        offers: [],
        myOffers: [offerFact(1, { seller: 'kk-me' })],
        trades: [],
        lost: [],
        requests: new Set(),
        budget: budgetOf(),
      },
      directory: new Map(),
    }),
    readWork: async () => idleWork,
    policy: () => ({ intents: [], needs: [], task: 'resting', reason: 'nothing to do' }),
    flows: [],
    clock: () => time,
    uuid,
    build: { version: '0.1.0', commit: 'abc1234', image: '' },
    orders: () => NO_ORDERS,
    isIgnored: () => false,
    draining: () => false,
    log: (line) => logged.push(line),
    ...changes,
  };
  return {
    heart: createHeartbeat(ports),
    vault,
    said,
    writes,
    /** Writes what quiet beats recorded. */
    flush: rests.flush,
    logged,
    /** Ends the wait for the newest write. */
    land: (error?: Error) => {
      const landing = [...landings.values()].at(-1);
      if (error === undefined) landing?.resolve();
      else landing?.reject(error);
    },
    pass: (seconds: number) => {
      time += seconds;
    },
  };
}
