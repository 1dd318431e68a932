import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptStream } from '../../lib/delivery/age.ts';
import { deriveDeliveryKey } from '../../lib/delivery/delivery-key.ts';
import { describeGoods, readContent } from '../../lib/delivery/describe.ts';
import { openSealed } from '../../lib/delivery/open.ts';
import { sealPackage } from '../../lib/delivery/package.ts';
import { sealedFiles } from '../../lib/delivery/sealed-files.ts';
import { unpack } from '../../lib/delivery/unpack.ts';

// Prints, as one JSON object, how fast goods are sealed and opened, and how that compares with nothing but ChaCha20 and
// SHA-256 over the same file: the least that any sealed delivery has to do. Argument: MiB (64).

const sizeBytes = Number(process.argv[2] ?? 64) * 1024 * 1024;
const dir = await mkdtemp(join(tmpdir(), 'kk-bench-'));
const path = join(dir, 'goods.bin');
const deliverySeed = Buffer.alloc(32, 7);
const key = `0x${'ab'.repeat(32)}` as const;
await writeFile(path, Buffer.alloc(sizeBytes, 'goods '));

async function rate(task: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await task();
  return sizeBytes / 1e6 / ((performance.now() - startedAt) / 1000);
}

const baseline = await rate(async () => {
  const cipher = createCipheriv('chacha20', Buffer.alloc(32), Buffer.alloc(16));
  const [plain, sealed] = [createHash('sha256'), createHash('sha256')];
  for await (const bytes of readContent(path)) {
    plain.update(bytes);
    sealed.update(cipher.update(bytes));
  }
});
const describeRate = await rate(() => describeGoods(path, deliverySeed));
const goods = await describeGoods(path, deliverySeed);
const { identity, recipient } = await deriveDeliveryKey(deliverySeed, key);
const sealing = sealPackage({ path, goods, deliverySeed, key });
const sealRate = await rate(async () => {
  for await (const _ of sealing.bytes);
});
const expected = { sizeBytes, sealedRoot: sealing.sealedRoot(), contentRoot: goods.contentRoot };
const packagePath = join(dir, 'package.age');
const wrapRate = await rate(async () => {
  await writeFile(packagePath, await encryptStream(sealPackage({ path, goods, deliverySeed, key }).bytes, recipient));
});
const unpackRate = await rate(() => unpack({ packagePath, identity, expected }, sealedFiles(dir)));
const openRate = await rate(() => openSealed({ dir, key, expected, destPath: join(dir, 'opened.bin') }));
await rm(dir, { recursive: true, force: true });

const round = (value: number): number => Math.round(value * 100) / 100;
process.stdout.write(
  `${JSON.stringify({
    apiVersion: 'karmakadabra/v1',
    kind: 'DeliveryBench',
    sizeBytes,
    megabytesPerSecond: {
      baseline: round(baseline),
      describe: round(describeRate),
      seal: round(sealRate),
      sealAndWrap: round(wrapRate),
      unwrapAndVerify: round(unpackRate),
      open: round(openRate),
    },
    ratioToBaseline: { seal: round(sealRate / baseline), open: round(openRate / baseline) },
  })}\n`,
);
