import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { S3Target } from './s3.ts';

/** A request to be signed by hand. `path` is decoded. */
export interface HandMade {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signingDate?: Date;
}

/** What to send: everything can be tampered with before. */
export interface Signed {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: Buffer;
}

class Sha256 {
  readonly #digest;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    if (secret === undefined) this.#digest = createHash('sha256');
    else this.#digest = createHmac('sha256', bytesOf(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#digest.update(bytesOf(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#digest.digest()));
  }
  reset(): void {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data);
}

/** Signs in the header with AWS's own implementation. */
export async function signHeader(
  target: Pick<S3Target, 'endpoint' | 'credentials' | 'region'>,
  made: HandMade,
): Promise<Signed> {
  const url = new URL(target.endpoint);
  const path = made.path.split('/').map(encodeURIComponent).join('/');
  const signed = await signerOf(target).sign(
    {
      method: made.method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path,
      query: made.query ?? {},
      headers: { host: url.host, ...made.headers },
      body: made.body,
    },
    { signingDate: made.signingDate ?? new Date() },
  );
  return {
    url: `${target.endpoint}${path}${made.query === undefined ? '' : `?${new URLSearchParams(made.query)}`}`,
    method: made.method,
    headers: signed.headers,
    ...(made.body === undefined ? {} : { body: made.body }),
  };
}

/** Sends a request as it stands. */
export async function send(signed: Signed): Promise<{ readonly status: number; readonly text: string }> {
  const { host: _host, ...headers } = signed.headers;
  const answer = await fetch(signed.url, {
    method: signed.method,
    headers,
    ...(signed.body === undefined ? {} : { body: new Uint8Array(signed.body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

/**
 * Signs an upload in signed chunks (`STREAMING-AWS4-HMAC-SHA256-PAYLOAD`). `tamper` may change the encoded body.
 */
export async function signChunked(
  target: S3Target,
  path: string,
  chunks: readonly Buffer[],
  tamper: (body: Buffer) => Buffer = (body) => body,
): Promise<Signed> {
  const signingDate = new Date();
  const sizeBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const signed = await signHeader(target, {
    method: 'PUT',
    path,
    signingDate,
    headers: {
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-decoded-content-length': String(sizeBytes),
      'content-encoding': 'aws-chunked',
    },
  });
  const amzDate = signed.headers['x-amz-date'] ?? '';
  const day = amzDate.slice(0, 8);
  const scope = `${day}/${target.region}/s3/aws4_request`;
  const key = [day, target.region, 's3', 'aws4_request'].reduce<Buffer>(
    (derived, part) => createHmac('sha256', derived).update(part).digest(),
    Buffer.from(`AWS4${target.credentials.secretAccessKey}`),
  );
  const empty = createHash('sha256').digest('hex');
  let previous = /Signature=([0-9a-f]{64})/.exec(signed.headers.authorization ?? '')?.[1] ?? '';
  const pieces: Buffer[] = [];
  for (const chunk of [...chunks, Buffer.alloc(0)]) {
    const digest = createHash('sha256').update(chunk).digest('hex');
    const text = ['AWS4-HMAC-SHA256-PAYLOAD', amzDate, scope, previous, empty, digest].join('\n');
    previous = createHmac('sha256', key).update(text).digest('hex');
    pieces.push(
      Buffer.from(`${chunk.length.toString(16)};chunk-signature=${previous}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    );
  }
  return { ...signed, body: tamper(Buffer.concat(pieces)) };
}

function signerOf(target: Pick<S3Target, 'credentials' | 'region'>): SignatureV4 {
  return new SignatureV4({
    service: 's3',
    region: target.region,
    credentials: target.credentials,
    sha256: Sha256,
    uriEscapePath: false,
  });
}
