import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { SwarmError } from '../core/errors.ts';
import { hex32 } from '../core/ids.ts';
import type { GoodsFile } from '../core/work.ts';
import { commitFile } from '../files/durable.ts';
import { createPrivateFile, PRIVATE } from '../files/private-file.ts';
import { toHex } from './hex.ts';

/** An agent's goods on its own disk: immutable files that only their owner can read, named by the SHA-256 of their bytes. */
export interface GoodsStore {
  /** Copies a file (a path) or bytes into the store. Safe to repeat: the same bytes are stored once. */
  readonly put: (source: string | Uint8Array) => Promise<GoodsFile>;
  /** Moves a file of the same file system into the store; `source` is gone afterwards. */
  readonly adopt: (source: string) => Promise<GoodsFile>;
  /** The path of goods with a digest, whether they exist or not. */
  readonly path: (digest: Hex) => string;
  readonly has: (digest: Hex) => Promise<boolean>;
  /** All goods, ordered by digest. */
  readonly list: () => Promise<readonly GoodsFile[]>;
  /** Deletes goods; no error if there are none. */
  readonly remove: (digest: Hex) => Promise<void>;
  /** The folder for one trade's unfinished download, created if missing. */
  readonly partial: (trade: Hex) => Promise<string>;
  /** The trades that have a folder for an unfinished download. */
  readonly partials: () => Promise<readonly Hex[]>;
  readonly removePartial: (trade: Hex) => Promise<void>;
}

const ABANDONED_AFTER_MS = 3_600_000;

/** Opens the store in a folder, creates it if missing, and deletes half-written files that are older than an hour. */
export async function openGoodsStore(dir: string): Promise<GoodsStore> {
  const goods = join(dir, 'goods');
  const incoming = join(dir, 'incoming');
  const partial = join(dir, 'partial');
  for (const folder of [goods, incoming, partial]) await mkdir(folder, { recursive: true });
  await clearAbandoned(incoming);

  const path = (digest: Hex): string => {
    const name = checkedName(digest);
    return join(goods, name.slice(0, 2), name);
  };
  const keep = async (temporary: string, file: Omit<GoodsFile, 'path'>): Promise<GoodsFile> => {
    const target = path(file.digest);
    if ((await sizeOf(target)) === file.sizeBytes) {
      // Wanted anew: what trims old goods goes by this time.
      await utimes(target, new Date(), new Date());
      await rm(temporary, { force: true });
    } else {
      await mkdir(join(target, '..'), { recursive: true });
      await commitFile(temporary, target);
    }
    return { path: target, ...file };
  };

  return {
    put: async (source) => {
      const temporary = join(incoming, randomUUID());
      return keep(temporary, await copyHashed(typeof source === 'string' ? readFrom(source) : [source], temporary));
    },
    adopt: async (source) => {
      const temporary = join(incoming, randomUUID());
      await rename(source, temporary);
      await chmod(temporary, PRIVATE);
      return keep(temporary, await hashFile(temporary));
    },
    path,
    has: async (digest) => (await sizeOf(path(digest))) !== undefined,
    list: async () => {
      const files: GoodsFile[] = [];
      for (const folder of (await readdir(goods)).sort()) {
        for (const name of (await readdir(join(goods, folder))).sort()) {
          const digest = hex32.safeParse(`0x${name}`);
          const sizeBytes = await sizeOf(join(goods, folder, name));
          if (!digest.success || sizeBytes === undefined) continue;
          files.push({ path: join(goods, folder, name), digest: digest.data, sizeBytes });
        }
      }
      return files;
    },
    remove: (digest) => rm(path(digest), { force: true }),
    partial: async (trade) => {
      const folder = join(partial, checkedName(trade));
      await mkdir(folder, { recursive: true });
      return folder;
    },
    partials: async () =>
      (await readdir(partial)).flatMap((name) => {
        const trade = hex32.safeParse(`0x${name}`);
        return trade.success ? [trade.data] : [];
      }),
    removePartial: (trade) => rm(join(partial, checkedName(trade)), { recursive: true, force: true }),
  };
}

// Newer files may belong to another process that has the store open, as `swarm-ops open` does.
async function clearAbandoned(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const modified = (await stat(join(incoming, name)).catch(() => undefined))?.mtimeMs;
    if (modified !== undefined && Date.now() - modified > ABANDONED_AFTER_MS) {
      await rm(join(incoming, name), { force: true });
    }
  }
}

/** Ids become file names, so everything except 64 hex digits is refused. */
function checkedName(id: Hex): string {
  if (hex32.safeParse(id).success) return id.slice(2);
  throw new SwarmError({
    code: 'delivery/bad-digest',
    disposition: 'stop',
    message: `${JSON.stringify(id.slice(0, 80))} is not a digest`,
    next: 'Use 0x and 64 lower-case hex digits.',
  });
}

function readFrom(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path);
}

async function copyHashed(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
): Promise<Omit<GoodsFile, 'path'>> {
  const digest = createHash('sha256');
  let sizeBytes = 0;
  const file = await createPrivateFile(path);
  try {
    for await (const bytes of source) {
      digest.update(bytes);
      sizeBytes += bytes.length;
      await file.writeFile(bytes);
    }
  } finally {
    await file.close();
  }
  return { digest: toHex(digest.digest()), sizeBytes };
}

async function hashFile(path: string): Promise<Omit<GoodsFile, 'path'>> {
  const digest = createHash('sha256');
  let sizeBytes = 0;
  for await (const bytes of readFrom(path)) {
    digest.update(bytes);
    sizeBytes += bytes.length;
  }
  return { digest: toHex(digest.digest()), sizeBytes };
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
