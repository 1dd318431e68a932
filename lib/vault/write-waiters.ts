import { SwarmError } from '../core/errors.ts';
import type { WriteReceipt } from '../core/vault.ts';
import { closedError } from './closed-error.ts';
import type { Spool } from './spool.ts';

/** The callers that wait until their writes are pushed. */
export interface WriteWaiters {
  readonly wait: (id: string) => Promise<WriteReceipt>;
  /** Whether a write with this id is spooled, pushed or rejected. */
  readonly isKnown: (id: string) => boolean;
  readonly resolve: (receipts: readonly WriteReceipt[]) => void;
  readonly reject: (id: string, code: string, reason: string) => void;
  readonly close: () => void;
}

interface Waiter {
  readonly resolve: (receipt: WriteReceipt) => void;
  readonly reject: (error: SwarmError) => void;
}

/** Creates {@link WriteWaiters} over a spool, which knows what was pushed before. */
export function createWriteWaiters(spool: Spool): WriteWaiters {
  const waiters = new Map<string, Waiter[]>();
  let isClosed = false;
  const isPending = (id: string) => spool.pending().some(({ write }) => write.id === id);
  const take = (id: string) => {
    const found = waiters.get(id) ?? [];
    waiters.delete(id);
    return found;
  };

  return {
    wait: (id) =>
      new Promise((resolve, reject) => {
        const receipt = spool.receipt(id);
        const reason = spool.rejection(id);
        if (receipt !== undefined) resolve(receipt);
        else if (reason !== undefined) reject(declined(id, /^vault\/[a-z-]+/.exec(reason)?.[0], reason));
        else if (isClosed) reject(closedError());
        else if (!isPending(id)) reject(unknownWrite(id));
        else waiters.set(id, [...(waiters.get(id) ?? []), { resolve, reject }]);
      }),
    isKnown: (id) => spool.receipt(id) !== undefined || spool.rejection(id) !== undefined || isPending(id),
    resolve: (receipts) => {
      for (const receipt of receipts) for (const { resolve } of take(receipt.id)) resolve(receipt);
    },
    reject: (id, code, reason) => {
      for (const { reject } of take(id)) reject(declined(id, code, reason));
    },
    close: () => {
      isClosed = true;
      for (const id of [...waiters.keys()]) for (const { reject } of take(id)) reject(closedError());
    },
  };
}

function declined(id: string, code: string | undefined, reason: string): SwarmError {
  return new SwarmError({
    code: code === 'vault/path-clash' ? code : 'vault/declined',
    disposition: 'stop',
    message: `The write ${id} can't be pushed: ${reason}`,
    next: "See the spool's folder rejected/; correct the cause and write it again under a new id.",
  });
}

function unknownWrite(id: string): SwarmError {
  return new SwarmError({
    code: 'vault/unknown-write',
    disposition: 'stop',
    message: `No write ${id} was spooled here recently`,
    next: 'Write it first; a write with the same id is pushed once, however often it is repeated.',
  });
}
