// Honest agents of a fleet, in a process of their own: each has a clone, reads all kinds of notes at each beat as the heartbeat
// does, and writes its state and log. Prints a line of JSON a beat: who, when it landed, what it reads, and the process's memory.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { noteKinds, readNotes } from '../../lib/host/note-kinds.ts';
import { hubRemote } from '../../lib/vault/hub-remote.ts';
import { openVault } from '../../lib/vault/vault.ts';
import { passwordOf } from './hub.ts';
import { append, put } from './vault.ts';

/** What such a process says of a beat. */
export interface HonestBeat {
  readonly name: string;
  readonly beat: number;
  readonly landedMs: number;
  readonly rssMiB: number;
  /** The codes of problems that the reader met, with the number of each. */
  readonly problems: Readonly<Record<string, number>>;
}

const [folder = '', remoteUrl = '', caFile = '', everyMs = '5000', ...names] = process.argv.slice(2);

async function run(name: string): Promise<void> {
  const vault = await openVault({
    ...hubRemote({ remoteUrl, account: name, password: passwordOf(name), caFile }),
    workTree: path.join(folder, name, 'vault'),
    spoolDir: path.join(folder, name, 'spool'),
    hasFiles: false,
    kinds: noteKinds,
    timing: { minPushIntervalMs: 1000, fetchIntervalMs: 5000 },
  });
  await delay(Math.random() * Number(everyMs));
  for (let beat = 0; ; beat++) {
    const next = delay(Number(everyMs));
    const problems: Record<string, number> = {};
    for (const { code } of readNotes(await vault.read())) problems[code] = (problems[code] ?? 0) + 1;
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
      };
      process.stdout.write(`${JSON.stringify(said)}\n`);
    });
    await Promise.all([next, landed]);
  }
}

await Promise.all(names.map(run));
