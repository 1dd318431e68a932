import { join } from 'node:path';
import { writeDurably } from '../../files/durable.ts';
import type { Vault } from '../../vault/vault.ts';
import { BEAT_FILE, type BeatFile } from './beat-file.ts';

/** Keeps `beat.json`, from which the container's health is told. */
export interface BeatWriter {
  /** Says that the unit beat now. */
  readonly beat: () => Promise<void>;
  /** Says that what the unit wrote is in the vault, or would be. */
  readonly landed: () => Promise<void>;
  /** Says what the unit waits for; undefined when it came. */
  readonly wait: (what: string | undefined) => Promise<void>;
  /** The vault with every landing noted. */
  readonly following: (vault: Vault) => Vault;
}

/** Creates the writer of a unit's health file. What can't be written is said once: a full disk must not end a beat. */
export function createBeatWriter(options: {
  readonly unit: string;
  readonly stateDir: string;
  readonly everySeconds: number;
  readonly log: (line: string) => void;
}): BeatWriter {
  const { unit, stateDir, everySeconds, log } = options;
  const file = join(stateDir, BEAT_FILE);
  let current: BeatFile = { unit, at: 0, everySeconds, landedAt: 0, waitsFor: 'its start' };
  let last: Promise<void> = Promise.resolve();
  let hasFailed = false;

  async function write(): Promise<void> {
    try {
      // Not synced to the disk: after a crash of the machine an old file only says that the unit was silent.
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
