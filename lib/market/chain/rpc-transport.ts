import { type HttpTransport, http } from 'viem';

/** What one exchange with a node may take. */
interface RpcLimits {
  /** From the question to the last byte of the answer, in ms. */
  readonly timeoutMs: number;
  /** Of an answer, unpacked. */
  readonly maxBytes: number;
}

const LIMITS: RpcLimits = { timeoutMs: 15_000, maxBytes: 32 * 1024 * 1024 };

/**
 * The way to a node that decides neither how long its callers wait nor how much memory it takes: an exchange that takes
 * too long or answers too much fails, and when it is tried again is not the node's to say (`Retry-After`).
 */
export function rpcTransport(url: string, { timeoutMs, maxBytes }: RpcLimits = LIMITS): HttpTransport {
  return http(url, {
    batch: { batchSize: 100, wait: 0 },
    retryCount: 2,
    retryDelay: 200,
    timeout: timeoutMs,
    maxResponseBodySize: false,
    fetchFn: (input, init) => exchange(input, init, maxBytes),
  });
}

/** Fetches an answer with its body: the signal that viem gives along ends only what `fetchFn` itself does. */
async function exchange(input: string | URL | Request, init: RequestInit | undefined, maxBytes: number) {
  const answer = await fetch(input, init);
  const body = await readBody(answer, maxBytes, init?.signal ?? undefined);
  const headers = new Headers(answer.headers);
  headers.delete('retry-after');
  return new Response(body, { status: answer.status, statusText: answer.statusText, headers });
}

async function readBody({ body }: Response, maxBytes: number, signal: AbortSignal | undefined): Promise<Buffer | null> {
  if (body === null) return null;
  const reader = body.getReader();
  const stop = () => void reader.cancel().catch(() => undefined);
  signal?.addEventListener('abort', stop);
  try {
    signal?.throwIfAborted();
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      size += piece.value.byteLength;
      if (size > maxBytes) throw new RangeError(`the answer is longer than ${maxBytes} bytes`);
      chunks.push(piece.value);
    }
    // A reading that was stopped looks like one that has come to the end.
    signal?.throwIfAborted();
    return Buffer.concat(chunks);
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}
