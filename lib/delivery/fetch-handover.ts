import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DOWNLOAD_LIMITS, type DownloadLimits, download } from './download.ts';
import { discardDownload, downloadFiles } from './download-state.ts';
import { maxWrappedBytesOf } from './package-format.ts';
import { parseDownloadUrl } from './sealed-url.ts';
import { type ExpectedHandover, type HandoverFault, type ReceivedFile, unpackHandover } from './unpack-handover.ts';

/** What to fetch. `identity` is the reader's own; `url` is a secret. */
export interface HandoverFetch {
  readonly url: string;
  readonly identity: string;
  /** A folder for this set alone. A partial download stays there between calls. */
  readonly destDir: string;
  readonly expected: ExpectedHandover;
  /** The allowed origins of URLs, as in `https://bucket.s3.us-east-1.amazonaws.com`. */
  readonly origins: readonly string[];
  readonly signal?: AbortSignal;
  readonly limits?: DownloadLimits;
}

/** The files that were handed over, or why they were not accepted. */
export type FetchedHandover =
  | { readonly status: 'verified'; readonly files: readonly ReceivedFile[] }
  | { readonly status: 'rejected'; readonly fault: HandoverFault | 'wrong-origin' };

/**
 * Downloads what a seller hands over, resuming after interruptions, and unpacks it into files that match their digests.
 * Never downloads more than was announced.
 * @throws SwarmError of {@link download} and {@link parseDownloadUrl}; none contains the URL. The signal's reason on abort.
 */
export async function fetchHandover(input: HandoverFetch): Promise<FetchedHandover> {
  const url = parseDownloadUrl(input.url);
  if (!input.origins.includes(url.origin)) return { status: 'rejected', fault: 'wrong-origin' };
  await mkdir(input.destDir, { recursive: true });
  const first = await fetchOnce(url, input);
  // A crash may damage parts that were received before it, so a fault counts against the seller only after one complete
  // download.
  return first.status === 'rejected' && first.resumed ? fetchOnce(url, input) : first;
}

async function fetchOnce(url: URL, input: HandoverFetch): Promise<FetchedHandover & { readonly resumed: boolean }> {
  const files = downloadFiles(input.destDir);
  const result = await download(url, files, {
    maxBytes: maxWrappedBytesOf(input.expected.sizeBytes),
    signal: input.signal ?? new AbortController().signal,
    limits: input.limits ?? DOWNLOAD_LIMITS,
  });
  if (result.status === 'too-large') return { status: 'rejected', fault: 'too-large', resumed: false };
  const filesDir = join(input.destDir, 'files');
  const unpacked = await unpackHandover({ ...input, packagePath: files.partPath, filesDir });
  await discardDownload(files);
  return { ...unpacked, resumed: result.resumed };
}
