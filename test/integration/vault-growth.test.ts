import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../support/git.ts';
import { type DayCost, type Grown, growVault } from '../support/growing-vault.ts';

/** A soak asks for 1,000. */
const DAYS = Number(process.env.KK_SOAK_DAYS ?? 12);
/** Bytes of git, spool and index for each commit, at the most between two packings. */
const BYTES_A_COMMIT = 24 * 1024;

/** The median of the second half of the days over that of the first: what grows with the history is above 1. */
function slopeOf(days: readonly DayCost[], cost: (day: DayCost) => number): number {
  const half = Math.floor(days.length / 2);
  const median = (some: readonly DayCost[]): number => {
    const sorted = some.map(cost).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  return median(days.slice(half)) / median(days.slice(0, half));
}

/**
 * The vault of 24 agents in fast motion. Its trade notes stay, as long as closed months aren't archived: so this measures that time
 * follows what changes, and that what else is on disk follows the commits; the number of notes is not flat yet.
 */
describe(`a vault over ${DAYS} days`, { timeout: 3_600_000 }, () => {
  let removeFolder: () => Promise<void>;
  let grown: Grown;

  beforeAll(async () => {
    const [folder, remove] = await makeFolder();
    removeFolder = remove;
    grown = await growVault(folder, DAYS);
  }, 3_600_000);
  afterAll(async () => {
    await removeFolder();
  });

  it('takes for a new head and for a look of a command what it took in its first half', () => {
    const slopes = [slopeOf(grown.days, ({ headMs }) => headMs), slopeOf(grown.days, ({ lookMs }) => lookMs)];
    console.log(`slopes of head and look: ${slopes.map((slope) => slope.toFixed(2)).join(', ')}`);
    // Twice as many notes or more are in the second half.
    expect(Math.max(...slopes)).toBeLessThan(2);
  });

  it('makes one commit a day for all that rest', () => {
    expect(grown.restingCommits).toBe(DAYS);
    expect(grown.commits).toBe(1 + DAYS * 7);
  });

  it('holds on disk, besides the notes, what its commits take when packed, and stays small in memory', () => {
    const perCommit = grown.overheadBytes / grown.commits;
    console.log(`${Math.round(perCommit)} bytes a commit beside ${grown.noteBytes} bytes of notes`);
    expect(perCommit).toBeLessThan(BYTES_A_COMMIT);
    expect(Math.max(...grown.days.map(({ heapBytes }) => heapBytes))).toBeLessThan(600 * 2 ** 20);
  });
});
