import type { Hex } from 'viem';

/** Formats bytes as `0x` and lower-case hex digits. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}

/** Parses a hex string that passed a schema of lib/core/ids. */
export function fromHex(hex: Hex): Buffer {
  return Buffer.from(hex.slice(2), 'hex');
}
