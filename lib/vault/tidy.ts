import type { Git } from './git.ts';

/** Pushes after which loose objects are packed when the spool is empty, and after which they are packed in any case. */
const PUSHES_A_TIDY = 200;
const PUSHES_AT_MOST = 1000;

/** Packing prints nothing, and takes minutes on a busy machine with a large vault. */
const REPACK_MS = 900_000;

/** With this many loose objects from earlier runs, they are packed at once. */
const MANY_LOOSE = 6000;

/** Packs the clone from time to time, since git's automatic gc is off. */
export interface Tidier {
  readonly countPush: () => void;
  readonly isDue: (isIdle: boolean) => boolean;
  readonly run: () => Promise<void>;
}

/** Creates a {@link Tidier}. */
export async function createTidier(git: Git): Promise<Tidier> {
  const loose = Number((await git.run(['count-objects'])).split(' ', 1)[0]);
  let pushes = loose > MANY_LOOSE ? PUSHES_A_TIDY : 0;
  return {
    countPush: () => {
      pushes += 1;
    },
    isDue: (isIdle) => pushes >= (isIdle ? PUSHES_A_TIDY : PUSHES_AT_MOST),
    run: async () => {
      pushes = 0;
      // Geometric repacking joins only packs of similar size, so the cost doesn't grow with the history.
      await git.run(['repack', '-d', '-q', '-l', '--geometric=2'], { silenceMs: REPACK_MS });
    },
  };
}
