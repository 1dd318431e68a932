import { type HttpTransport, http } from 'viem';

/** The limits of one request to a node. */
interface RpcLimits {
  /** From the request to the last byte of the response, in ms. */
  readonly timeoutMs: number;
  /** The maximum size of a decompressed response. */
  readonly maxBytes: number;
}

const LIMITS: RpcLimits = { timeoutMs: 15_000, maxBytes: 32 * 1024 * 1024 };

/**
 * A transport that limits what a node can cost its callers: a request fails if the response takes too long or is too
 * large, and the node's `Retry-After` is ignored.
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

/** Fetches a response with its body, because viem's abort signal only covers the time until `fetchFn` returns. */
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
    // An aborted stream looks like one that has ended.
    signal?.throwIfAborted();
    return Buffer.concat(chunks);
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}
