import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type NoteKind, noteEnvelope } from '../../lib/core/note.ts';
import { createRestBook } from '../../lib/heartbeat/rest-book.ts';
import { encodeNote } from '../../lib/vault/codec.ts';
import { readRepository } from '../../lib/vault/read-repository.ts';
import type { Vault } from '../../lib/vault/vault.ts';
import { git, makeRemote } from './git.ts';
import { append, aWrite, openTestVault, put, remove } from './vault.ts';

const schema = z.strictObject({ ...noteEnvelope.shape, kind: z.literal('sold'), text: z.string() });
type Sold = z.output<typeof schema>;
/** Stands for trades: each stays for good, with a few fields. */
const soldKind: NoteKind<Sold> = {
  kind: 'sold',
  version: 1,
  path: /^agents\/([^/]+)\/trades\/[^/]+\/[^/]+\.md$/,
  schema,
  front: (data) => data,
  body: ({ text }) => text,
};
const AGENTS = Array.from({ length: 24 }, (_, at) => `kk-a${String(at).padStart(2, '0')}`);
const TRADES_A_DAY = 6;
const DAYS_A_MONTH = 30;

/** What a day of a swarm in fast motion cost. Times in milliseconds. */
export interface DayCost {
  /** From a write to an index that has it. */
  readonly headMs: number;
  /** What a command takes to read the vault. */
  readonly lookMs: number;
  readonly heapBytes: number;
  readonly notes: number;
}

/** What days in fast motion left. */
export interface Grown {
  readonly days: readonly DayCost[];
  readonly commits: number;
  readonly restingCommits: number;
  /** Bytes on disk without the notes' own files: the clone's and the remote's git, spool and index. */
  readonly overheadBytes: number;
  readonly noteBytes: number;
}

/**
 * Runs the vault of a host through days: 24 agents rest once a day, a few trade, offers come and go. Only the vault is real:
 * its writer, reader, index and repositories.
 */
export async function growVault(folder: string, days: number): Promise<Grown> {
  const remote = await makeRemote(folder);
  const index = { folder: path.join(folder, 'index'), code: 'test' };
  const vault = await openTestVault(folder, remote, 'host', { kinds: [soldKind], index, isRemoteOwn: true });
  const costs: DayCost[] = [];
  try {
    for (let day = 0; day < days; day += 1) costs.push(await liveADay(vault, remote, index, day));
  } finally {
    await vault.close();
  }
  const subjects = (await git(remote, 'log', '--format=%s', 'main')).split('\n');
  const work = path.join(folder, 'host', 'vault');
  const notes = await bytesIn(work, '.git');
  const all = (await bytesIn(folder)) - notes;
  return {
    days: costs,
    commits: subjects.length,
    restingCommits: subjects.filter((subject) => subject.endsWith(' agents rest')).length,
    overheadBytes: all,
    noteBytes: notes,
  };
}

async function liveADay(
  vault: Vault,
  remote: string,
  index: { folder: string; code: string },
  day: number,
): Promise<DayCost> {
  const month = `2026-${String(1 + Math.floor(day / DAYS_A_MONTH)).padStart(2, '0')}`;
  const writes = Array.from({ length: TRADES_A_DAY }, (_, at) => {
    const name = AGENTS[(day + at * 5) % AGENTS.length] ?? '';
    const id = `t${day}-${at}`;
    const text = encodeNote(soldKind, {
      kind: 'sold' as const,
      schema: 1,
      id,
      owner: name,
      text: `Sold for ${day}.\n`.repeat(20),
    });
    return aWrite(
      name,
      put(`agents/${name}/trades/${month}/${id}.md`, text),
      put(`agents/${name}/offers/o${day}-${at}.md`, `Offer of day ${day}\n`.repeat(10)),
      remove(`agents/${name}/offers/o${day - AGENTS.length}-${at}.md`),
      append(`agents/${name}/log/${month}/${day}.md`, `- sold ${id}\n`),
    );
  });
  const rests: string[] = [];
  const book = createRestBook({
    vault: {
      write: (write) => {
        rests.push(write.id);
        return vault.write(write);
      },
    },
    uuid: () => crypto.randomUUID(),
    onError: (error) => {
      throw error;
    },
  });
  for (const name of AGENTS) book.hold(name, [put(`agents/${name}/state.md`, `rests on day ${day}\n`.repeat(30))], 120);
  const startMs = performance.now();
  await Promise.all([...writes.map((write) => vault.write(write)), book.flush()]);
  await Promise.all([...writes.map(({ id }) => id), ...rests].map((id) => vault.landed(id)));
  const found = (await vault.read()).notes(soldKind).length;
  const headMs = performance.now() - startMs;
  const lookedMs = performance.now();
  const seen = (await readRepository(remote, { kinds: [soldKind], index })).notes(soldKind).length;
  if (seen !== found) throw new Error(`a command sees ${seen} of ${found} notes`);
  return { headMs, lookMs: performance.now() - lookedMs, heapBytes: process.memoryUsage().heapUsed, notes: found };
}

async function bytesIn(folder: string, without?: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === without) continue;
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesIn(at);
    else bytes += (await stat(at).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}
