import { join } from 'node:path';
import { writeDurably } from '../../files/durable.ts';
import type { Vault } from '../../vault/vault.ts';
import { BEAT_FILE, type BeatFile } from './beat-file.ts';

/** Writes `beat.json`, which the container's health check reads. */
export interface BeatWriter {
  /** Records that the agent or the steward beat now. */
  readonly beat: () => Promise<void>;
  /** Records that the container's writes reach the vault. */
  readonly landed: () => Promise<void>;
  /** Records what the container waits for; undefined when it no longer waits. */
  readonly wait: (what: string | undefined) => Promise<void>;
  /** Wraps a vault so that every write pushed to the hub is recorded. */
  readonly following: (vault: Vault) => Vault;
}

/** Creates the writer of a container's `beat.json`. A failed write is logged once and not thrown: a full disk must not end a beat. */
export function createBeatWriter(options: {
  /** The agent's name, or `the steward`. */
  readonly name: string;
  readonly stateDir: string;
  readonly everySeconds: number;
  readonly log: (line: string) => void;
}): BeatWriter {
  const { name, stateDir, everySeconds, log } = options;
  const file = join(stateDir, BEAT_FILE);
  let current: BeatFile = { unit: name, at: 0, everySeconds, landedAt: 0, waitsFor: 'its start' };
  let last: Promise<void> = Promise.resolve();
  let hasFailed = false;

  async function write(): Promise<void> {
    try {
      // Without fsync: after a crash of the machine an old file only means an old beat.
      await writeDurably(file, `${JSON.stringify(current)}\n`, { isSynced: false });
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) log(`cannot write ${file}: ${error instanceof Error ? error.message : 'unknown error'}`);
      hasFailed = true;
    }
  }
  function update(change: Partial<BeatFile>): Promise<void> {
    current = { ...current, ...change };
    last = last.then(write);
    return last;
  }

  return {
    beat: () => update({ at: nowSeconds(), waitsFor: '' }),
    landed: () => update({ landedAt: nowSeconds() }),
    wait: (what) => update({ waitsFor: what ?? '' }),
    following: (vault) => ({
      ...vault,
      write: async (given) => {
        await vault.write(given);
        vault.landed(given.id).then(
          () => update({ landedAt: nowSeconds() }),
          () => undefined,
        );
      },
    }),
  };
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
