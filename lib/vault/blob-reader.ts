import type { ChildProcess } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { SwarmError } from '../core/errors.ts';
import { gitEnvironment } from '../core/git-environment.ts';
import type { Git } from './git.ts';

/** The bytes of a blob, or `too-large` when it has more than the `maxBytes` asked for. */
export type Blob = Buffer | 'too-large';

/** The digest and size of a blob. */
export interface SizedBlob {
  readonly digest: string;
  readonly sizeBytes: number;
}

/** The most that git says of a blob before its bytes. */
const MAX_HEADER_BYTES = 120;

/** A git process that prints nothing of what it was asked for in this long has hung and is killed. */
const SILENCE_MS = 60_000;

/** Reads blobs through one long-running `git cat-file --batch`. */
export interface BlobReader {
  /** @throws SwarmError `vault/blob-missing` when the repository doesn't have it. */
  readonly read: (digest: string, maxBytes?: number) => Promise<Blob>;
  /**
   * The same synchronously, with a process of its own: for the rare page that wasn't loaded. Returns the first `maxBytes`
   * (64 MiB if absent) of a larger blob; undefined when it is missing.
   */
  readonly readNow: (digest: string, maxBytes?: number) => Buffer | undefined;
  /** Many at once with one process, by digest; without those that are missing. The caller bounds the sum of their sizes. */
  readonly readManyNow: (blobs: readonly SizedBlob[]) => ReadonlyMap<string, Buffer>;
  readonly close: () => void;
}

interface Request {
  readonly digest: string;
  readonly maxBytes: number;
  readonly resolve: (blob: Blob) => void;
  readonly reject: (error: unknown) => void;
}

/** Creates a {@link BlobReader}; the process starts at the first read and is started again when it has ended or hung. */
export function createBlobReader(git: Git, silenceMs = SILENCE_MS): BlobReader {
  let child: ChildProcess | undefined;
  /** The first is the one that is being read; it leaves when all of it was read. */
  let waiting: Request[] = [];
  let silence: NodeJS.Timeout | undefined;

  function watch(): void {
    clearTimeout(silence);
    if (waiting.length > 0) silence = setTimeout(() => child?.kill('SIGKILL'), silenceMs).unref();
  }

  function start(): ChildProcess {
    const started = git.stream(['cat-file', '--batch']);
    const parse = createBatchParser(
      () => waiting[0],
      () => void waiting.shift(),
    );
    const fail = (error: unknown) => {
      if (child !== started) return;
      child = undefined;
      const lost = waiting;
      waiting = [];
      watch();
      for (const request of lost) request.reject(error);
    };
    started.stdout?.on('data', (chunk: Buffer) => {
      if (child !== started) return;
      parse(chunk);
      watch();
    });
    started.stderr?.resume();
    started.stdin?.on('error', () => {});
    started.on('error', fail);
    started.on('close', () => fail(missing('git cat-file ended')));
    // An open reader never keeps Node running.
    started.unref();
    return started;
  }

  return {
    read: (digest, maxBytes = Number.MAX_SAFE_INTEGER) =>
      new Promise((resolve, reject) => {
        child ??= start();
        waiting.push({ digest, maxBytes, resolve, reject });
        if (waiting.length === 1) watch();
        child.stdin?.write(`${digest}\n`);
      }),
    readNow: (digest, maxBytes = 64 * 1024 * 1024) => {
      const { status, stdout, error } = spawnSync('git', ['cat-file', 'blob', digest], {
        cwd: git.folder,
        env: gitEnvironment(process.env),
        maxBuffer: maxBytes,
        timeout: silenceMs,
        killSignal: 'SIGKILL',
      });
      const isCut = error !== undefined && 'code' in error && error.code === 'ENOBUFS';
      return status === 0 || isCut ? stdout.subarray(0, maxBytes) : undefined;
    },
    readManyNow: (blobs) => {
      const wanted = new Map(blobs.map(({ digest, sizeBytes }) => [digest, sizeBytes]));
      const found = new Map<string, Buffer>();
      let maxBuffer = 0;
      for (const sizeBytes of wanted.values()) maxBuffer += sizeBytes + MAX_HEADER_BYTES;
      const { stdout } = spawnSync('git', ['cat-file', '--batch'], {
        cwd: git.folder,
        env: gitEnvironment(process.env),
        input: [...wanted.keys()].map((digest) => `${digest}\n`).join(''),
        maxBuffer,
        timeout: silenceMs,
        killSignal: 'SIGKILL',
      });
      const requests = [...wanted.keys()].map((digest) => ({
        digest,
        maxBytes: Number.MAX_SAFE_INTEGER,
        resolve: (blob: Blob) => void (blob !== 'too-large' && found.set(digest, blob)),
        reject: () => {},
      }));
      createBatchParser(
        () => requests[0],
        () => void requests.shift(),
      )(stdout);
      return found;
    },
    close: () => {
      child?.stdin?.end();
      child?.kill();
    },
  };
}

/** Splits the stream `<id> blob <size>\n<bytes>\n` (or `<id> missing\n`) and resolves the requests in order. */
function createBatchParser(first: () => Request | undefined, leave: () => void): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let request: Request | undefined;
  let parts: Buffer[] = [];
  let size = 0;
  let left = -1;

  function finish(): void {
    leave();
    request?.resolve(size > request.maxBytes ? 'too-large' : Buffer.concat(parts, size));
    request = undefined;
    parts = [];
    left = -1;
  }

  function begin(line: string): void {
    request = first();
    const length = /^[0-9a-f]+ blob (\d+)$/.exec(line)?.[1];
    if (length === undefined) {
      leave();
      request?.reject(missing(line.slice(0, 100)));
      request = undefined;
      return;
    }
    size = Number(length);
    left = size + 1;
  }

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (left === -1) {
        const end = chunk.indexOf(10, at);
        header = Buffer.concat([header, chunk.subarray(at, end === -1 ? chunk.length : end)]);
        if (end === -1) return;
        at = end + 1;
        const line = header.toString();
        header = Buffer.alloc(0);
        begin(line);
        continue;
      }
      const taken = Math.min(left, chunk.length - at);
      const content = Math.min(taken, Math.max(0, left - 1));
      if (request !== undefined && size <= request.maxBytes && content > 0) {
        parts.push(Buffer.from(chunk.subarray(at, at + content)));
      }
      left -= taken;
      at += taken;
      if (left === 0) finish();
    }
  };
}

function missing(detail: string): SwarmError {
  return new SwarmError({
    code: 'vault/blob-missing',
    disposition: 'retry',
    message: `A version of a note could not be read: ${detail}`,
    next: 'It is read again; if the error stays, check the clone with git fsck.',
  });
}
