import { describe, expect, it } from 'vitest';
import { authenticate } from '../../../lib/local/s3-server/authenticate.ts';
import { decodeAwsChunked } from '../../../lib/local/s3-server/aws-chunked.ts';
import { parseTarget } from '../../../lib/local/s3-server/target.ts';
import { collect } from '../../support/goods.ts';

// The worked examples of AWS's Signature Version 4 documentation for S3, with their published signatures.
const options = {
  accessKeys: [{ id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }],
  region: 'us-east-1',
  nowMs: Date.UTC(2013, 4, 24, 0, 5),
};
const credential = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';

function header(signedHeaders: string, signature: string): string[] {
  return [`AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${signedHeaders},Signature=${signature}`];
}

const chunkedUpload = {
  method: 'PUT',
  target: parseTarget('/examplebucket/chunkObject.txt'),
  headers: {
    host: ['s3.amazonaws.com'],
    'x-amz-date': ['20130524T000000Z'],
    'x-amz-storage-class': ['REDUCED_REDUNDANCY'],
    'content-encoding': ['aws-chunked'],
    'content-length': ['66824'],
    'x-amz-content-sha256': ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD'],
    'x-amz-decoded-content-length': ['66560'],
    authorization: header(
      'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
      '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    ),
  },
};
const chunkSignatures = [
  'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
  '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
  'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
];
const chunks = [Buffer.alloc(65_536, 'a'), Buffer.alloc(1024, 'a'), Buffer.alloc(0)];

function encoded(): Buffer {
  return Buffer.concat(
    chunks.flatMap((chunk, index) => [
      Buffer.from(`${chunk.length.toString(16)};chunk-signature=${chunkSignatures[index]}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]),
  );
}

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes);
}

describe("AWS's examples", () => {
  it('the GET with a range is accepted', () => {
    const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const request = {
      method: 'GET',
      target: parseTarget('/test.txt'),
      headers: {
        host: ['examplebucket.s3.amazonaws.com'],
        range: ['bytes=0-9'],
        'x-amz-content-sha256': [sha256],
        'x-amz-date': ['20130524T000000Z'],
        authorization: header(
          'host;range;x-amz-content-sha256;x-amz-date',
          'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
        ),
      },
    };
    expect(authenticate(request, options)).toMatchObject({ payloadHash: sha256 });
  });

  it('the presigned GET is accepted until it expires', () => {
    const query = [
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      `X-Amz-Credential=${encodeURIComponent(credential)}`,
      'X-Amz-Date=20130524T000000Z',
      'X-Amz-Expires=86400',
      'X-Amz-SignedHeaders=host',
      'X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    ];
    const request = {
      method: 'GET',
      target: parseTarget(`/test.txt?${query.join('&')}`),
      headers: { host: ['examplebucket.s3.amazonaws.com'] },
    };
    expect(authenticate(request, options).payloadHash).toBe('UNSIGNED-PAYLOAD');
    const until = Date.UTC(2013, 4, 25);
    expect(authenticate(request, { ...options, nowMs: until - 1 }).payloadHash).toBe('UNSIGNED-PAYLOAD');
    const expired = { code: 'AccessDenied', message: 'Request has expired' };
    expect(() => authenticate(request, { ...options, nowMs: until })).toThrow(expect.objectContaining(expired));
    const early = { ...options, nowMs: Date.UTC(2013, 4, 23, 23, 44) };
    expect(() => authenticate(request, early)).toThrow(expect.objectContaining({ code: 'AccessDenied' }));
  });

  it('the upload in signed chunks is accepted, however the network cuts it', async () => {
    const authenticated = authenticate(chunkedUpload, options);
    for (const pieceBytes of [1, 7, 1000, 70_000]) {
      const body = await collect(decodeAwsChunked(inPieces(encoded(), pieceBytes), authenticated, () => undefined));
      expect(body.equals(Buffer.concat(chunks))).toBe(true);
    }
  });

  it('the same chunks in another order, cut short or changed are refused', async () => {
    const authenticated = authenticate(chunkedUpload, options);
    const good = encoded();
    const flipped = Buffer.from(good);
    flipped.writeUInt8(0x62, 70);
    const bad = [flipped, good.subarray(0, good.length - 95), good.subarray(65_536 + 87 + 2), Buffer.from('0\r\n\r\n')];
    for (const body of bad) {
      await expect(
        collect(decodeAwsChunked(inPieces(body, 5000), authenticated, () => undefined)),
      ).rejects.toMatchObject({ name: 'S3Failure' });
    }
  });
});

describe('a signature', () => {
  it('is refused when headers of Amazon’s are not covered by it', () => {
    const request = { ...chunkedUpload, headers: { ...chunkedUpload.headers, 'x-amz-acl': ['public-read'] } };
    expect(() => authenticate(request, options)).toThrow(expect.objectContaining({ code: 'AccessDenied' }));
  });

  it('is refused when it is in the header and in the query', () => {
    const request = { ...chunkedUpload, target: parseTarget('/bucket/k?X-Amz-Signature=0') };
    expect(() => authenticate(request, options)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
  });

  it('is refused for another region', () => {
    const elsewhere = { ...options, region: 'eu-west-1' };
    const malformed = { code: 'AuthorizationHeaderMalformed' };
    expect(() => authenticate(chunkedUpload, elsewhere)).toThrow(expect.objectContaining(malformed));
  });

  it('is refused when it is nonsense', () => {
    for (const authorization of ['', 'AWS4-HMAC-SHA256', 'Bearer x', `${header('host', 'g'.repeat(64))[0]}`]) {
      const request = { ...chunkedUpload, headers: { ...chunkedUpload.headers, authorization: [authorization] } };
      expect(() => authenticate(request, options), authorization).toThrow(
        expect.objectContaining({ name: 'S3Failure' }),
      );
    }
  });
});
