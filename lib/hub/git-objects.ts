import { StringDecoder } from 'node:string_decoder';
import { type GitRun, runGit } from './git-run.ts';

/** A repository, and the environment in which git finds its objects. */
export type GitPlace = Pick<GitRun, 'repository' | 'env'>;

/** A file of a tree. `sizeBytes` is 0 where the entry isn't a file. */
export interface ListedFile {
  readonly path: string;
  readonly digest: string;
  readonly sizeBytes: number;
}

/** What git says of an object. */
export interface ObjectSize {
  readonly type: string;
  readonly sizeBytes: number;
}

/** Reading a whole vault takes seconds; reading a push takes less. */
const TIMEOUT_MS = 120_000;

/** Visits every file of a commit, in memory that doesn't grow with their number. */
export async function listFiles(place: GitPlace, commit: string, visit: (file: ListedFile) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  await runGit(['ls-tree', '-r', '-l', '-z', '--full-tree', commit], {
    ...place,
    timeoutMs: TIMEOUT_MS,
    onOutput: (part) => {
      const records = (rest + decoder.write(part)).split('\0');
      rest = records.pop() ?? '';
      for (const record of records) {
        const match = /^\d+ \w+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(record);
        if (match !== null) visit({ path: match[3] ?? '', digest: match[1] ?? '', sizeBytes: Number(match[2]) || 0 });
      }
    },
  });
}

/** Asks for the type and the size of objects, by id; those that aren't there are left out. */
export async function readSizes(place: GitPlace, digests: Iterable<string>): Promise<ReadonlyMap<string, ObjectSize>> {
  const asked = [...new Set(digests)];
  if (asked.length === 0) return new Map();
  const args = ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'];
  const output = await runGit(args, { ...place, input: `${asked.join('\n')}\n` });
  const sizes = new Map<string, ObjectSize>();
  for (const line of output.toString().split('\n')) {
    const [digest = '', type = '', size] = line.split(' ');
    if (size !== undefined) sizes.set(digest, { type, sizeBytes: Number(size) });
  }
  return sizes;
}

/**
 * Reads objects one after the other and visits each with its name and bytes, in the order of `names`; holds one of them at a
 * time. Leaves out those that aren't there.
 */
export async function readObjects(
  place: GitPlace,
  names: readonly string[],
  visit: (name: string, bytes: Buffer) => void,
): Promise<void> {
  if (names.length === 0) return;
  let next = 0;
  const take = createObjectParser((bytes) => {
    const name = names[next++];
    if (name !== undefined && bytes !== undefined) visit(name, bytes);
  });
  await runGit(['cat-file', '--batch'], {
    ...place,
    input: `${names.join('\n')}\n`,
    timeoutMs: TIMEOUT_MS,
    onOutput: take,
  });
}

/** Splits `<id> <type> <size>\n<bytes>\n`, or a line that says why there is no object, into objects. */
function createObjectParser(onObject: (bytes: Buffer | undefined) => void): (part: Buffer) => void {
  let parts: Buffer[] = [];
  let left = 0;
  let isInside = false;
  return (part) => {
    let at = 0;
    while (at < part.length) {
      const newline = isInside ? -1 : part.indexOf(10, at);
      const end = isInside ? Math.min(part.length, at + left) : newline === -1 ? part.length : newline + 1;
      parts.push(part.subarray(at, end));
      left -= end - at;
      at = end;
      if (isInside ? left > 0 : newline === -1) continue;
      const whole = Buffer.concat(parts).subarray(0, -1);
      parts = [];
      if (isInside) {
        isInside = false;
        onObject(whole);
        continue;
      }
      const size = /^[0-9a-f]+ [a-z]+ (\d+)$/.exec(whole.toString())?.[1];
      if (size === undefined) onObject(undefined);
      else [isInside, left] = [true, Number(size) + 1];
    }
  };
}
