import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { PEOPLE } from '../core/ids.ts';
import type { EditOperation, Spool } from './spool.ts';
import { blobDigest } from './tree.ts';

const EDITS_A_COMMIT = 100;
/** Edits whose landing is remembered: an edit that is older shows as landed when the folder is read again. */
const REMEMBERED = 20_000;

/** Spools people's edits of the work tree and remembers which write holds which version of a file. */
export interface EditSpooler {
  readonly add: (edits: readonly EditOperation[]) => Promise<void>;
  /** Whether an edited version of a path is on the remote; the digest of a deletion is empty. */
  readonly isKept: (path: string, digest: string) => boolean;
}

/** Creates an {@link EditSpooler}. */
export function createEditSpooler(spool: Spool, head: () => string): EditSpooler {
  const writes = new LRUCache<string, string>({ max: REMEMBERED });
  const keyOf = (path: string, digest: string) => `${path}\0${digest}`;
  return {
    add: async (edits) => {
      for (let at = 0; at < edits.length; at += EDITS_A_COMMIT) {
        const operations = edits.slice(at, at + EDITS_A_COMMIT);
        const [first] = operations;
        const id = randomUUID();
        for (const { path, content } of operations) {
          const digest = content === null ? '' : blobDigest(Buffer.from(content, 'base64'), head());
          writes.set(keyOf(path, digest), id);
        }
        const message = operations.length === 1 ? `Edit ${first?.path ?? ''}` : `Edit ${operations.length} files`;
        await spool.add({ id, author: PEOPLE, message, operations }, head(), Math.floor(Date.now() / 1000));
      }
    },
    isKept: (path, digest) => {
      const id = writes.get(keyOf(path, digest));
      return id !== undefined && spool.receipt(id) !== undefined;
    },
  };
}
