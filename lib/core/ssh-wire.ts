/** Encodes a `string` of the SSH protocols (RFC 4251, section 5): its length in 4 bytes, then its bytes. */
export function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads values of the SSH protocols one after another. */
export interface SshReader {
  /** The next `count` bytes. @throws RangeError when fewer are left. */
  readonly bytes: (count: number) => Buffer;
  /** The next `string`. @throws RangeError when it is longer than what is left. */
  readonly string: () => Buffer;
  readonly uint32: () => number;
  readonly isAtEnd: () => boolean;
}

/** Creates a reader of bytes by a stranger: no length in them is trusted. */
export function readSsh(from: Buffer): SshReader {
  let at = 0;
  const bytes = (count: number): Buffer => {
    if (count > from.length - at) throw new RangeError('the data ends too early');
    at += count;
    return from.subarray(at - count, at);
  };
  const uint32 = (): number => bytes(4).readUInt32BE();
  return { bytes, uint32, string: () => bytes(uint32()), isAtEnd: () => at === from.length };
}
