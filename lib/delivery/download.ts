import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { SwarmError } from '../core/errors.ts';
import {
  type DownloadFiles,
  discardDownload,
  type ObjectVersion,
  readProgress,
  startDownload,
} from './download-state.ts';
import { ConnectionLost, type HttpAnswer, httpGet, lost } from './http-get.ts';

// Only a strong ETag guarantees equal bytes, and only one without unusual characters can be sent in a header.
const STRONG_ETAG = /^"[\x21\x23-\x7e]{1,198}"$/;

/** The time limits and the number of retries of a download. */
export interface DownloadLimits {
  /** A connection without data for this long counts as lost. */
  readonly idleTimeoutMs: number;
  /** The time limit of one call; what was received is kept for the next. */
  readonly totalTimeoutMs: number;
  /** The number of successive connections without data before it gives up until the next beat. */
  readonly maxFruitless: number;
}

/** Limits for an agent that beats every few minutes. */
export const DOWNLOAD_LIMITS: DownloadLimits = { idleTimeoutMs: 20_000, totalTimeoutMs: 300_000, maxFruitless: 3 };

/** The outcome of a download; `resumed` means that the file has parts from several connections. */
export type DownloadResult =
  | { readonly status: 'complete'; readonly resumed: boolean }
  | { readonly status: 'too-large' };

/**
 * Downloads an object into a partial file, resuming an earlier call. Parts of different versions are never combined: a
 * resumed request has `If-Match` (which S3 documents, in contrast to `If-Range`), and ETag, total and start of the response
 * are compared too. Never writes more than `maxBytes`.
 * @throws SwarmError `delivery/url-refused`, `delivery/redirect-refused` or `delivery/download-interrupted` (all
 * wait); none contains the URL. The signal's reason on abort.
 */
export async function download(
  url: URL,
  files: DownloadFiles,
  options: { readonly maxBytes: number; readonly signal: AbortSignal; readonly limits: DownloadLimits },
): Promise<DownloadResult> {
  const { limits } = options;
  const deadline = AbortSignal.timeout(limits.totalTimeoutMs);
  const signal = AbortSignal.any([options.signal, deadline]);
  let fruitless = 0;
  let resumed = false;
  for (;;) {
    const before = await readProgress(files, options.maxBytes);
    if (before !== undefined && before.offset === before.version.totalBytes) return { status: 'complete', resumed };
    resumed ||= before !== undefined;
    try {
      const step = await advance(url, files, before, { ...options, signal });
      if (step !== 'again') return step === 'too-large' ? { status: step } : { status: 'complete', resumed };
      fruitless += 1;
    } catch (error) {
      options.signal.throwIfAborted();
      if (deadline.aborted) throw interrupted(url, 'it took too long');
      if (!(error instanceof ConnectionLost)) throw error;
      const gained = ((await readProgress(files, options.maxBytes))?.offset ?? 0) > (before?.offset ?? 0);
      fruitless = gained ? 0 : fruitless + 1;
      if (fruitless >= limits.maxFruitless) throw interrupted(url, error.message);
    }
    if (fruitless >= limits.maxFruitless) throw interrupted(url, 'the server gives no consistent answer');
    await delay(fruitless * 200, undefined, { signal }).catch(() => undefined);
  }
}

async function advance(
  url: URL,
  files: DownloadFiles,
  before: { readonly version: ObjectVersion; readonly offset: number } | undefined,
  options: { readonly maxBytes: number; readonly signal: AbortSignal; readonly limits: DownloadLimits },
): Promise<'complete' | 'too-large' | 'again'> {
  const headers = {
    'accept-encoding': 'identity',
    ...(before === undefined ? {} : { range: `bytes=${before.offset}-`, 'if-match': before.version.etag }),
  };
  const answer = await httpGet(url, headers, { signal: options.signal, idleTimeoutMs: options.limits.idleTimeoutMs });
  try {
    if (answer.status === 206 && before !== undefined && continues(answer, before)) {
      await append(answer, files, before.offset, before.version.totalBytes);
      return 'complete';
    }
    if (answer.status === 206 || answer.status === 412 || answer.status === 416) {
      await discardDownload(files);
      return 'again';
    }
    if (answer.status !== 200) throw refusal(url, answer.status);
    const totalBytes = Number(answer.headers['content-length'] ?? Number.NaN);
    // Without a length the end can't be distinguished from an interruption; S3 always sends one.
    if (!Number.isSafeInteger(totalBytes) || totalBytes < 1) throw refusal(url, answer.status);
    if (totalBytes > options.maxBytes) {
      await discardDownload(files);
      return 'too-large';
    }
    const etag = answer.headers.etag ?? '';
    await startDownload(files, STRONG_ETAG.test(etag) ? { etag, totalBytes } : undefined);
    await append(answer, files, 0, totalBytes);
    return 'complete';
  } finally {
    answer.body.destroy();
  }
}

function continues(answer: HttpAnswer, before: { readonly version: ObjectVersion; readonly offset: number }): boolean {
  const { totalBytes, etag } = before.version;
  const range = `bytes ${before.offset}-${totalBytes - 1}/${totalBytes}`;
  return answer.headers['content-range'] === range && answer.headers.etag === etag;
}

async function append(answer: HttpAnswer, files: DownloadFiles, offset: number, totalBytes: number): Promise<void> {
  const file = await open(files.partPath, 'r+');
  let at = offset;
  try {
    for await (const bytes of received(answer)) {
      if (at + bytes.length > totalBytes) throw new ConnectionLost('more came than was announced');
      await file.writev([bytes], at);
      at += bytes.length;
    }
    if (at < totalBytes) throw new ConnectionLost('the connection ended early');
    await file.sync();
  } finally {
    await file.close();
  }
}

async function* received(answer: HttpAnswer): AsyncGenerator<Buffer> {
  const body: AsyncIterable<Buffer> = answer.body;
  try {
    for await (const bytes of body) yield bytes;
  } catch (error) {
    throw lost(error);
  }
}

function refusal(url: URL, status: number): SwarmError | ConnectionLost {
  if (status >= 500 || status === 429 || status === 408) return new ConnectionLost(`HTTP ${status}`);
  if (status >= 300 && status < 400) {
    return new SwarmError({
      code: 'delivery/redirect-refused',
      disposition: 'wait',
      message: `${url.host} redirects the download (HTTP ${status}), which is never followed`,
      next: 'Wait for the seller to give a direct URL; if it does not, the request expires by itself.',
    });
  }
  return new SwarmError({
    code: 'delivery/url-refused',
    disposition: 'wait',
    message: `${url.host} refused the download (HTTP ${status})`,
    next: 'Its URL has probably expired: wait for the seller to renew it.',
  });
}

function interrupted(url: URL, why: string): SwarmError {
  return new SwarmError({
    code: 'delivery/download-interrupted',
    disposition: 'wait',
    message: `The download from ${url.host} was interrupted: ${why}`,
    next: 'What was received is kept; the next beat continues it.',
  });
}
