import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { simpleGit } from 'simple-git';
import { gitEnvironment } from '../core/git-environment.ts';

/** The heads of a clone and its remote: equal when the clone is up to date. */
export interface HeadsFacts {
  readonly localHead: string;
  readonly remoteHead: string;
}

/** How long the work tree may take to follow the remote before it counts as behind, in milliseconds. */
const FOLLOW_MS = 5000;
const FOLLOW_LOOK_MS = 250;

/** Compares a work tree with its remote, a bare repository, after waiting briefly for it to follow. */
export async function probeHeads(workTree: string, remote: string): Promise<HeadsFacts> {
  const remoteHead = await readHead(remote, 'main');
  return { localHead: await followedHead(workTree, remoteHead), remoteHead };
}

/** Reads the head that a clone last fetched; current only while its process reaches the remote. */
export async function probeFetchedHead(clone: string, ref: string): Promise<HeadsFacts> {
  const remoteHead = await readHead(clone, ref);
  return { localHead: remoteHead, remoteHead };
}

/** `remoteHead` once the work tree contains it, even with newer commits on top; the work tree's own head if it stays behind. */
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
