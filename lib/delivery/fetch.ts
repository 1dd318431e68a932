import { rm } from 'node:fs/promises';
import { SwarmError } from '../core/errors.ts';
import { commitFile } from '../files/durable.ts';
import { DOWNLOAD_LIMITS, type DownloadLimits, download } from './download.ts';
import { discardDownload, downloadFiles } from './download-state.ts';
import { maxUploadBytesOf } from './package-format.ts';
import { isFetched, removeSealedFiles, sealedFiles } from './sealed-files.ts';
import { parseDownloadUrl } from './sealed-url.ts';
import { type ExpectedPackage, type PackageFault, unpack } from './unpack.ts';

/** What to fetch. `identity` is the request's delivery key; `url` is a secret. */
export interface FetchInput {
  readonly url: string;
  readonly identity: string;
  /** The trade's own folder. A partial download stays there between calls. */
  readonly destDir: string;
  readonly expected: ExpectedPackage;
  /** The allowed origins of URLs, as in `https://bucket.s3.us-east-1.amazonaws.com`; any, if absent. */
  readonly origins?: readonly string[];
  readonly signal?: AbortSignal;
  readonly limits?: DownloadLimits;
}

/** Sealed goods on disk that are as quoted, or the first fault of the delivery. */
export type FetchResult =
  | { readonly status: 'verified' }
  | { readonly status: 'rejected'; readonly fault: PackageFault | 'too-large' };

/**
 * Downloads, decrypts and checks a delivery into `sealed.bin` and `leaves.bin` in its folder. Resumes after interruptions,
 * and downloads nothing if the files are there and as this quote promises. Those of another quote are deleted.
 * @throws SwarmError of {@link download} and {@link parseDownloadUrl}; none contains the URL. The signal's reason on abort.
 */
export async function fetchSealed(input: FetchInput): Promise<FetchResult> {
  if (await isFetched(input.destDir, input.expected)) return { status: 'verified' };
  const url = parseDownloadUrl(input.url);
  if (input.origins !== undefined && !input.origins.includes(url.origin)) throw originRefused(url);
  await removeSealedFiles(input.destDir);
  const first = await fetchOnce(url, input);
  // A crash may damage parts that were received before it, so a fault counts against the seller only after one complete
  // download.
  return first.status === 'rejected' && first.resumed ? fetchOnce(url, input) : first;
}

async function fetchOnce(url: URL, input: FetchInput): Promise<FetchResult & { readonly resumed: boolean }> {
  const files = downloadFiles(input.destDir);
  const result = await download(url, files, {
    maxBytes: maxUploadBytesOf(input.expected.sizeBytes),
    signal: input.signal ?? new AbortController().signal,
    limits: input.limits ?? DOWNLOAD_LIMITS,
  });
  if (result.status === 'too-large') return { status: 'rejected', fault: 'too-large', resumed: false };
  const { sealedPath, leavesPath } = sealedFiles(input.destDir);
  const temporary = { sealedPath: `${sealedPath}.tmp`, leavesPath: `${leavesPath}.tmp` };
  const fault = await unpack({ ...input, packagePath: files.partPath }, temporary);
  if (fault !== undefined) {
    await rm(temporary.sealedPath, { force: true });
    await rm(temporary.leavesPath, { force: true });
    await discardDownload(files);
    return { status: 'rejected', fault, resumed: result.resumed };
  }
  await commitFile(temporary.sealedPath, sealedPath);
  await commitFile(temporary.leavesPath, leavesPath);
  await discardDownload(files);
  return { status: 'verified', resumed: result.resumed };
}

function originRefused(url: URL): SwarmError {
  return new SwarmError({
    code: 'delivery/origin-refused',
    disposition: 'wait',
    message: `Goods are not fetched from ${url.origin}: it is none of the configured object stores`,
    next: 'If the origin is right, add it to the configuration; if not, the request expires by itself.',
  });
}
