import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import { z } from 'zod';
import { formatError, SwarmError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import type { VaultOperation, WriteReceipt } from '../core/vault.ts';
import { appendLine, removeDrafts, writeDurably } from '../files/durable.ts';

const KEPT_RECEIPTS = 10_000;
/** How many files are removed concurrently. */
const FILES_AT_ONCE = 16;

/** A person's change of one file in the work tree: `base` is the version before it, `content` is base64, or null for a deletion. */
const editOperation = z.strictObject({
  op: z.literal('edit'),
  path: z.string(),
  base: z.string().nullable(),
  content: z.string().nullable(),
});
export type EditOperation = z.infer<typeof editOperation>;

const operation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('put'), path: z.string(), text: z.string() }),
  z.strictObject({ op: z.literal('append'), path: z.string(), text: z.string() }),
  z.strictObject({ op: z.literal('delete'), path: z.string() }),
  editOperation,
]);

const spoolFile = z.strictObject({
  version: z.literal(1),
  base: z.string().regex(/^[0-9a-f]{40,64}$/),
  at: z.number().int(),
  write: z.strictObject({
    id: z.string(),
    author: z.string(),
    coAuthors: z.array(z.string()).optional(),
    message: z.string(),
    operations: z.array(operation),
  }),
});

const receiptLine = z.object({ id: z.string(), commit: z.string(), saved: z.array(z.string()) });
const rejectedFile = z.object({ reason: z.string(), write: z.object({ id: z.string() }) });

/** A write of this host: an agent's operations, or what people edited in the work tree. */
export interface HostWrite {
  readonly id: string;
  readonly author: string;
  readonly coAuthors?: readonly string[] | undefined;
  readonly message: string;
  readonly operations: readonly (VaultOperation | EditOperation)[];
}

/** A write on disk that is not pushed yet. `base` is the newest head known when it was spooled: only later commits can contain it. */
export interface SpooledWrite {
  readonly seq: number;
  readonly base: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly write: HostWrite;
}

/** The writes of this host on disk. One process uses a spool at a time. */
export interface Spool {
  /** The writes that are not pushed, in the order they were spooled. */
  readonly pending: () => readonly SpooledWrite[];
  /** Resolves when the write is on disk. Concurrent calls with the same id are one write. */
  readonly add: (write: HostWrite, base: string, at: number) => Promise<void>;
  /** Stores the receipts, then removes their writes. */
  readonly settle: (receipts: readonly WriteReceipt[]) => Promise<void>;
  /** Moves a write that can never be pushed to `rejected/`; `reason` begins with a code, as in `vault/path-clash: …`. */
  readonly reject: (id: string, reason: string) => Promise<void>;
  readonly receipt: (id: string) => WriteReceipt | undefined;
  readonly rejection: (id: string) => string | undefined;
}

