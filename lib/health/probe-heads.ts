import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { simpleGit } from 'simple-git';
import { gitEnvironment } from '../core/git-environment.ts';

/** Where the two ends of a vault stand: equal when they are in step. */
export interface HeadsFacts {
  readonly localHead: string;
  readonly remoteHead: string;
}

/** The work tree follows the remote within a moment: so long until it counts as behind, in milliseconds. */
const FOLLOW_MS = 5000;
const FOLLOW_LOOK_MS = 250;

/** Compares a work tree with the bare repository that is its remote, and gives it a moment to follow. */
export async function probeHeads(workTree: string, remote: string): Promise<HeadsFacts> {
  const remoteHead = await readHead(remote, 'main');
  return { localHead: await followedHead(workTree, remoteHead), remoteHead };
}

/** Reads what a clone knows of its remote: as true as whoever keeps it up reaches the remote. */
export async function probeFetchedHead(clone: string, ref: string): Promise<HeadsFacts> {
  const remoteHead = await readHead(clone, ref);
  return { localHead: remoteHead, remoteHead };
}

/** `remoteHead` once the work tree has it, newer commits on top or not; the work tree's own head if it stays behind. */
async function followedHead(workTree: string, remoteHead: string): Promise<string> {
  const deadline = performance.now() + FOLLOW_MS;
  for (;;) {
    const { exitCode } = await execa('git', ['merge-base', '--is-ancestor', remoteHead, 'main'], {
      cwd: workTree,
      env: gitEnvironment(process.env),
      extendEnv: false,
      reject: false,
    });
    if (exitCode === 0) return remoteHead;
    if (performance.now() > deadline) return readHead(workTree, 'main');
    await delay(FOLLOW_LOOK_MS);
  }
}

async function readHead(repository: string, ref: string): Promise<string> {
  return (await simpleGit(repository).revparse([ref])).trim();
}
