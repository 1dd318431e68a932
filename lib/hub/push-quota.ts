import { z } from 'zod';
import { formatError } from '../core/errors.ts';
import { HUB_BOUNDS } from '../core/hub-bounds.ts';
import { hubAccount } from '../core/ids.ts';
import { writeDurably } from '../files/durable.ts';
import { readOwnJson } from '../files/own-json.ts';
import { PRIVATE } from '../files/private-file.ts';
import { createCoalescedWriter } from './coalesced-writer.ts';
import { createSlidingSum, type SlidingSum } from './sliding-sum.ts';

/** What is counted of an account's pushes: bytes as they arrive, and bytes of files that accepted ones change. */
export type Counted = 'wireBytes' | 'changedBytes';

/** What each account pushed in the last 24 hours, kept over restarts. */
export interface PushQuota {
  readonly charge: (account: string, counted: Counted, bytes: number) => void;
  /** How many more bytes an account may push with this much free space on the hub's disk. */
  readonly room: (account: string, counted: Counted, freeBytes: number) => number;
  /** Why an account may not push `bytes` more, for the pusher: with the time when it may. Undefined when it may. */
  readonly refusal: (account: string, counted: Counted, bytes: number, freeBytes: number) => string | undefined;
  readonly used: (account: string, counted: Counted) => number;
  /** The accounts that pushed in the last 24 hours. */
  readonly accounts: () => readonly string[];
  /** Writes what isn't written yet. */
  readonly close: () => Promise<void>;
}

const [SLOT_MS, SLOTS] = [3_600_000, 24];
const WRITE_EVERY_MS = 500;
const COUNTED: readonly Counted[] = ['wireBytes', 'changedBytes'];
const WORDS: Readonly<Record<Counted, string>> = {
  wireBytes: 'pushed',
  changedBytes: 'changed files of',
};

const slots = z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).max(SLOTS + 1);
const usageFile = z.object({
  apiVersion: z.literal('karmakadabra/v1'),
  kind: z.literal('HubUsage'),
  accounts: z.record(hubAccount, z.object({ wireBytes: slots, changedBytes: slots })),
});

/**
 * Opens the count in a file of the hub's state folder. A damaged file is logged and the count starts at zero: that the vault
 * can be written counts for more.
 */
export async function openPushQuota(
  file: string,
  log: (line: string) => void,
  nowMs: () => number = Date.now,
): Promise<PushQuota> {
  const sums = new Map<string, Readonly<Record<Counted, SlidingSum>>>();
  const unreadable = { code: 'hub/bad-usage', next: 'It is written again.' } as const;
  const known = await readOwnJson(file, usageFile, unreadable).catch((error: unknown) => {
    log(`What accounts pushed today is counted from zero: ${formatError(error)}`);
    return undefined;
  });
  for (const [account, earlier] of Object.entries(known?.accounts ?? {})) {
    sums.set(account, {
      wireBytes: createSlidingSum(SLOT_MS, SLOTS, earlier.wireBytes),
      changedBytes: createSlidingSum(SLOT_MS, SLOTS, earlier.changedBytes),
    });
  }

  function used(account: string, counted: Counted): number {
    return sums.get(account)?.[counted].total(nowMs()) ?? 0;
  }

  /** Only accounts that pushed in the last 24 hours are kept, so there are as many as accounts. */
  function accounts(): readonly string[] {
    for (const account of sums.keys()) {
      if (COUNTED.every((counted) => used(account, counted) === 0)) sums.delete(account);
    }
    return [...sums.keys()];
  }

  async function write(): Promise<void> {
    const now = nowMs();
    const all = accounts().flatMap((account) => {
      const own = sums.get(account);
      return own === undefined
        ? []
        : [[account, { wireBytes: own.wireBytes.slots(now), changedBytes: own.changedBytes.slots(now) }]];
    });
    const content = { apiVersion: 'karmakadabra/v1', kind: 'HubUsage', accounts: Object.fromEntries(all) };
    await writeDurably(file, `${JSON.stringify(content)}\n`, { mode: PRIVATE });
  }
  const writer = createCoalescedWriter(write, WRITE_EVERY_MS, (error) => {
    log(`What accounts pushed today can't be written: ${formatError(error)}`);
  });

  const room = (account: string, counted: Counted, freeBytes: number) =>
    Math.max(0, quotaAt(counted, freeBytes) - used(account, counted));

  return {
    used,
    room,
    accounts,
    close: writer.close,
    charge: (account, counted, bytes) => {
      if (bytes <= 0) return;
      const own = sums.get(account) ?? {
        wireBytes: createSlidingSum(SLOT_MS, SLOTS),
        changedBytes: createSlidingSum(SLOT_MS, SLOTS),
      };
      sums.set(account, own);
      own[counted].add(bytes, nowMs());
      writer.changed();
    },
    refusal: (account, counted, bytes, freeBytes) => {
      if (bytes <= room(account, counted, freeBytes)) return undefined;
      const quota = HUB_BOUNDS.quota[counted];
      const done = `${account} has ${WORDS[counted]} ${mib(used(account, counted))} MiB in the last 24 hours`;
      if (used(account, counted) + bytes <= quota) {
        return `The hub's disk is nearly full (${mib(freeBytes)} MiB are free), and ${done}: those who pushed most wait until an operator makes room.`;
      }
      const fits = Math.max(0, quota - bytes);
      const endMs = sums.get(account)?.[counted].fallsToAtMs(fits, nowMs()) ?? nowMs();
      return `${done}, and ${mib(quota)} MiB are its quota; there is room again from ${new Date(endMs).toISOString().slice(0, 16)}Z.`;
    },
  };
}

/** The quota with this much free space: all of it, and from `lowFreeBytes` on less and less, down to nothing at `minFreeBytes`. */
function quotaAt(counted: Counted, freeBytes: number): number {
  const { minFreeBytes, lowFreeBytes } = HUB_BOUNDS.disk;
  const share = Math.min(1, Math.max(0, (freeBytes - minFreeBytes) / (lowFreeBytes - minFreeBytes)));
  return Math.floor(HUB_BOUNDS.quota[counted] * share);
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
}