/** Opens a spool folder, creating it when absent; moves files that can't be read to `rejected/`. */
export async function openSpool(folder: string): Promise<Spool> {
  const rejectedDir = path.join(folder, 'rejected');
  const receiptsFile = path.join(folder, 'landed.jsonl');
  await mkdir(rejectedDir, { recursive: true });
  const receipts = await loadReceipts(receiptsFile);
  let receiptLines = receipts.size;
  const rejections = await loadRejections(rejectedDir);
  const pending = await loadPending(folder, rejectedDir);
  let nextSeq = (pending.at(-1)?.seq ?? 0) + 1;

  const fileOf = ({ seq, write }: SpooledWrite) => path.join(folder, fileName(seq, write.id));
  const drop = (ids: ReadonlySet<string>) => {
    const dropped = pending.filter((spooled) => ids.has(spooled.write.id));
    for (const spooled of dropped) pending.splice(pending.indexOf(spooled), 1);
    return dropped;
  };

  const adding = new Map<string, Promise<void>>();
  const add = async (write: HostWrite, base: string, at: number) => {
    const spooled: SpooledWrite = { seq: nextSeq++, base, at, write };
    try {
      await writeDurably(fileOf(spooled), JSON.stringify({ version: 1, base, at, write }));
    } catch (cause) {
      throw spoolFailed(folder, cause);
    }
    const after = pending.findIndex(({ seq }) => seq > spooled.seq);
    pending.splice(after === -1 ? pending.length : after, 0, spooled);
  };

  return {
    pending: () => [...pending],
    add: (write, base, at) => {
      const known = adding.get(write.id);
      if (known !== undefined) return known;
      const added = add(write, base, at).finally(() => adding.delete(write.id));
      adding.set(write.id, added);
      return added;
    },
    settle: async (pushed) => {
      // In memory first, so that no reader sees a write both in the head and pending; on disk receipts first, so that a kill loses none.
      const dropped = drop(new Set(pushed.map(({ id }) => id)));
      for (const receipt of pushed) receipts.set(receipt.id, receipt);
      for (const id of receipts.keys()) {
        if (receipts.size <= KEPT_RECEIPTS) break;
        receipts.delete(id);
      }
      receiptLines += pushed.length;
      if (receiptLines > 2 * KEPT_RECEIPTS) {
        receiptLines = receipts.size;
        await writeReceipts(receiptsFile, receipts);
      } else await appendLine(receiptsFile, pushed.map((receipt) => JSON.stringify(receipt)).join('\n'));
      await pMap(dropped, (spooled) => rm(fileOf(spooled), { force: true }), { concurrency: FILES_AT_ONCE });
    },
    reject: async (id, reason) => {
      rejections.set(id, reason);
      for (const spooled of drop(new Set([id]))) {
        const { base, at, write } = spooled;
        const text = JSON.stringify({ version: 1, reason, base, at, write }, undefined, 2);
        await writeDurably(path.join(rejectedDir, fileName(spooled.seq, id)), text);
        await rm(fileOf(spooled), { force: true });
      }
    },
    receipt: (id) => receipts.get(id),
    rejection: (id) => rejections.get(id),
  };
}

async function loadPending(folder: string, rejectedDir: string): Promise<SpooledWrite[]> {
  const pending: SpooledWrite[] = [];
  await removeDrafts(folder);
  for (const name of (await readdir(folder)).sort()) {
    const file = path.join(folder, name);
    const seq = /^(\d{12})-.+\.json$/.exec(name)?.[1];
    if (seq === undefined) continue;
    const parsed = spoolFile.safeParse(await readJson(file));
    if (parsed.success)
      pending.push({ seq: Number(seq), base: parsed.data.base, at: parsed.data.at, write: parsed.data.write });
    else await rename(file, path.join(rejectedDir, `unreadable-${name}`));
  }
  return pending;
}

async function loadReceipts(file: string): Promise<Map<string, WriteReceipt>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  const receipts = new Map<string, WriteReceipt>();
  for (const line of lines.slice(-KEPT_RECEIPTS)) {
    // A kill can cut the last line short; its write is then still spooled and is found in the history.
    const parsed = receiptLine.safeParse(parseJson(line));
    if (parsed.success) receipts.set(parsed.data.id, parsed.data);
  }
  const whole = text === '' || text.endsWith('\n');
  if (lines.length > 2 * KEPT_RECEIPTS || !whole) {
    await writeReceipts(file, receipts);
  }
  return receipts;
}

async function writeReceipts(file: string, receipts: ReadonlyMap<string, WriteReceipt>): Promise<void> {
  await writeDurably(file, [...receipts.values()].map((receipt) => `${JSON.stringify(receipt)}\n`).join(''));
}

async function loadRejections(folder: string): Promise<Map<string, string>> {
  const rejections = new Map<string, string>();
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.json') || name.startsWith('unreadable-')) continue;
    const parsed = rejectedFile.safeParse(await readJson(path.join(folder, name)));
    if (parsed.success) rejections.set(parsed.data.write.id, parsed.data.reason);
  }
  return rejections;
}

function spoolFailed(folder: string, cause: unknown): SwarmError {
  return new SwarmError({
    code: 'vault/spool-failed',
    disposition: 'wait',
    message: `A write can't be spooled in ${folder}: ${formatError(cause)}`,
    next: 'Check that the disk has room and the folder can be written to.',
    cause,
  });
}

function fileName(seq: number, id: string): string {
  return `${String(seq).padStart(12, '0')}-${id}.json`;
}

async function readJson(file: string): Promise<unknown> {
  return parseJson(await readFile(file, 'utf8'));
}
