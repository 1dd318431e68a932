// Run as a child process: sells, delivers and opens one file through the embedded S3 server and prints, as JSON, by how
// much the resident memory of this process grew at most. Arguments: a folder and the size of the file in MiB.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { deriveDeliveryKey } from '../../lib/delivery/delivery-key.ts';
import { describeGoods } from '../../lib/delivery/describe.ts';
import { fetchSealed } from '../../lib/delivery/fetch.ts';
import { openSealed } from '../../lib/delivery/open.ts';
import { presignDownload } from '../../lib/delivery/presign.ts';
import { uploadDelivery } from '../../lib/delivery/upload.ts';
import { openTestStore, startEmbeddedS3 } from './s3.ts';

const [dir = '', mebibytes = '1'] = process.argv.slice(2);
const deliverySeed = Buffer.alloc(32, 7);
const key = `0x${'ab'.repeat(32)}` as const;
const trade = `0x${'01'.repeat(32)}` as const;
const path = join(dir, 'goods.bin');
const destDir = join(dir, 'partial');
await mkdir(destDir);

async function deliver(sizeBytes: number): Promise<void> {
  const target = await startEmbeddedS3();
  const store = await openTestStore(target, 'memory');
  await pipeline(Readable.from(pieces(sizeBytes)), createWriteStream(path));
  const goods = await describeGoods(path, deliverySeed);
  const delivery = await deriveDeliveryKey(deliverySeed, trade);
  const { recipient, identity } = delivery;
  const uploaded = await uploadDelivery(store, { path, goods, deliverySeed, key, seller: 'kk-a', trade, recipient });
  const clock = (): number => Math.floor(Date.now() / 1000);
  const { url } = await presignDownload(store, uploaded.objectKey, { clock });
  const expected = { sizeBytes, sealedRoot: uploaded.sealedRoot, contentRoot: goods.contentRoot };
  const fetched = await fetchSealed({ url, identity, destDir, expected });
  const opened = await openSealed({ dir: destDir, key, expected, destPath: join(dir, 'opened.bin') });
  if (fetched.status !== 'verified' || opened.status !== 'opened') throw new Error('the delivery failed');
  store.close();
  await target.close();
}

function* pieces(sizeBytes: number): Generator<Buffer> {
  for (let left = sizeBytes; left > 0; left -= 65_536) yield Buffer.alloc(Math.min(left, 65_536), left & 0xff);
}

let peakBytes = 0;
const before = process.memoryUsage().rss;
const timer = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
}, 10);
await deliver(Number(mebibytes) * 1024 * 1024);
clearInterval(timer);
process.stdout.write(JSON.stringify({ grownMebibytes: Math.round((peakBytes - before) / 1024 / 1024) }));
