import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { formatError } from '../../lib/core/errors.ts';
import type { DownloadLimits } from '../../lib/delivery/download.ts';
import { type FetchInput, fetchSealed } from '../../lib/delivery/fetch.ts';
import { maxUploadBytesOf } from '../../lib/delivery/package-format.ts';
import { bytesOf, id, packageOf, prepareTrade, temporaryFolder, wrap } from '../support/goods.ts';
import { startHttp } from '../support/hostile-http.ts';

const SECRET = 'X-Amz-Signature=5ec2e75ec2e7';
const LIMITS: DownloadLimits = { idleTimeoutMs: 500, totalTimeoutMs: 20_000, maxFruitless: 2 };

async function quoted(sizeBytes: number) {
  const dir = await temporaryFolder();
  const trade = await prepareTrade(bytesOf(sizeBytes), dir);
  const { plain, sealedRoot } = await packageOf(trade);
  const expected = { sizeBytes, sealedRoot, contentRoot: trade.goods.contentRoot };
  const bodyOf = () => wrap(plain, trade.delivery.recipient);
  const input = (base: string): FetchInput => ({
    url: `${base}/goods?${SECRET}`,
    identity: trade.delivery.identity,
    destDir: dir,
    expected,
    limits: LIMITS,
  });
  return { dir, bodyOf, input, expected };
}

/** Fetches, expecting an error; checks that the URL is nowhere in it. */
async function failure(input: FetchInput): Promise<unknown> {
  try {
    await fetchSealed(input);
  } catch (error) {
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('5ec2e7');
    expect(formatError(error)).not.toContain('5ec2e7');
    return error;
  }
  throw new Error('it did not fail');
}

