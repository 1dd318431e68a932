import { read } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BodyLimits, type BodySpool, openBodySpool, type SpooledBody } from '../../../lib/hub/body-spool.ts';
import { Refusal } from '../../../lib/hub/http-error.ts';
import { makeFolder } from '../../support/git.ts';
import { startHttp } from '../../support/hostile-http.ts';

const BOUNDS = { totalBytes: 1000, minBytesPerSecond: 1, windowMs: 60_000 };

describe('the body of a request', () => {
  let folder = '';
  let removeFolder: () => Promise<void>;
  beforeEach(async () => {
    [folder, removeFolder] = await makeFolder();
  });
  afterEach(() => removeFolder());

  /** Sends a body, or parts of one without an end, and gives what the spool makes of it. */
  async function receive(
    spool: BodySpool,
    body: Buffer | readonly Buffer[],
    limits: BodyLimits,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<SpooledBody | Refusal> {
    let settle: (result: SpooledBody | Refusal) => void = () => undefined;
    const result = new Promise<SpooledBody | Refusal>((resolve) => {
      settle = resolve;
    });
    const base = await startHttp((incoming: IncomingMessage, response) => {
      void spool.receive(incoming, limits).then(
        (spooled) => {
          settle(spooled);
          response.end();
        },
        (error: Refusal) => {
          settle(error);
          response.destroy();
        },
      );
    });
    const asked = request(base, { method: 'POST', headers });
    asked.on('error', () => undefined);
    if (Buffer.isBuffer(body)) asked.end(body);
    else for (const part of body) asked.write(part);
    return result;
  }

  async function contentOf(body: SpooledBody | Refusal): Promise<string> {
    if (body instanceof Refusal) throw body;
    // From the descriptor's own position, as git reads it.
    const { bytesRead, buffer } = await promisify(read)(body.descriptor, Buffer.alloc(2000), 0, 2000, null);
    return buffer.subarray(0, bytesRead).toString();
  }

  it('is received whole into a file without a name, decompressed, and its room is free after its close', async () => {
    const kept = path.join(folder, 'bodies');
    const spool = await openBodySpool(kept, BOUNDS);
    const text = 'page '.repeat(150);
    const plain = await receive(spool, Buffer.from(text), { maxBytes: 1000 });
    expect(await contentOf(plain)).toBe(text);
    expect(await readdir(kept)).toEqual([]);
    expect(await receive(spool, Buffer.from(text), { maxBytes: 1000 })).toMatchObject({ status: 503 });
    if (!(plain instanceof Refusal)) await plain.close();
    const packed = await receive(spool, gzipSync(text), { maxBytes: 1000 }, { 'content-encoding': 'gzip' });
    expect(await contentOf(packed)).toBe(text);
    if (!(packed instanceof Refusal)) await packed.close();
  });

  it('counts as it arrives, by what it unpacks to, and nothing past the quota is kept', async () => {
    const spool = await openBodySpool(path.join(folder, 'bodies'), { ...BOUNDS, totalBytes: 2 ** 30 });
    let counted = 0;
    const quota = { bytes: 100_000, refusal: () => 'your quota ends tomorrow' };
    const onBytes = (bytes: number) => {
      counted += bytes;
    };
    const limits = { maxBytes: 2 ** 26, quota, onBytes };
    const bomb = gzipSync(Buffer.alloc(2 ** 25));
    const refused = await receive(spool, bomb, limits, { 'content-encoding': 'gzip' });
    expect(refused).toMatchObject({ status: 429, message: 'your quota ends tomorrow' });
    expect(counted).toBeGreaterThan(100_000);
    expect(counted).toBeLessThan(1_000_000);
    // Empty gzip members unpack to nothing and arrive all the same.
    counted = 0;
    const empty = Buffer.concat(Array.from({ length: 50_000 }, () => gzipSync('')));
    expect(await receive(spool, empty, limits, { 'content-encoding': 'gzip' })).toMatchObject({ status: 429 });
    expect(counted).toBeGreaterThan(100_000);
  });

  it('is refused when it is larger than allowed, announced or not', async () => {
    const spool = await openBodySpool(path.join(folder, 'bodies'), BOUNDS);
    expect(await receive(spool, Buffer.alloc(101), { maxBytes: 100 })).toMatchObject({ status: 413 });
    expect(await receive(spool, [Buffer.alloc(60), Buffer.alloc(60)], { maxBytes: 100 })).toMatchObject({
      status: 413,
    });
  });

  it('is cut off when it comes too slowly', async () => {
    const spool = await openBodySpool(path.join(folder, 'bodies'), { ...BOUNDS, minBytesPerSecond: 1e6, windowMs: 20 });
    expect(await receive(spool, [Buffer.from('drop')], { maxBytes: 100 })).toMatchObject({ status: 408 });
  });

  it('of a killed hub is gone at its next start', async () => {
    const kept = path.join(folder, 'bodies');
    await openBodySpool(kept, BOUNDS);
    await writeFile(path.join(kept, 'left'), 'x');
    await openBodySpool(kept, BOUNDS);
    expect(await readdir(kept)).toEqual([]);
  });
});
