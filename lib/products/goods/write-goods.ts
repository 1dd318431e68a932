import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Hex } from 'viem';
import type { GoodsFile } from '../../core/work.ts';
import { commitFile } from '../../files/durable.ts';
import { PRIVATE } from '../../files/private-file.ts';

/**
 * Writes a file named by the SHA-256 of its bytes to `dir`, atomically and with fsync. Safe to repeat. `extension` is without
 * a dot; chunks are written as they arrive, to save memory.
 */
export async function writeGoods(
  dir: string,
  extension: string,
  chunks: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<GoodsFile> {
  await mkdir(dir, { recursive: true });
  const temporary = join(dir, `.making-${randomUUID()}`);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    await pipeline(
      async function* () {
        for await (const chunk of chunks) {
          const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
          hash.update(bytes);
          sizeBytes += bytes.length;
          yield bytes;
        }
      },
      createWriteStream(temporary, { flags: 'wx', mode: PRIVATE }),
    );
    const digest: Hex = `0x${hash.digest('hex')}`;
    const path = join(dir, `${digest.slice(2)}.${extension}`);
    await commitFile(temporary, path);
    return { path, digest, sizeBytes };
  } finally {
    await rm(temporary, { force: true });
  }
}
