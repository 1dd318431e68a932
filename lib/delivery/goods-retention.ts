import { stat } from 'node:fs/promises';
import type { Hex } from 'viem';
import type { GoodsFile } from '../core/work.ts';
import type { GoodsStore } from './goods-store.ts';

/** Which of an agent's goods are kept. Sizes in bytes, times in milliseconds since 1970. */
export interface GoodsInUse {
  /** What its offers sell and were made from. */
  readonly offered: ReadonlySet<Hex>;
  /** Of what its offers don't need, as what it bought, the newest up to so much are kept. */
  readonly otherBytes: number;
  /** Younger goods may be on their way into an offer or a note. */
  readonly olderThanMs: number;
}

/** Deletes the oldest goods that no offer needs and returns them. Safe to repeat. */
export async function deleteUnneeded(
  goods: Pick<GoodsStore, 'list' | 'remove'>,
  { offered, otherBytes, olderThanMs }: GoodsInUse,
): Promise<readonly GoodsFile[]> {
  const found = (await goods.list()).filter(({ digest }) => !offered.has(digest));
  const dated = await Promise.all(found.map(async (file) => ({ file, writtenMs: await writtenMs(file) })));
  dated.sort((a, b) => b.writtenMs - a.writtenMs);
  const deleted: GoodsFile[] = [];
  let room = otherBytes;
  for (const { file } of dated) {
    room -= file.sizeBytes;
    if (room >= 0) continue;
    // Read again: the same goods may have been made or bought anew meanwhile.
    if ((await writtenMs(file)) >= olderThanMs) continue;
    await goods.remove(file.digest);
    deleted.push(file);
  }
  return deleted;
}

async function writtenMs({ path }: GoodsFile): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY;
}
