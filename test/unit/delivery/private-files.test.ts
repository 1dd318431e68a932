import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadFiles, startDownload } from '../../../lib/delivery/download-state.ts';
import { openGoodsStore } from '../../../lib/delivery/goods-store.ts';
import { packHandover } from '../../../lib/delivery/handover.ts';
import { openSealed } from '../../../lib/delivery/open.ts';
import { sealedFiles } from '../../../lib/delivery/sealed-files.ts';
import { unpack } from '../../../lib/delivery/unpack.ts';
import { unpackHandover } from '../../../lib/delivery/unpack-handover.ts';
import { writeGoods } from '../../../lib/products/goods/write-goods.ts';
import { bytesOf, collect, packageOf, prepareTrade, temporaryFolder, wrap } from '../../support/goods.ts';

let umask = 0;

beforeEach(() => {
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
});

/** The files below a folder that others than their owner may read, by name. */
async function openToOthers(dir: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { mode } = await stat(join(entry.parentPath, entry.name));
    if ((mode & 0o077) !== 0) found.push(entry.name);
  }
  return found;
}

/** A file of before that everybody may read. */
async function leftOpen(path: string): Promise<string> {
  await writeFile(path, 'of before', { mode: 0o666 });
  return path;
}

describe('goods on disk are for their owner alone, whatever the umask and whatever was left there', () => {
  it('when they are made', async () => {
    const dir = await temporaryFolder();
    await writeGoods(dir, 'jsonl', ['a line\n']);
    expect(await openToOthers(dir)).toEqual([]);
  });

  it('when they are kept', async () => {
    const dir = await temporaryFolder();
    const store = await openGoodsStore(join(dir, 'store'));
    await store.put(Buffer.from('bytes'));
    await store.put(await leftOpen(join(dir, 'source')));
    await store.adopt(await leftOpen(join(dir, 'opened')));
    expect(await readdir(dir)).toEqual(['source', 'store']);
    expect(await openToOthers(join(dir, 'store'))).toEqual([]);
  });

  it('when they are bought: downloaded, unpacked and opened', async () => {
    const dir = await temporaryFolder();
    const bought = join(dir, 'bought');
    await mkdir(bought);
    const trade = await prepareTrade(bytesOf(5000), dir);
    const { plain, sealedRoot } = await packageOf(trade);
    const expected = { sizeBytes: 5000, sealedRoot, contentRoot: trade.goods.contentRoot };
    const files = downloadFiles(bought);
    await leftOpen(files.partPath);
    await startDownload(files, { etag: '"1"', totalBytes: 1 });
    await writeFile(files.partPath, await wrap(plain, trade.delivery.recipient));
    const output = sealedFiles(bought);
    for (const path of Object.values(output)) await leftOpen(path);
    const fault = await unpack({ packagePath: files.partPath, identity: trade.delivery.identity, expected }, output);
    expect(fault).toBeUndefined();
    const destPath = join(bought, 'goods');
    await leftOpen(`${destPath}.tmp`);
    expect(await openSealed({ dir: bought, key: trade.key, expected, destPath })).toMatchObject({ status: 'opened' });
    expect(await openToOthers(bought)).toEqual([]);
  });

  it('when they are handed over', async () => {
    const dir = await temporaryFolder();
    const { delivery } = await prepareTrade(bytesOf(10), dir);
    const made = await writeGoods(dir, 'jsonl', ['a line\n']);
    const handover = packHandover([{ product: 'raw-logs', label: '', ...made }]);
    const packagePath = join(dir, 'package');
    await writeFile(packagePath, await wrap(await collect(handover.bytes()), delivery.recipient));
    const filesDir = join(dir, 'files');
    const unpacked = await unpackHandover({ packagePath, identity: delivery.identity, expected: handover, filesDir });
    expect(unpacked.status).toBe('verified');
    expect(await openToOthers(filesDir)).toEqual([]);
  });
});
