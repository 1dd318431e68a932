import type { VaultIndex, VaultReader } from '../core/vault.ts';
import type { BlobReader } from './blob-reader.ts';
import type { NoteCache } from './note-cache.ts';
import { replayWrite } from './replay.ts';
import type { Replica } from './replica.ts';
import type { Spool, SpooledWrite } from './spool.ts';
import type { Tree, TreeFile } from './tree.ts';
import { createVaultIndex } from './vault-index.ts';

interface Overlay {
  readonly base: Tree;
  readonly writes: readonly SpooledWrite[];
  readonly tree: Tree;
  readonly index: VaultIndex;
}

/** Creates the reader of this host: it shows the newest head with the spooled writes on top, and concurrent readers share one index. */
export function createReader(
  replica: Pick<Replica, 'head' | 'tree' | 'problems'>,
  spool: Pick<Spool, 'pending'>,
  blobs: BlobReader,
  cache: NoteCache,
): VaultReader {
  let overlay: Overlay | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  /** How many of the writes an overlay already contains; undefined when it has another base or other writes. */
  const applied = (known: Overlay, base: Tree, writes: readonly SpooledWrite[]): number | undefined =>
    known.base === base && known.writes.every((write, at) => write === writes[at]) ? known.writes.length : undefined;

  const current = (): VaultIndex | undefined => {
    const writes = spool.pending();
    if (overlay === undefined || applied(overlay, replica.tree(), writes) !== writes.length) return undefined;
    return overlay.index;
  };

  async function refresh(): Promise<VaultIndex> {
    const known = current();
    if (known !== undefined) return known;
    const [head, base, writes, problems] = [replica.head(), replica.tree(), spool.pending(), replica.problems()];
    const done = overlay === undefined ? undefined : applied(overlay, base, writes);
    const start = overlay === undefined || done === undefined ? base : overlay.tree;
    const tree = await applyAll(start, writes.slice(done ?? 0), blobs, head);
    const read = await cache.load(tree);
    cache.sweep(tree);
    const index = createVaultIndex(head, read.tree, [...problems, ...read.problems], cache);
    overlay = { base, writes, tree, index };
    return overlay.index;
  }

  return {
    read: () => {
      const known = current();
      if (known !== undefined) return Promise.resolve(known);
      const result = queue.then(refresh);
      queue = result.catch(() => {});
      return result;
    },
  };
}

async function applyAll(from: Tree, writes: readonly SpooledWrite[], blobs: BlobReader, like: string): Promise<Tree> {
  const read = async (file: TreeFile): Promise<Buffer> => {
    if (file.content instanceof Buffer) return file.content;
    const blob = await blobs.read(file.digest);
    return blob === 'too-large' ? Buffer.alloc(0) : blob;
  };
  let tree = from;
  for (const { write } of writes) {
    try {
      ({ tree } = await replayWrite(tree, write, { read, lastAuthor: undefined, like }));
    } catch {
      // It can't be pushed either: the writer rejects it and logs why.
    }
  }
  return tree;
}