describe('fetching from a server that means no good', () => {
  it('follows no redirect', async () => {
    const { input } = await quoted(1000);
    let followed = false;
    const base = await startHttp((request, response) => {
      followed ||= request.url === '/elsewhere';
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await failure(input(base))).toMatchObject({ code: 'delivery/redirect-refused', disposition: 'wait' });
    expect(followed).toBe(false);
  });

  it('takes nothing but http and https, no user names, and only configured origins', async () => {
    const { input } = await quoted(1000);
    const bad = [
      'file:///etc/passwd',
      'ftp://host/x',
      'data:,x',
      'javascript:1',
      'http://u:p@127.0.0.1/',
      'nonsense',
      '',
    ];
    for (const url of bad) {
      expect(await failure({ ...input(''), url: `${url}?${SECRET}` }), url).toMatchObject({ code: 'delivery/bad-url' });
    }
    const origins = ['https://bucket.s3.us-east-1.amazonaws.com'];
    const elsewhere = { ...input('http://169.254.169.254'), origins };
    expect(await failure(elsewhere)).toMatchObject({ code: 'delivery/origin-refused' });
  });

  it('never takes more than an honest package has, announced or not', async () => {
    const { dir, input, expected } = await quoted(1000);
    const limit = maxUploadBytesOf(expected.sizeBytes);
    const announced = await startHttp((_request, response) => {
      response.writeHead(200, { 'content-length': String(limit + 1), etag: '"x"' });
      response.end(Buffer.alloc(limit + 1));
    });
    expect(await fetchSealed(input(announced))).toMatchObject({ status: 'rejected', fault: 'too-large' });
    const endless = await startHttp((_request, response) => {
      const flood = () => {
        while (response.write(Buffer.alloc(65_536)));
        response.once('drain', flood);
      };
      response.writeHead(200);
      flood();
    });
    expect(await failure(input(endless))).toMatchObject({ code: 'delivery/url-refused' });
    for (const name of await readdir(dir)) {
      expect((await stat(join(dir, name))).size).toBeLessThanOrEqual(limit);
    }
  });

  it('gives up on a server that says nothing, or drips', async () => {
    const { input } = await quoted(100_000);
    const silent = await startHttp(() => undefined);
    expect(await failure(input(silent))).toMatchObject({ code: 'delivery/download-interrupted', disposition: 'wait' });
    const dripping = await startHttp((_request, response) => {
      response.writeHead(200, { 'content-length': '100000', etag: '"x"' });
      const timer = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const limits = { ...LIMITS, totalTimeoutMs: 1_000 };
    expect(await failure({ ...input(dripping), limits })).toMatchObject({ code: 'delivery/download-interrupted' });
  });

  it('gives up on a server that wants to speak something else than HTTP', async () => {
    const { input } = await quoted(1000);
    const base = await startHttp((_, response) => {
      response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    });
    expect(await failure(input(base))).toMatchObject({ code: 'delivery/download-interrupted', disposition: 'wait' });
  });

  it('stops at once when told to', async () => {
    const { input } = await quoted(1000);
    const silent = await startHttp(() => undefined);
    const stop = new AbortController();
    const fetching = fetchSealed({
      ...input(silent),
      signal: stop.signal,
      limits: { ...LIMITS, idleTimeoutMs: 60_000 },
    });
    stop.abort(new Error('the beat is over'));
    await expect(fetching).rejects.toThrow('the beat is over');
  });

  it('takes bytes as they are, whatever they are said to be', async () => {
    const { input, bodyOf } = await quoted(1000);
    const body = await bodyOf();
    const base = await startHttp((_request, response) => {
      response.writeHead(200, { 'content-length': body.length, 'content-encoding': 'gzip', etag: 'W/"weak"' });
      response.end(body);
    });
    expect(await fetchSealed(input(base))).toMatchObject({ status: 'verified' });
  });

  it('tells a failing server from a missing object', async () => {
    const { input } = await quoted(1000);
    for (const [status, code] of [
      [500, 'delivery/download-interrupted'],
      [503, 'delivery/download-interrupted'],
      [403, 'delivery/url-refused'],
      [404, 'delivery/url-refused'],
      [204, 'delivery/url-refused'],
    ] as const) {
      const base = await startHttp((_request, response) => response.writeHead(status).end());
      expect(await failure(input(base)), String(status)).toMatchObject({ code });
    }
    expect(await failure(input('http://127.0.0.1:1'))).toMatchObject({ code: 'delivery/download-interrupted' });
  });
});

describe('resuming a download', () => {
  it('goes on where it was cut, as often as it is cut', async () => {
    const { input, bodyOf } = await quoted(300_000);
    const body = await bodyOf();
    const asked: (string | undefined)[] = [];
    const base = await startHttp((request, response) => {
      asked.push(request.headers.range);
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(from === 0 ? 200 : 206, {
        etag: '"v1"',
        'content-length': body.length - from,
        ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }),
      });
      response.write(body.subarray(from, from + 70_000), () => {
        if (from + 70_000 >= body.length) response.end();
        else response.destroy();
      });
    });
    expect((await fetchSealed(input(base))).status).toBe('verified');
    expect(asked.length).toBeGreaterThanOrEqual(5);
    expect(asked[0]).toBeUndefined();
    expect(asked.slice(1).every((range) => range?.startsWith('bytes='))).toBe(true);
  });

  it('goes on in another call, with what the first one received', async () => {
    const { dir, input, bodyOf } = await quoted(300_000);
    const body = await bodyOf();
    let cut = true;
    let second: string | undefined;
    const base = await startHttp((request, response) => {
      if (cut) {
        if (request.headers.range !== undefined) return response.writeHead(503).end();
        response.writeHead(200, { etag: '"v1"', 'content-length': body.length });
        return response.write(body.subarray(0, 100_000), () => response.destroy());
      }
      second = request.headers.range;
      expect(request.headers['if-match']).toBe('"v1"');
      const from = Number(/^bytes=(\d+)-$/.exec(second ?? '')?.[1] ?? 0);
      response.writeHead(206, {
        etag: '"v1"',
        'content-length': body.length - from,
        'content-range': `bytes ${from}-${body.length - 1}/${body.length}`,
      });
      return response.end(body.subarray(from));
    });
    expect(await failure(input(base))).toMatchObject({ code: 'delivery/download-interrupted' });
    const kept = (await stat(join(dir, 'package.age.part'))).size;
    expect(kept).toBeGreaterThan(0);
    cut = false;
    expect((await fetchSealed(input(base))).status).toBe('verified');
    expect(second).toBe(`bytes=${kept}-`);
  });

  it('never combines two versions: not when the server says so, and not when it lies', async () => {
    for (const manner of ['412', 'ignores the range', 'other etag', 'other start', 'other total', 'lies'] as const) {
      const { dir, input, bodyOf } = await quoted(200_000);
      const [older, newer] = [await bodyOf(), await bodyOf()];
      await writeFile(join(dir, 'package.age.part'), older.subarray(0, 90_000));
      const version = JSON.stringify({ etag: '"v1"', totalBytes: older.length });
      await writeFile(join(dir, 'package.version.json'), version);
      const base = await startHttp((request, response) => {
        const total = newer.length;
        const whole = () => response.writeHead(200, { etag: '"v2"', 'content-length': total }).end(newer);
        if (request.headers.range === undefined || manner === 'ignores the range') return void whole();
        if (manner === '412') return void response.writeHead(412).end();
        const start = manner === 'other start' ? 0 : 90_000;
        const range = `bytes ${start}-${total - 1}/${manner === 'other total' ? total + 1 : total}`;
        response.writeHead(206, {
          etag: manner === 'other etag' ? '"v2"' : '"v1"',
          'content-length': total - start,
          'content-range': range,
        });
        response.end(newer.subarray(start));
      });
      expect(await fetchSealed(input(base)), manner).toMatchObject({ status: 'verified' });
    }
  });

  it('does not blame the seller for bytes that a crash damaged', async () => {
    const { dir, input, bodyOf } = await quoted(200_000);
    const body = await bodyOf();
    await writeFile(join(dir, 'package.age.part'), Buffer.alloc(150_000));
    await writeFile(join(dir, 'package.version.json'), JSON.stringify({ etag: '"v1"', totalBytes: body.length }));
    const base = await startHttp((request, response) => {
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(from === 0 ? 200 : 206, {
        etag: '"v1"',
        'content-length': body.length - from,
        ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }),
      });
      response.end(body.subarray(from));
    });
    expect(await fetchSealed(input(base))).toMatchObject({ status: 'verified' });
  });

  it('starts over where the notes about a partial file make no sense', async () => {
    const { dir, input, bodyOf } = await quoted(2000);
    const body = await bodyOf();
    await writeFile(join(dir, 'package.age.part'), 'something');
    await writeFile(join(dir, 'package.version.json'), '{"etag":"');
    const base = await startHttp((_request, response) => {
      response.writeHead(200, { 'content-length': body.length }).end(body);
    });
    expect(await fetchSealed(input(base))).toMatchObject({ status: 'verified' });
    expect((await readFile(join(dir, 'sealed.bin'))).length).toBe(2000 + 2 * 16);
  });
});

