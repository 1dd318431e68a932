const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Encodes bytes as Bech32 (BIP 173) in lower case, the form of age's keys. `prefix` is lower case ASCII. */
export function encodeBech32(prefix: string, bytes: Uint8Array): string {
  const words = toWords(bytes);
  const checksum = checksumOf(prefix, words);
  return `${prefix}1${[...words, ...checksum].map((word) => ALPHABET.charAt(word)).join('')}`;
}

/** Regroups bits from eights into fives, padded with zeros. */
function toWords(bytes: Uint8Array): number[] {
  const words: number[] = [];
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      words.push((value >> bits) & 31);
    }
  }
  if (bits > 0) words.push((value << (5 - bits)) & 31);
  return words;
}

function checksumOf(prefix: string, words: readonly number[]): number[] {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  const expanded = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
  const remainder = polymod([...expanded, ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  return [25, 20, 15, 10, 5, 0].map((shift) => (remainder >> shift) & 31);
}

function polymod(words: readonly number[]): number {
  let remainder = 1;
  for (const word of words) {
    const top = remainder >> 25;
    remainder = ((remainder & 0x1ffffff) << 5) ^ word;
    GENERATOR.forEach((generator, bit) => {
      if (((top >> bit) & 1) === 1) remainder ^= generator;
    });
  }
  return remainder;
}
