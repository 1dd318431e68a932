import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** The commit that a checkout's `.git` folder is at, read without git or its objects; undefined where it doesn't say. */
export async function commitOf(gitDir: string): Promise<string | undefined> {
  const head = await readText(join(gitDir, 'HEAD'));
  if (COMMIT.test(head)) return head;
  const branch = /^ref: (refs\/heads\/[\w./-]+)$/.exec(head)?.[1];
  if (branch === undefined || branch.includes('..')) return undefined;
  const loose = await readText(join(gitDir, branch));
  if (COMMIT.test(loose)) return loose;
  const packed = (await readText(join(gitDir, 'packed-refs'))).split('\n').map((line) => line.split(' '));
  return packed.find(([commit = '', name]) => name === branch && COMMIT.test(commit))?.[0];
}

async function readText(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim();
}
