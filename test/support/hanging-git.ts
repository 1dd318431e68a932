import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A git before the real one in the path whose next process of one command hangs. */
export interface HangingGit {
  /** Has the next process of a command (`fast-import`, `push` …) hang in place of running. */
  readonly hangNext: (command: string) => Promise<void>;
  /** Has the next process of a command killed when it begins, after it has made a file. */
  readonly killNext: (command: string, made: string) => Promise<void>;
  /** Whether nothing was to hang any more, since it did. */
  readonly hasHung: () => Promise<boolean>;
  /** Takes it out of the path and ends what hangs. */
  readonly remove: () => Promise<void>;
}

/** Puts a {@link HangingGit} into the path of this process. */
export async function installHangingGit(folder: string): Promise<HangingGit> {
  const bin = path.join(folder, 'bin');
  const [next, made, pids] = [path.join(bin, 'next'), path.join(bin, 'made'), path.join(bin, 'pids')];
  const before = process.env.PATH ?? '';
  await mkdir(bin, { recursive: true });
  await writeFile(
    path.join(bin, 'git'),
    `#!/bin/sh
if [ -f ${next} ]; then
  read -r word < ${next}
  for arg; do
    if [ "$arg" = "$word" ]; then
      rm ${next}
      echo $$ >> ${pids}
      if [ -f ${made} ]; then : > "$(cat ${made})"; rm ${made}; kill -KILL $$; fi
      exec sleep 3600
    fi
  done
fi
PATH=${before}
exec git "$@"
`,
  );
  await chmod(path.join(bin, 'git'), 0o755);
  process.env.PATH = `${bin}:${before}`;
  return {
    hangNext: (command) => writeFile(next, `${command}\n`),
    killNext: async (command, file) => {
      await writeFile(made, file);
      await writeFile(next, `${command}\n`);
    },
    hasHung: () =>
      readFile(next).then(
        () => false,
        () => true,
      ),
    remove: async () => {
      process.env.PATH = before;
      await rm(bin, { recursive: true, force: true });
    },
  };
}
