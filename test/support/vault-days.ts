import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from './git.ts';
import { type DayCost, type Grown, growVault } from './growing-vault.ts';

/** Bytes of git, spool and index for each commit, at the most between two packings. */
const BYTES_A_COMMIT = 24 * 1024;
/** One of the buyer, one of the seller, one of each of six agents, one of all that rest. */
const WRITES_A_DAY = 9;
const DAYS_MS = 4 * 3_600_000;

/** The median of the second half of the days over that of the first: what grows with the history is above 1. */
function slopeOf(days: readonly DayCost[], cost: (day: DayCost) => number): number {
  const half = Math.floor(days.length / 2);
  const median = (some: readonly DayCost[]): number => {
    const sorted = some.map(cost).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  return median(days.slice(half)) / median(days.slice(0, half));
}

/** Tries the vault of 24 agents in fast motion, so many days long, with its archive. */
export function tryVaultDays(count: number): void {
  describe(`a vault over ${count} days`, { timeout: DAYS_MS }, () => {
    let removeFolder: () => Promise<void>;
    let grown: Grown;

    beforeAll(async () => {
      const [folder, remove] = await makeFolder();
      removeFolder = remove;
      grown = await growVault(folder, count);
    }, DAYS_MS);
    afterAll(async () => {
      await removeFolder();
    });

    it('takes for a new head and for a look of a command what it took in its first half', () => {
      const slopes = [slopeOf(grown.days, ({ headMs }) => headMs), slopeOf(grown.days, ({ lookMs }) => lookMs)];
      console.log(`slopes of head and look: ${slopes.map((slope) => slope.toFixed(2)).join(', ')}`);
      // Twice as many notes or more are in the second half.
      expect(Math.max(...slopes)).toBeLessThan(2);
    });

    it('makes one commit a day for all that rest, and one a month for the archive', () => {
      expect(grown.restingCommits).toBe(count);
      expect(grown.commits).toBe(1 + count * WRITES_A_DAY + grown.archiveCommits);
      expect(grown.archiveCommits).toBeGreaterThanOrEqual(Math.floor(count / 31) - 1);
    });

    it('keeps the notes of two months at most outside the archive', () => {
      expect(Math.max(...grown.days.map(({ notes }) => notes))).toBeLessThanOrEqual(6 * 2 * 31);
    });

    it('holds on disk, besides the notes, what its commits take when packed, and stays small in memory', () => {
      const perCommit = grown.overheadBytes / grown.commits;
      const noteBytes = grown.days.at(-1)?.noteBytes;
      const heapBytes = Math.max(...grown.days.map((day) => day.heapBytes));
      console.log(
        `${grown.commits} commits, ${Math.round(perCommit)} bytes a commit beside ${noteBytes} bytes of notes; a clone ${grown.cloneBytes} bytes; heap ${heapBytes} bytes at most`,
      );
      expect(perCommit).toBeLessThan(BYTES_A_COMMIT);
      expect(heapBytes).toBeLessThan(600 * 2 ** 20);
      expect(grown.cloneBytes).toBeLessThan(60 * 2 ** 20);
    });
  });
}
