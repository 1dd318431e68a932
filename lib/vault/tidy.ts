import type { Git } from './git.ts';

/** Pushes after which loose objects are packed when the spool is empty, and after which they are packed in any case. */
const PUSHES_A_TIDY = 200;
const PUSHES_AT_MOST = 1000;

/** Packing prints nothing, and takes minutes on a busy machine with a large vault. */
const REPACK_MS = 900_000;

/** With this many loose objects from earlier runs, they are packed at once. */
const MANY_LOOSE = 6000;

/** After so many tidies everything is packed anew, which finds smaller differences, and what nothing refers to for a day is removed. */
const TIDIES_A_FULL_ONE = 50;
/** Objects of a push or of a person's work that is under way are younger than this. */
const PRUNED_AFTER = '1.day.ago';

/** Packs a repository from time to time, since git's automatic gc is off: it would hold up a push. */
export interface Tidier {
  readonly countPush: () => void;
  readonly isDue: (isIdle: boolean) => boolean;
  readonly run: () => Promise<void>;
}

/** Creates a {@link Tidier} of some repositories, which are packed one after the other. Pushes go on meanwhile. */
export async function createTidier(repositories: readonly Git[]): Promise<Tidier> {
  const loose = await Promise.all(repositories.map(countLoose));
  let pushes = Math.max(...loose) > MANY_LOOSE ? PUSHES_A_TIDY : 0;
  // The first is a full one: what earlier runs left is found by nobody else.
  let tidies = TIDIES_A_FULL_ONE - 1;
  return {
    countPush: () => {
      pushes += 1;
    },
    isDue: (isIdle) => pushes >= (isIdle ? PUSHES_A_TIDY : PUSHES_AT_MOST),
    run: async () => {
      pushes = 0;
      tidies += 1;
      const isFull = tidies % TIDIES_A_FULL_ONE === 0;
      for (const git of repositories) await (isFull ? packAll(git) : packNew(git));
    },
  };
}

async function countLoose(git: Git): Promise<number> {
  return Number((await git.run(['count-objects'])).split(' ', 1)[0]);
}

/** Joins only packs of similar size, so the cost doesn't grow with the history. */
async function packNew(git: Git): Promise<void> {
  await git.run(['repack', '-d', '-q', '-l', '--geometric=2'], { silenceMs: REPACK_MS });
}

async function packAll(git: Git): Promise<void> {
  await git.run(['repack', '-A', '-d', '-q', '-l', `--unpack-unreachable=${PRUNED_AFTER}`], { silenceMs: REPACK_MS });
  // Loose objects that nothing refers to, and drafts that a kill left.
  await git.run(['prune', `--expire=${PRUNED_AFTER}`], { silenceMs: REPACK_MS });
}
