// Honest agents of a fleet, in a process of their own: each has a clone, obeys operators, reads all kinds of notes at each beat as
// the heartbeat does, and writes its state and log. Prints a line of JSON a beat: who, how long it took to land, what it reads of
// another agent, and the process's memory.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentName } from '../../lib/core/ids.ts';
import { parseOperatorKeys } from '../../lib/core/operator-keys.ts';
import { intervalsOf } from '../../lib/host/container/hub-vault.ts';
import { openHostOrders } from '../../lib/host/host-orders.ts';
import { noteKinds, readNotes } from '../../lib/host/note-kinds.ts';
import { waitFor } from '../../lib/host/wait-for.ts';
import { hubRemote } from '../../lib/vault/hub-remote.ts';
import { openVault, type Vault } from '../../lib/vault/vault.ts';
import { passwordOf } from './hub.ts';
import { chainOf } from './snapshot.ts';
import { append, put } from './vault.ts';

/** What such a process says of a beat. */
export interface HonestBeat {
  readonly name: string;
  readonly beat: number;
  readonly landedMs: number;
  readonly rssMiB: number;
  /** The codes of the problems that the reader met, with the number of each. */
  readonly problems: Readonly<Record<string, number>>;
  /** Whether it sees the folder of the other agent. */
  readonly seesOther: boolean;
}

/** What such a process is told, as JSON in its first argument. */
export interface HonestWorld {
  readonly folder: string;
  readonly remoteUrl: string;
  readonly caFile: string;
  readonly everyMs: number;
  readonly names: readonly string[];
  readonly other: string;
  readonly operatorKeys: string;
  readonly deployment: { readonly chainId: number; readonly escrow: `0x${string}` };
}

const world: HonestWorld = JSON.parse(process.argv[2] ?? '{}');
const { folder, remoteUrl, caFile, everyMs, names, other } = world;

async function run(name: string): Promise<void> {
  const open = (): Promise<Vault> =>
    openVault({
      ...hubRemote({ remoteUrl, account: name, password: passwordOf(name), caFile }),
      workTree: path.join(folder, name, 'vault'),
      spoolDir: path.join(folder, name, 'spool'),
      hasFiles: false,
      kinds: noteKinds,
      timing: intervalsOf(everyMs / 1000),
    });
  // As a container does: others' wrong passwords may keep its first one waiting.
  const vault = await waitFor('the vault', open, { log: () => {}, signal: new AbortController().signal });
  const orders = await openHostOrders({
    vault,
    clone: path.join(folder, name, 'vault'),
    file: path.join(folder, name, 'obeyed.json'),
    keys: parseOperatorKeys(world.operatorKeys),
    market: { index: { view: async () => chainOf() }, deployment: world.deployment } as never,
    nicks: new Map(),
  });
  const seen = orders.vaultOf(name as AgentName);
  await delay(Math.random() * everyMs);
  for (let beat = 0; ; beat++) {
    const next = delay(everyMs);
    const problems: Record<string, number> = {};
    const index = await seen.read();
    const seesOther = index.text(`agents/${other}/state.md`) !== undefined;
    for (const { code } of readNotes(index)) problems[code] = (problems[code] ?? 0) + 1;
    const [id, started] = [randomUUID(), performance.now()];
    const state = put(`agents/${name}/state.md`, `beat ${beat}\n`);
    const log = append(`agents/${name}/log/2026-01/2026-01-01-${name}.md`, `- ${beat} ${id}\n`);
    await vault.write({ id, author: name, message: `Beat ${beat}`, operations: [state, log] });
    const landed = vault.landed(id).then(() => {
      const said: HonestBeat = {
        name,
        beat,
        landedMs: Math.round(performance.now() - started),
        rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
        problems,
        seesOther,
      };
      process.stdout.write(`${JSON.stringify(said)}\n`);
    });
    await Promise.all([next, landed]);
  }
}

await Promise.all(names.map(run));