describe('what lies in the folder of a trade', () => {
  async function served(sizeBytes: number) {
    const one = await quoted(sizeBytes);
    const body = await one.bodyOf();
    let served = 0;
    const base = await startHttp((_request, response) => {
      served += 1;
      response.writeHead(200, { etag: `"v${served}"`, 'content-length': body.length }).end(body);
    });
    return { ...one, fetching: one.input(base), times: () => served };
  }

  it('is not taken for the goods of another quote, whichever of its promises differs', async () => {
    const { fetching, expected, times } = await served(70_000);
    expect(await fetchSealed(fetching)).toMatchObject({ status: 'verified' });
    expect(await fetchSealed(fetching)).toMatchObject({ status: 'verified' });
    expect(times()).toBe(1);
    for (const [other, fault] of [
      [{ ...expected, sealedRoot: id(9) }, 'sealed-root'],
      [{ ...expected, contentRoot: id(9) }, 'content-root'],
      [{ ...expected, sizeBytes: 69_999 }, 'wrong-size'],
    ] as const) {
      expect(await fetchSealed(fetching)).toMatchObject({ status: 'verified' });
      expect(await fetchSealed({ ...fetching, expected: other }), fault).toMatchObject({ status: 'rejected', fault });
    }
    expect(await fetchSealed(fetching)).toMatchObject({ status: 'verified' });
  });

  it.each(['sealed.bin', 'leaves.bin'])('is fetched again where %s was changed, cut or lost', async (name) => {
    const { dir, fetching, times } = await served(70_000);
    expect(await fetchSealed(fetching)).toMatchObject({ status: 'verified' });
    const path = join(dir, name);
    const right = await readFile(path);
    const changed = Buffer.from(right);
    changed[right.length - 1] = (right.at(-1) ?? 0) ^ 1;
    for (const wrong of [changed, right.subarray(0, -1), Buffer.concat([right, Buffer.alloc(1)]), Buffer.alloc(0)]) {
      const before = times();
      await writeFile(path, wrong);
      expect(await fetchSealed(fetching)).toMatchObject({ status: 'verified' });
      expect(times()).toBe(before + 1);
      expect((await readFile(path)).equals(right)).toBe(true);
    }
  });

  it('is not gone on with where it belongs to an object that is larger than this quote allows', async () => {
    const { dir, fetching, expected, times } = await served(1000);
    const totalBytes = maxUploadBytesOf(expected.sizeBytes) + 1;
    await writeFile(join(dir, 'package.age.part'), Buffer.alloc(totalBytes));
    await writeFile(join(dir, 'package.version.json'), JSON.stringify({ etag: '"v0"', totalBytes }));
    expect(await fetchSealed(fetching)).toMatchObject({ status: 'verified' });
    expect(times()).toBe(1);
  });
});
